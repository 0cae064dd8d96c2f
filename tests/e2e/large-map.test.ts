import type { Locator } from '@playwright/test';
import { afterAll, beforeAll, beforeEach, describe, test } from 'vitest';
import type * as Y from 'yjs';
import { makeBoard } from '../bench/boards.mjs';
import type { Person } from './person.ts';
import { expect, setStage } from './stage.ts';

// A map of 10 lanes and 12 phases with 2 steps each, and 1,000 cards.
const stage = setStage();

let links: Awaited<ReturnType<typeof makeBoard>>['links'];
let ana: Awaited<ReturnType<typeof makeBoard>>['ana'];
/** In English and in Arabic. */
let nadia: Person;
let rania: Person;

beforeAll(async () => {
  ({ links, ana } = await makeBoard(stage.house.origin, 1000));
  [nadia, rania] = await Promise.all([stage.person('Nadia'), stage.person('Rania', { locale: 'ar' })]);
  for (const person of [nadia, rania]) {
    await person.join(links.participant);
    await person.page.locator('a[href$="/map"]').first().click();
    await drawn(person);
  }
});
afterAll(() => ana.close());

// Each test begins at the start of the map.
beforeEach(async () => {
  await grid(nadia).evaluate((map) => map.scrollTo(0, 0));
  await lane(nadia, 2).waitFor();
  await drawn(nadia);
});

const drawn = (person: Person) => person.page.locator('[data-drawn]').waitFor();
const grid = (person: Person) => person.page.getByRole('grid');
const cards = (person: Person) => person.page.locator('[data-card]');
const scrollTo = (person: Person, top: number) => grid(person).evaluate((map, y) => map.scrollTo(0, y), top);
/** Waits until a lane is drawn, or no longer. */
const lane = (person: Person, number: number) => person.head('lane', `Lane ${number}`);
const textOf = async (card: Locator) => (await card.locator('.text').textContent()) ?? '';

describe('a large map draws what is in view', () => {
  test.each([
    ['en', 1],
    ['ar', -1],
  ] as const)(
    'and holds it still while lanes and phases are drawn beside it, in %s',
    async (locale, along) => {
      // The card must move by the distance that the map is scrolled.
      const strays = await grid(locale === 'ar' ? rania : nadia).evaluate(async (map, sign) => {
        const wrong: string[] = [];
        const drawn = () =>
          new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
        for (const [x, y] of [
          ...Array.from({ length: 20 }, () => [0, 130] as const),
          ...Array.from({ length: 16 }, () => [120, 0] as const),
          ...Array.from({ length: 20 }, () => [0, -130] as const),
          ...Array.from({ length: 16 }, () => [-120, 0] as const),
        ]) {
          const view = map.getBoundingClientRect();
          // The card that is next to the middle of the part below the heads.
          const [middleX, middleY] = [view.left + view.width / 2, (view.top + 106 + view.bottom) / 2];
          let card: Element | undefined;
          let least = Infinity;
          for (const one of map.querySelectorAll('[data-card]')) {
            const box = one.getBoundingClientRect();
            const away =
              Math.max(box.left - middleX, middleX - box.right, 0) +
              Math.max(box.top - middleY, middleY - box.bottom, 0);
            if (away < least) [least, card] = [away, one];
          }
          const before = card?.getBoundingClientRect();
          const scrolled = [map.scrollLeft, map.scrollTop] as const;
          map.scrollBy(x * sign, y);
          // As far as the map goes.
          const [dx, dy] = [map.scrollLeft - scrolled[0], map.scrollTop - scrolled[1]];
          await drawn();
          const after = card?.getBoundingClientRect();
          if (!before || !after) wrong.push('no card');
          else if (
            Math.abs(after.left - before.left + dx) > 1.5 ||
            Math.abs(after.top - before.top + dy) > 1.5
          )
            wrong.push(`${x}, ${y}: ${after.left - before.left + dx}, ${after.top - before.top + dy}`);
        }
        return wrong;
      }, along);
      expect(strays).toEqual([]);
    },
  );

  test('and says how many rows and columns there are', async () => {
    expect(await cards(nadia).count()).toBeLessThan(400);
    await expect(grid(nadia)).toHaveAttribute('aria-rowcount', '23');
    await expect(grid(nadia)).toHaveAttribute('aria-colcount', '25');
    await scrollTo(nadia, 100_000);
    await expect(lane(nadia, 10)).toBeVisible();
    await expect(nadia.page.locator('[aria-rowindex="22"]')).toHaveCount(1);
    await expect(lane(nadia, 3)).toHaveCount(0);
  });

  test('and everything for the browser’s find and for print', async () => {
    await cards(nadia).first().focus();
    await nadia.press('Control+f');
    await expect(cards(nadia)).toHaveCount(1000);
    await nadia.page.mouse.click(5, 400);
    await expect.poll(() => cards(nadia).count()).toBeLessThan(400);
    await nadia.page.evaluate(() => window.dispatchEvent(new Event('beforeprint')));
    await expect(cards(nadia)).toHaveCount(1000);
    await nadia.page.evaluate(() => window.dispatchEvent(new Event('afterprint')));
    await expect.poll(() => cards(nadia).count()).toBeLessThan(400);
  });
});

