import type { Locator } from '@playwright/test';
import { beforeAll, describe, test } from 'vitest';
import type { Person } from './person.ts';
import { expect, setStage } from './stage.ts';

const stage = setStage();
let maja: Person;
let nadia: Person;
let asa: Person;
let everyone: readonly Person[];
beforeAll(async () => {
  ({ maja, nadia, asa } = await stage.trio(stage.house.demo));
  everyone = [maja, nadia, asa];
});

const cards = (cell: Locator) => cell.locator('[data-card]');

async function add(person: Person, cell: readonly string[], text: string): Promise<void> {
  await person.writeCard(person.cell(...cell), text);
  await expect(person.fieldOf(text)).toBeFocused();
}

/** Drags a card by mouse and drops it at a share of the target's height. */
async function drag(person: Person, text: string, to: Locator, down: number): Promise<void> {
  const from = person.card(text);
  // Near an edge the map would scroll.
  await from.evaluate((card) => card.scrollIntoView({ block: 'center' }));
  await from.locator('p').hover();
  await person.page.mouse.down();
  const box = await to.boundingBox();
  if (!box) throw new Error('There is nothing to drop it on.');
  const at = [box.x + box.width / 2, box.y + box.height * down] as const;
  await person.page.mouse.move(...at, { steps: 6 });
  await person.page.mouse.up();
}

describe('moving a card', () => {
  test('by mouse, to another cell and between two cards', async () => {
    const here = ['Choices', 'Plan the trip'] as const;
    const there = ['Choices', 'Choose and buy'] as const;
    await add(nadia, here, 'Dragged along');
    await drag(nadia, 'Dragged along', nadia.cell(...there), 0.95);
    for (const person of everyone) {
      await expect(cards(person.cell(...there))).toHaveText([/\S/, /Dragged along/]);
      await expect(person.cell(...here)).not.toContainText('Dragged along');
    }
    await drag(nadia, 'Dragged along', cards(nadia.cell(...there)).first(), 0.1);
    for (const person of everyone) {
      await expect(cards(person.cell(...there))).toHaveText([/Dragged along/, /\S/]);
    }
    await expect(nadia.fieldOf('Dragged along')).toBeFocused();
  });

  test('is cancelled by Escape during the drag', async () => {
    const here = ['Choices', 'Get to the platform'] as const;
    await add(nadia, here, 'Let go again');
    await nadia.card('Let go again').hover();
    await nadia.page.mouse.down();
    const there = await nadia.cell('Choices', 'Ride').boundingBox();
    await nadia.page.mouse.move(there?.x ?? 0, there?.y ?? 0, { steps: 4 });
    // The browser would select all texts that the pointer passes, at the cost of the frames of the drag.
    expect(await nadia.page.evaluate(() => String(getSelection()))).toBe('');
    await nadia.press('Escape');
    await nadia.page.mouse.up();
    await expect(nadia.cell(...here)).toContainText('Let go again');
  });

  test('by "Move to…", to a chosen lane, step and position', async () => {
    await add(nadia, ['Choices', 'Ride'], 'Moved by the dialog');
    await nadia.choose(nadia.card('Moved by the dialog'), 'Move to…');
    const dialog = nadia.dialog('Move the card');
    await dialog.getByLabel('Lane').selectOption('Activities and situations');
    await dialog.getByLabel('Phase or step').selectOption('Ride: Settle into the ride');
    await dialog.getByLabel('Position').selectOption('First');
    await dialog.getByRole('button', { name: 'Move' }).click();
    for (const person of everyone) {
      const cell = person.cell('Activities and situations', 'Ride', 'Settle into the ride');
      await expect(cards(cell)).toHaveText([/Moved by the dialog/, /\S/]);
    }
    await expect(nadia.fieldOf('Moved by the dialog')).toBeFocused();
  });

  test('by Ctrl and the arrows keeps the focus on it', async () => {
    await add(nadia, ['Needs and motivations', 'Board and settle in'], 'Shoved');
    await nadia.press('Control+ArrowRight', 'Control+ArrowDown');
    for (const person of everyone) {
      await expect(person.cell('Choices', 'Ride', 'Settle into the ride')).toContainText('Shoved');
    }
    await expect(nadia.fieldOf('Shoved')).toBeFocused();
    await nadia.press('Control+ArrowDown', 'Control+ArrowLeft');
    await expect(asa.cell('Choices', 'Board and settle in')).toContainText('Shoved');
  });

  test('up and down in its cell by Alt and the arrows', async () => {
    const cell = ['Business moments', 'Come back'] as const;
    for (const text of ['alpha', 'bravo', 'delta']) await add(nadia, cell, text);
    await nadia.press('Alt+ArrowUp', 'Alt+ArrowUp');
    for (const person of everyone)
      await expect(cards(person.cell(...cell))).toHaveText([/delta/, /alpha/, /bravo/]);
    await nadia.press('Alt+ArrowDown');
    await expect(cards(asa.cell(...cell))).toHaveText([/alpha/, /delta/, /bravo/]);
  });

  test('moves the other selected cards too', async () => {
    const cell = ['Business moments', 'Ride'] as const;
    for (const text of ['tom-uno', 'tom-due', 'tom-tre']) await add(nadia, cell, text);
    await nadia.card('tom-uno').focus();
    await nadia.press('Space', 'ArrowDown', 'ArrowDown', 'Space');
    await expect(nadia.page.locator('[data-card][aria-current=true]')).toHaveCount(2);
    await nadia.press('Control+ArrowRight');
    for (const person of everyone) {
      await expect(cards(person.cell(...cell))).toHaveText([/due/]);
      await expect(person.cell('Business moments', 'Handle a disruption')).toContainText(/uno.*tre/s);
    }
    await nadia.press('Delete');
    await expect(asa.cell('Business moments', 'Handle a disruption')).not.toContainText(/uno|tre/);
    await nadia.press('Control+z', 'Control+z');
    await expect(cards(asa.cell(...cell))).toHaveText([/uno/, /due/, /tre/]);
  });
});

