import { describe, test } from 'vitest';
import type { Person } from './person.ts';
import { expect, setStage } from './stage.ts';

const stage = setStage();

/** Records each layout shift that no input caused, and what shifted. */
const noteShifts = () => {
  const shifts: string[] = [];
  Object.assign(window, { shifts });
  type Shift = PerformanceEntry & {
    value: number;
    hadRecentInput: boolean;
    sources: readonly { node: Node | null }[];
  };
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as Shift[]) {
      const what = entry.sources.map(({ node }) =>
        node instanceof Element ? node.className : node?.nodeName,
      );
      if (!entry.hadRecentInput) shifts.push(`${entry.value.toFixed(4)}: ${what.join(', ')}`);
    }
  }).observe({ type: 'layout-shift', buffered: true });
};

/** Counts the animation frames that the page requests. */
const countFrames = () => {
  const real = window.requestAnimationFrame.bind(window);
  Object.assign(window, { frames_asked: 0 });
  window.requestAnimationFrame = (run) => {
    const counted = window as unknown as { frames_asked: number };
    counted.frames_asked++;
    return real(run);
  };
};

const shiftsOn = async (person: Person) => {
  await person.page.evaluate(async () => {
    await document.fonts.ready;
    // A shift is reported after the frame in which it happened.
    for (let frame = 0; frame < 3; frame++) await new Promise((resolve) => setTimeout(resolve, 50));
  });
  return person.page.evaluate(() => (window as unknown as { shifts: string[] }).shifts);
};

/** The frames requested within a second, and the number of running animations. */
const unrest = (person: Person) =>
  person.page.evaluate(async () => {
    const counted = window as unknown as { frames_asked: number };
    const before = counted.frames_asked;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    return { frames: counted.frames_asked - before, moving: document.getAnimations().length };
  });

describe('nothing shifts while a page opens', () => {
  test.each(['en', 'ar'])('in the lobby, in %s', async (locale) => {
    const nadia = await stage.person('Nadia', { locale, reducedMotion: 'no-preference' });
    await nadia.context.addInitScript(noteShifts);
    await nadia.page.goto('/');
    await expect(nadia.page.getByRole('heading', { level: 1 })).toBeVisible();
    expect(await shiftsOn(nadia)).toEqual([]);
    await nadia.leave();
  });

  test.each([
    ['map', 'facilitator', 'en'],
    ['map', 'participant', 'en'],
    ['map', 'observer', 'en'],
    ['ideas', 'participant', 'en'],
    ['map', 'facilitator', 'ar'],
    ['ideas', 'observer', 'ar'],
  ] as const)('on the %s of a %s, in %s', async (view, role, locale) => {
    const links = await stage.house.board('demo', locale);
    const nadia = await stage.person('Nadia', { locale, reducedMotion: 'no-preference' });
    await nadia.join(links[role]);
    await nadia.context.addInitScript(noteShifts);
    await nadia.page.goto(nadia.page.url().replace(/(\/b\/\w+).*/, `$1/${view}`));
    await nadia.arrive();
    await expect(nadia.page.locator('[data-card], [data-row]').first()).toBeVisible();
    expect(await shiftsOn(nadia)).toEqual([]);
    await nadia.leave();
  });
});

test("an idle board requests no animation frames, even with another person's pointer on it", async () => {
  const links = await stage.house.board('demo');
  const maja = await stage.person('Maja', { reducedMotion: 'no-preference' });
  const nadia = await stage.person('Nadia', { reducedMotion: 'no-preference' });
  await maja.context.addInitScript(countFrames);
  await Promise.all([maja.join(links.facilitator), nadia.join(links.participant)]);
  // Moving a pointer requests frames, so the counter works.
  const asked = () => maja.page.evaluate(() => (window as unknown as { frames_asked: number }).frames_asked);
  await nadia.card('Decides at breakfast').hover();
  await expect.poll(asked).toBeGreaterThan(0);
  await expect(maja.page.getByText('Nadia', { exact: true })).toBeVisible();
  await expect.poll(() => unrest(maja)).toEqual({ frames: 0, moving: 0 });
  await maja.page.getByRole('link', { name: 'Ideas', exact: true }).click();
  await expect(maja.page.locator('[data-row]').first()).toBeVisible();
  await expect.poll(() => unrest(maja)).toEqual({ frames: 0, moving: 0 });
  await Promise.all([maja.leave(), nadia.leave()]);
});

/** Records each animation of a card that starts, by the card's text. */
const noteAnimations = () => {
  const animated: string[] = [];
  Object.assign(window, { animated });
  document.addEventListener('animationstart', ({ target }) => {
    if (target instanceof HTMLElement && target.dataset.card !== undefined) animated.push(target.innerText);
  });
};

test('no card is animated when the board is drawn or the card moves; a new card is', async () => {
  const maja = await stage.person('Maja', { reducedMotion: 'no-preference' });
  const nadia = await stage.person('Nadia', { reducedMotion: 'no-preference' });
  await nadia.page.addInitScript(noteAnimations);
  const animated = () =>
    nadia.page.evaluate(() =>
      (window as unknown as { animated: string[] }).animated.map((text) => text.trim()),
    );
  const links = await stage.house.board('journey');
  await maja.join(links.facilitator);
  const cell = maja.cell('Needs and motivations', 'Use the service');
  await maja.writeCard(cell, 'There before');
  await maja.saved();
  await nadia.join(links.participant);
  await nadia.page.locator('[data-drawn]').waitFor();
  await expect(nadia.card('There before')).toBeVisible();
  await cell.focus();
  await maja.press('n');
  await maja.write('Arrives');
  await maja.press('Escape');
  await expect(nadia.card('Arrives')).toBeVisible();
  await maja.card('There before').focus();
  await maja.press('Control+ArrowRight');
  await expect(nadia.cell('Needs and motivations', 'Use the service').locator('[data-card]')).toHaveCount(1);
  // The card is animated when it arrives, before its text does.
  await nadia.painted();
  expect(await animated()).toHaveLength(1);
  await Promise.all([maja.leave(), nadia.leave()]);
});
