import type { Locator } from '@playwright/test';
import { beforeAll, test } from 'vitest';
import type { Person } from './person.ts';
import { expect, setStage } from './stage.ts';

const stage = setStage();
let maja: Person;
let nadia: Person;
let asa: Person;
beforeAll(async () => {
  ({ maja, nadia, asa } = await stage.trio(stage.house.demo));
});

/** A person's pointer on another's screen: the moving element with their name. */
const pointerOf = (whose: Person, on: Person) => on.page.locator('.cursor').filter({ hasText: whose.name });

/** Moves the mouse to a share of a cell, from its left and top edge. */
async function pointAt(cell: Locator, person: Person, across: number, down: number): Promise<void> {
  const box = await cell.boundingBox();
  if (!box) throw new Error('The cell is not on the screen.');
  await person.page.mouse.move(box.x + across * box.width, box.y + down * box.height);
}

/** A pointer's position in a cell, in hundredths from its left and top edge. */
async function shareOf(pointer: Locator, cell: Locator): Promise<[number, number]> {
  const [at, box] = [await pointer.boundingBox(), await cell.boundingBox()];
  if (!at || !box) return [-1, -1];
  return [Math.round(((at.x - box.x) / box.width) * 100), Math.round(((at.y - box.y) / box.height) * 100)];
}

const place = ['Choices', 'Plan the trip'] as const;

test("everyone else sees Maja's pointer as it moves from cell to cell", async () => {
  await pointAt(maja.cell(...place), maja, 0.25, 0.5);
  for (const person of [nadia, asa]) {
    await expect(async () =>
      expect(await shareOf(pointerOf(maja, person), person.cell(...place))).toEqual([25, 50]),
    ).toPass({ timeout: 10_000 });
  }
  await pointAt(maja.cell(...place), maja, 0.75, 0.5);
  await pointAt(maja.cell('Choices', 'Choose and buy'), maja, 0.5, 0.5);
  for (const person of [nadia, asa]) {
    await expect(async () =>
      expect(await shareOf(pointerOf(maja, person), person.cell('Choices', 'Choose and buy'))).toEqual([
        50, 50,
      ]),
    ).toPass({ timeout: 10_000 });
  }
  await expect(pointerOf(maja, maja)).toHaveCount(0);
});

test('a person who joins sees a pointer that does not move', async () => {
  const ola = await stage.person('Ola');
  await ola.join(stage.house.demo.participant);
  await expect(async () =>
    expect(await shareOf(pointerOf(maja, ola), ola.cell('Choices', 'Choose and buy'))).toEqual([50, 50]),
  ).toPass({ timeout: 10_000 });
  await ola.leave();
});

test('a mirrored map shows it at the same part of the cell', async () => {
  const samir = await stage.person('Samir', { locale: 'ar' });
  await samir.join(stage.house.demo.participant);
  await pointAt(maja.cell(...place), maja, 0.25, 0.5);
  const key = await maja.cell(...place).getAttribute('data-focus-key');
  await expect(async () =>
    expect(await shareOf(pointerOf(maja, samir), samir.page.locator(`[data-focus-key="${key}"]`))).toEqual([
      75, 50,
    ]),
  ).toPass({ timeout: 10_000 });
  await samir.leave();
});

test('it disappears when she leaves the map, opens the ideas, or leaves the board', async () => {
  await expect(pointerOf(maja, nadia)).toBeVisible();
  await maja.page.mouse.move(5, 5);
  await expect(pointerOf(maja, nadia)).toHaveCount(0);

  await pointAt(maja.cell(...place), maja, 0.5, 0.5);
  await expect(pointerOf(maja, nadia)).toBeVisible();
  await maja.press('g', 'i');
  await expect(pointerOf(maja, nadia)).toHaveCount(0);

  await maja.press('g', 'j');
  await pointAt(maja.cell(...place), maja, 0.4, 0.5);
  await expect(pointerOf(maja, nadia)).toBeVisible();
  await maja.leave();
  await expect(pointerOf(maja, nadia)).toHaveCount(0);
});
