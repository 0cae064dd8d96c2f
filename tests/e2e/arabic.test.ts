import { beforeAll, describe, test } from 'vitest';
import type { Links } from './harness.ts';
import type { Person } from './person.ts';
import { expect, setStage } from './stage.ts';
import { word } from './words.ts';

const stage = setStage();

describe('in Arabic', () => {
  let rania: Person;
  let links: Links;
  beforeAll(async () => {
    links = await stage.house.board('demo', 'ar');
    rania = await stage.person('رانيا', { locale: 'ar' });
    await rania.join(links.facilitator);
  });

  const phase = (at: number) => rania.page.locator('[data-focus-key^="phase:"]').nth(at);
  const lane = (at: number) => rania.page.locator('[data-focus-key^="lane:"]').nth(at);
  const right = async (what: ReturnType<typeof phase>) => {
    const box = await what.boundingBox();
    return Math.round((box?.x ?? 0) + (box?.width ?? 0));
  };

  test('the page is mirrored and in Arabic', async () => {
    await expect(rania.page.locator('html')).toHaveAttribute('dir', 'rtl');
    await expect(rania.page.locator('html')).toHaveAttribute('lang', 'ar');
    await expect(rania.page.getByRole('grid', { name: word('ar', 'map.label') })).toBeVisible();
    await expect(phase(0)).toContainText('تخطيط الرحلة');
    expect(await right(lane(0))).toBe(1440);
    expect(await right(phase(1))).toBeLessThan(await right(phase(0)));
  });

  test('the lane titles stay at the right edge when the map is scrolled to its end', async () => {
    await phase(8).evaluate((head) => head.scrollIntoView({ inline: 'center', block: 'nearest' }));
    await expect(phase(8)).toBeInViewport();
    expect(await right(lane(0))).toBe(1440);
    await phase(0).evaluate((head) => head.scrollIntoView({ inline: 'center', block: 'nearest' }));
  });

  test('the right arrow goes to the previous phase, the left one to the next', async () => {
    await phase(1).focus();
    await rania.press('ArrowRight');
    await expect(phase(0)).toBeFocused();
    await rania.press('ArrowLeft', 'ArrowLeft');
    await expect(phase(2)).toBeFocused();
  });

  test('Ctrl and an arrow move a card in the direction of the screen, and dragging is mirrored', async () => {
    // The "Choices" lane has one cell per phase in use: that of the whole phase.
    const cells = (at: number) =>
      phase(at).evaluate((head) =>
        (head instanceof HTMLElement ? (head.dataset.focusKey ?? '') : '').replace('phase:', ''),
      );
    const ids = await Promise.all([0, 1].map(cells));
    const choices = ((await lane(2).getAttribute('data-focus-key')) ?? '').replace('lane:', '');
    const cell = (at: number) => rania.page.locator(`[data-focus-key="cell:${choices}/${ids[at] ?? ''}/"]`);
    await rania.writeCard(cell(1), 'بطاقة تُنقل');
    await rania.press('Control+ArrowRight');
    await expect(cell(0)).toContainText('بطاقة تُنقل');
    const card = rania.card('بطاقة تُنقل');
    await card.evaluate((one) => one.scrollIntoView({ block: 'center' }));
    await card.locator('p').hover();
    await rania.page.mouse.down();
    const to = await cell(1).boundingBox();
    await rania.page.mouse.move((to?.x ?? 0) + (to?.width ?? 0) / 2, (to?.y ?? 0) + 10, { steps: 6 });
    await rania.page.mouse.up();
    await expect(cell(1)).toContainText('بطاقة تُنقل');
  });

  test('text has the direction of its own language', async () => {
    const english = 'Opens the app, twice (!)';
    await rania.writeCard(rania.page.locator('[role=gridcell]').first(), english);
    const text = rania.card(english).locator('p').first();
    expect(await text.evaluate((one) => getComputedStyle(one).direction)).toBe('ltr');
    const ben = await stage.person('Ben');
    await ben.join(links.participant);
    const arabic = ben.card('بطاقة تُنقل').locator('p').first();
    expect(await arabic.evaluate((one) => getComputedStyle(one).direction)).toBe('rtl');
    expect(await ben.page.locator('html').getAttribute('dir')).toBe('ltr');
    await ben.leave();
  });

  test('switching the language while the board is open changes its direction', async () => {
    await rania.page.getByRole('button', { name: new RegExp(word('ar', 'language.label')) }).click();
    await rania.page.getByRole('menuitemcheckbox', { name: 'Svenska' }).click();
    await expect(rania.page.locator('html')).toHaveAttribute('dir', 'ltr');
    await expect(rania.page.locator('html')).toHaveAttribute('lang', 'sv');
    await rania.page.reload();
    await rania.arrive();
    await expect(rania.page.locator('html')).toHaveAttribute('lang', 'sv');
  });
});

describe.each(['en', 'ar'] as const)('no page is wider than its screen, in %s', (language) => {
  test.each([
    ['a phone', { width: 390, height: 844 }, true],
    ['a desk', { width: 1440, height: 900 }, false],
  ] as const)('on %s', async (_name, viewport, isPhone) => {
    const links = await stage.house.board('demo', language);
    const ana = await stage.person('Ana', {
      viewport,
      locale: language,
      hasTouch: isPhone,
      isMobile: isPhone,
    });
    const fits = async (view: string) => {
      const width = await ana.page.evaluate(() => {
        const { scrollWidth, scrollLeft } = document.documentElement;
        return scrollWidth + Math.abs(scrollLeft) + Math.abs(window.scrollX);
      });
      expect(width, view).toBe(viewport.width);
    };
    await ana.page.goto('/');
    await expect(ana.page.getByRole('heading', { level: 1 })).toBeVisible();
    await fits('lobby');
    await ana.page.goto(links.facilitator);
    await expect(ana.page.locator('input[autocomplete=nickname]')).toBeVisible();
    await fits('join');
    await ana.join(links.facilitator);
    await expect(ana.page.getByRole('grid')).toBeVisible();
    await fits('map');
    await ana.page.getByRole('button', { name: word(language, 'board.share') }).click();
    await expect(ana.page.getByRole('dialog')).toBeVisible();
    await fits('share');
    await ana.press('Escape');
    await ana.page.getByRole('link', { name: word(language, 'board.view.ideas') }).click();
    await expect(ana.page.locator('[data-row]').first()).toBeVisible();
    await fits('ideas');
    await ana.page.locator('[data-row]').first().getByRole('button').first().click();
    await expect(ana.page.getByRole('article')).toBeVisible();
    await fits('idea');
    await ana.leave();
  });
});