describe('what is out of view', () => {
  test('is reached by the arrow keys, Home and End', async () => {
    await nadia.page.locator('[data-focus-key="cell:lane0/phase0/"]').focus();
    await nadia.press('End');
    const focused = () =>
      nadia.page.evaluate(
        () => document.activeElement?.closest<HTMLElement>('[data-focus-key]')?.dataset.focusKey,
      );
    await expect.poll(focused).toBe('cell:lane0/phase11/');
    for (let press = 0; press < 60; press++) await nadia.press('ArrowDown');
    await expect.poll(focused).toBe('cell:lane9/phase11/');
    await nadia.press('Home');
    await expect.poll(focused).toBe('cell:lane9/phase0/');
    await expect(nadia.page.locator(':focus')).toBeInViewport();
  });

  test('is selected by Ctrl+A', async () => {
    await cards(nadia).first().focus();
    await nadia.press('Control+a');
    await expect(nadia.page.getByText('1,000 cards', { exact: false }).first()).toBeVisible();
  });

  test('keeps the focus and the field that a person writes in', async () => {
    const first = cards(nadia).first();
    const id = (await first.getAttribute('data-card')) ?? '';
    await first.focus();
    await nadia.press('Enter');
    await nadia.write(' Before,');
    await scrollTo(nadia, 100_000);
    await expect(lane(nadia, 10)).toBeVisible();
    await expect(nadia.field).toBeFocused();
    // Somebody else moves the card to a part of the map that is not drawn.
    ana.doc
      .getMap<Y.Map<unknown>>('cards')
      .get(id)
      ?.set('place', { lane: 'lane5', phase: 'phase11', step: null, order: 'a0' });
    const written = nadia.page.locator(`[data-card="${id}"] textarea`);
    await expect(
      nadia.page.locator('[data-focus-key="cell:lane5/phase11/"]').locator(`[data-card="${id}"]`),
    ).toHaveCount(1);
    await expect(written).toBeFocused();
    await nadia.type(' after');
    await nadia.press('Escape');
    await expect.poll(() => textOf(nadia.page.locator(`[data-card="${id}"]`))).toMatch(/Before, after$/);
  });

  test('is where a card can be dragged to', async () => {
    const first = cards(nadia).first();
    const id = (await first.getAttribute('data-card')) ?? '';
    const box = await first.boundingBox();
    if (!box) throw new Error('The card has no box.');
    await nadia.page.mouse.move(box.x + 30, box.y + 8);
    await nadia.page.mouse.down();
    await nadia.page.mouse.move(box.x + 60, box.y + 40);
    await scrollTo(nadia, 100_000);
    await expect(lane(nadia, 10)).toBeVisible();
    await nadia.page.locator('[data-drawn]').waitFor();
    const cell = nadia.page.locator('[data-focus-key="cell:lane9/phase2/"]');
    const target = await cell.boundingBox();
    if (!target) throw new Error('The cell has no box.');
    await nadia.page.mouse.move(target.x + 60, target.y + 20, { steps: 3 });
    await nadia.page.mouse.up();
    await expect(cell.locator(`[data-card="${id}"]`)).toBeVisible();
  });
});
