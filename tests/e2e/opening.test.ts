import type { Locator } from '@playwright/test';
import { beforeAll, describe, test } from 'vitest';
import type { Person } from './person.ts';
import { expect, setStage } from './stage.ts';

const stage = setStage();
let maja: Person;
let nadia: Person;
beforeAll(async () => {
  ({ maja, nadia } = await stage.trio(await stage.house.board('project')));
});

/** The box of each card, cell and head on the screen, in pixels, by its id. */
const boxes = (person: Person) =>
  person.page.evaluate(() =>
    Object.fromEntries(
      [...document.querySelectorAll<HTMLElement>('[data-card], [data-focus-key]')].map((element) => {
        const { left, top, width, height } = element.getBoundingClientRect();
        const { card, focusKey } = element.dataset;
        const box = [left, top, width, height].map((px) => Math.round(px * 10) / 10);
        return [card ?? focusKey ?? '', box.join(' ')];
      }),
    ),
  );

/** What has moved or changed its size since `before`. */
async function moved(person: Person, before: Record<string, string>): Promise<string[]> {
  const now = await boxes(person);
  const ids = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  return ids.flatMap((id) => (before[id] === now[id] ? [] : [`${id}: ${before[id]} -> ${now[id]}`]));
}

/** Opens something for writing, ends that without a change, and compares what the map looked like. */
async function opensInPlace(person: Person, open: () => Promise<void>): Promise<void> {
  await person.saved();
  const before = await boxes(person);
  await open();
  await person.field.waitFor();
  expect(await moved(person, before)).toEqual([]);
  await person.press('Escape');
  await expect(person.field).toHaveCount(0);
  expect(await moved(person, before)).toEqual([]);
}

const texts = [
  'One line',
  ['One', 'two', 'three', 'four', 'five', 'six'].join('\n'),
  'A sentence that is long enough to be broken into several lines in a narrow column, wherever it breaks',
  'ends with an empty line\n',
  'يقرر عند الفطور: القطار أم السيارة؟ ثم يبحث عن الطريق إلى المحطة',
  'two  spaces  between  words  that  the  browser  must  not  join  on  either  side',
];

/** Writes a card with line breaks in it. */
async function write(cell: Locator, text: string): Promise<void> {
  await cell.focus();
  await nadia.press('n');
  await nadia.field.waitFor();
  for (const [index, line] of text.split('\n').entries()) {
    if (index > 0) await nadia.press('Shift+Enter');
    await nadia.page.keyboard.insertText(line);
  }
  await nadia.press('Escape');
  await expect(nadia.field).toHaveCount(0);
}

describe('a card keeps its place when it is opened for writing, and so does everything else', () => {
  test.each([
    ['plain, in a step', ['Activities and situations', 'Discover and choose', 'Feel a need']],
    ['plain, in a phase', ['Needs and motivations', 'Use the service']],
    ['tag, in a step', ['Channels', 'Discover and choose', 'Feel a need']],
    ['tag, in a phase', ['Channels', 'Use the service']],
    ['marked', ['Opportunities', 'Use the service']],
  ])('a card that is %s', async (_look, place) => {
    const cell = nadia.cell(...place);
    for (const text of texts) await write(cell, text);
    const cards = cell.locator('[data-card]');
    await expect(cards).toHaveCount(texts.length);
    // With the marks that a card can have.
    await nadia.choose(cards.first(), place[0] === 'Channels' ? /weak support/i : 'In person');
    for (let index = 0; index < texts.length; index++) {
      const card = cards.nth(index);
      await card.evaluate((element) => element.scrollIntoView({ block: 'center' }));
      await opensInPlace(nadia, () => card.dblclick({ position: { x: 20, y: 12 } }));
    }
  });

  test.each([
    ['plain', ['Choices', 'Use the service']],
    ['tag', ['Channels', 'Follow up and return']],
    ['marked', ['Opportunities', 'Follow up and return']],
  ])('without a text, %s', async (_look, place) => {
    // Maja is about to write on it, so it stays.
    await maja.cell(...place).focus();
    await maja.press('n');
    await maja.field.waitFor();
    const card = nadia.cell(...place).locator('[data-card]');
    await card.evaluate((element) => element.scrollIntoView({ block: 'center' }));
    await expect(card).toHaveAccessibleName(/Maja/);
    await opensInPlace(nadia, () => card.dblclick());
    await maja.press('Escape');
  });
});

describe('a title keeps its place when it is renamed, and so does everything else', () => {
  const rename = async (key: string, text: string) => {
    await maja.page.locator(`[data-focus-key="${key}"]`).dblclick({ position: { x: 20, y: 12 } });
    await maja.field.waitFor();
    await maja.press('Control+a');
    await (text === '' ? maja.press('Delete') : maja.page.keyboard.insertText(text));
    await maja.press('Enter');
    await expect(maja.field).toHaveCount(0);
  };

  test.each(['phase', 'step', 'lane'] as const)('of a %s', async (kind) => {
    await maja.page.locator('[role=grid]').evaluate((map) => map.scrollTo(0, 0));
    const head = maja.page.locator(`[data-focus-key^="${kind}:"]`).first();
    const key = (await head.getAttribute('data-focus-key')) ?? '';
    const before = await maja.page.locator(`[data-focus-key="${key}"] bdi`).innerText();
    for (const text of ['Short', texts[2] ?? '', texts[4] ?? '', texts[5] ?? '', '', before]) {
      await rename(key, text);
      await opensInPlace(maja, () => head.dblclick({ position: { x: 20, y: 12 } }));
    }
  });

  test('or given a goal', async () => {
    const head = maja.page.locator('[data-focus-key^="phase:"]').first();
    const open = () => maja.choose(head, /goal/i);
    await opensInPlace(maja, open);
    for (const text of ['Know that it works', texts[2] ?? '']) {
      await open();
      await maja.field.waitFor();
      await maja.press('Control+a');
      await maja.page.keyboard.insertText(text);
      await maja.press('Enter');
      await expect(maja.field).toHaveCount(0);
      await opensInPlace(maja, open);
    }
  });
});