describe('undo', () => {
  test("undoes one's own last step, and nobody else's", async () => {
    await add(maja, ['Choices', 'Settle and follow up'], 'Of Maja');
    await add(nadia, ['Choices', 'Settle and follow up'], 'Of Nadia');
    // Her text is one step, the card another.
    await maja.press('Control+z');
    await expect(nadia.card('Of Maja')).toBeHidden();
    await maja.press('Control+z');
    for (const person of everyone) {
      await expect(cards(person.cell('Choices', 'Settle and follow up'))).toHaveText([/\S/, /Of Nadia/]);
    }
    await maja.press('Control+Shift+z', 'Control+Shift+z');
    for (const person of everyone) await expect(person.card('Of Maja')).toBeVisible();
    await nadia.page.getByRole('banner').getByRole('button', { name: 'Undo' }).click();
    await nadia.page.getByRole('banner').getByRole('button', { name: 'Undo' }).click();
    await expect(asa.card('Of Nadia')).toBeHidden();
    await expect(asa.card('Of Maja')).toBeVisible();
  });

  test('restores a removed card with its content, and with what others wrote on it since', async () => {
    await add(maja, ['Choices', 'Come back'], 'Thrown away');
    await maja.choose(maja.card('Thrown away'), /Measured/);
    await expect(maja.fieldOf('Thrown away')).toBeFocused();
    await maja.press('Delete');
    await expect(maja.page.getByText('Card removed')).toBeVisible();
    for (const person of everyone) await expect(person.card('Thrown away')).toBeHidden();
    await maja.page.getByText('Card removed').locator('..').getByRole('button', { name: 'Undo' }).click();
    for (const person of everyone) await expect(person.card('Thrown away')).toHaveAccessibleName(/Measured/);
  });

  test('of an added card keeps what another person wrote in it, for redo to show', async () => {
    await maja.writeCard(maja.cell('Business moments', 'Plan the trip'), 'Begun by Maja');
    await nadia.card('Begun by Maja').dblclick();
    await nadia.field.waitFor();
    await nadia.type(', ended by Nadia');
    await expect(maja.card('Begun by Maja, ended by Nadia')).toBeVisible();
    await maja.press('Control+z');
    // Undoing her words leaves Nadia's.
    await expect(nadia.field).toHaveValue(', ended by Nadia');
    await maja.press('Control+z');
    for (const person of everyone) await expect(person.card(', ended by Nadia')).toBeHidden();
    await maja.press('Control+Shift+z', 'Control+Shift+z');
    for (const person of everyone) await expect(person.card('Begun by Maja, ended by Nadia')).toBeVisible();
    await nadia.press('Escape');
  });

  test('treats text typed without a pause as one step, and undoes a move as well', async () => {
    await add(nadia, ['Choices', 'Plan the trip'], 'Here and there');
    await nadia.press('Control+ArrowRight', 'Control+z');
    await expect(asa.cell('Choices', 'Plan the trip')).toContainText('Here and there');
    await nadia.press('Control+z');
    await expect(asa.card('Here and there')).toBeHidden();
    await nadia.press('Control+y', 'Control+y');
    await expect(asa.cell('Choices', 'Choose and buy')).toContainText('Here and there');
  });
});
