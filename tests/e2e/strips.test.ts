import type { Locator } from '@playwright/test';
import { beforeAll, describe, test } from 'vitest';
import type { Person } from './person.ts';
import { expect, setStage } from './stage.ts';

const stage = setStage();
let maja: Person;
beforeAll(async () => {
  maja = await stage.person('Maja');
  await maja.join(stage.house.demo.facilitator);
  await maja.page.locator('[data-drawn]').waitFor();
});

const phase = 'Choose and buy';
/** This lane has cards only for whole phases; the other one only in steps. */
const above = (person: Person) => person.cell('Choices', phase, 'Compare and choose');
const below = (person: Person) => person.cell('Activities and situations', phase);

const height = async (what: Locator) => (await what.boundingBox())?.height ?? 0;
/** Where the lanes and cards are on the screen. */
const places = (person: Person) =>
  person.page.evaluate(() =>
    [...document.querySelectorAll('[data-card], [data-focus-key^="lane:"]')].map((element) => {
      const { left, top, width, height } = element.getBoundingClientRect();
      return [left, top, width, height];
    }),
  );

/** Nothing has moved, but for the rounding of the browser. */
async function isUnmoved(person: Person, before: readonly number[][]): Promise<void> {
  const now = await places(person);
  const ways = now.map((box, i) =>
    Math.max(...box.map((px, side) => Math.abs(px - (before[i]?.[side] ?? 0)))),
  );
  expect(now).toHaveLength(before.length);
  expect(Math.max(...ways)).toBeLessThan(0.1);
}

async function isClosed(strip: Locator): Promise<void> {
  await expect.poll(() => height(strip)).toBeGreaterThan(0);
  await expect.poll(() => height(strip)).toBeLessThan(12);
}
async function isOpen(strip: Locator): Promise<void> {
  // As high as the smallest target.
  await expect.poll(() => height(strip)).toBeGreaterThanOrEqual(24);
}

describe('the row of a lane without cards takes no space', () => {
  test.each([
    ['step cells above the cells of phases', above],
    ['cells of phases below the step cells', below],
  ])('%s; it opens over the cards under the pointer and the focus', async (_name, of) => {
    const strip = of(maja);
    await strip.evaluate((cell) => cell.scrollIntoView({ block: 'center' }));
    await maja.page.mouse.move(0, 0);
    await isClosed(strip);
    const before = await places(maja);
    await strip.hover();
    await isOpen(strip);
    await isUnmoved(maja, before);
    await maja.page.mouse.move(0, 0);
    await isClosed(strip);
    // As by the arrow keys.
    await strip.focus();
    await isOpen(strip);
    await isUnmoved(maja, before);
    await maja.page.locator('body').evaluate(() => (document.activeElement as HTMLElement).blur());
    await isClosed(strip);
  });

  test('arrow keys reach it, and a card that is written there makes room for itself', async () => {
    await maja.cell('Choices', phase).locator('[data-card]').first().focus();
    await maja.press('ArrowUp');
    await expect(above(maja)).toBeFocused();
    const { top } = await above(maja).evaluate((cell) => cell.getBoundingClientRect());
    await maja.press('n');
    await maja.field.waitFor();
    expect(await above(maja).evaluate((cell) => cell.getBoundingClientRect().top)).toBe(top);
    expect(await above(maja).evaluate((cell) => cell.scrollHeight <= cell.clientHeight)).toBe(true);
    await maja.press('Escape');
    await expect(above(maja)).toBeFocused();
    await isOpen(above(maja));
    await maja.cell('Choices', phase).focus();
    await isClosed(above(maja));
  });

  test('a drag near it opens it, by mouse', async () => {
    const card = maja.cell('Choices', phase).locator('[data-card]').first();
    const text = await card.innerText();
    await card.evaluate((element) => element.scrollIntoView({ block: 'center' }));
    const before = await places(maja);
    await card.locator('p').hover();
    await maja.page.mouse.down();
    const box = await above(maja).boundingBox();
    if (!box) throw new Error('There is no strip.');
    await maja.page.mouse.move(box.x + 40, box.y + 8, { steps: 6 });
    await isOpen(above(maja));
    await isUnmoved(maja, before);
    await maja.page.mouse.move(box.x + 40, box.y + 24, { steps: 6 });
    await maja.page.mouse.up();
    await expect(above(maja)).toContainText(text);
    await maja.press('Control+z');
    await expect(maja.cell('Choices', phase)).toContainText(text);
  });

  test('a drag near it opens it, by finger', async () => {
    const finger = await stage.person('Fia', { hasTouch: true });
    await finger.join(stage.house.demo.participant);
    await finger.page.locator('[data-drawn]').waitFor();
    const card = finger.cell('Choices', phase).locator('[data-card]').first();
    const text = await card.innerText();
    await card.evaluate((element) => element.scrollIntoView({ block: 'center' }));
    const [from, to] = [await card.boundingBox(), await above(finger).boundingBox()];
    if (!from || !to) throw new Error('There is nothing to drag.');
    const session = await finger.context.newCDPSession(finger.page);
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', x: number, y: number) =>
      session.send('Input.dispatchTouchEvent', {
        type,
        touchPoints: type === 'touchEnd' ? [] : [{ x, y }],
      });
    await touch('touchStart', from.x + 30, from.y + 30);
    await finger.page.locator('[data-dragging]').waitFor();
    await touch('touchMove', to.x + 30, to.y + 12);
    await isOpen(above(finger));
    await touch('touchMove', to.x + 31, to.y + 20);
    await touch('touchEnd', 0, 0);
    await expect(above(finger)).toContainText(text);
    await finger.press('Control+z');
    await expect(finger.cell('Choices', phase)).toContainText(text);
  });
});
