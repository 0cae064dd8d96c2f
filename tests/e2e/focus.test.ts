import { beforeAll, describe, test } from 'vitest';
import type { Person } from './person.ts';
import { expect, setStage } from './stage.ts';

const stage = setStage();
let maja: Person;
let nadia: Person;
let asa: Person;
beforeAll(async () => {
  ({ maja, nadia, asa } = await stage.trio(stage.house.demo));
});

const selected = (person: Person) => person.page.locator('[data-card][aria-current=true]');

/** The width of the ring that is drawn around the focused element. */
const ring = (person: Person) =>
  person.page.evaluate(() => {
    const focused = document.activeElement ?? document.body;
    const { outlineStyle, outlineWidth } = getComputedStyle(focused.closest('[data-card]') ?? focused);
    return outlineStyle === 'none' ? 0 : parseFloat(outlineWidth);
  });

async function add(person: Person, cell: readonly string[], ...texts: readonly string[]): Promise<void> {
  for (const text of texts) {
    await person.writeCard(person.cell(...cell), text);
    await expect(person.fieldOf(text)).toBeFocused();
  }
}

describe('the target of the next key is visible', () => {
  test('from the first key on: the map takes the focus without a ring', async () => {
    const newcomer = await stage.person('Rut');
    await newcomer.join(stage.house.demo.participant);
    await newcomer.page.locator('[data-drawn]').waitFor();
    const isInMap = () =>
      newcomer.page.evaluate(() => document.activeElement?.closest('[role=grid]') !== null);
    await expect.poll(isInMap).toBe(true);
    // The key that submitted the name was pressed on another page.
    await newcomer.page.reload();
    await newcomer.page.locator('[data-drawn]').waitFor();
    await expect.poll(isInMap).toBe(true);
    expect(await ring(newcomer)).toBe(0);
    await newcomer.press('ArrowDown');
    await expect.poll(() => ring(newcomer)).toBeGreaterThan(0);
    await newcomer.leave();
  });

  test('after a click, which selects the card until the focus moves on', async () => {
    await add(nadia, ['Choices', 'Ride'], 'Clicked once', 'Beside it');
    await nadia.card('Clicked once').click();
    await expect(selected(nadia)).toHaveText([/Clicked once/]);
    await nadia.press('ArrowDown');
    await expect(nadia.fieldOf('Beside it')).toBeFocused();
    await expect(selected(nadia)).toHaveCount(0);
    await nadia.card('Clicked once').click();
    await nadia.card('Beside it').click({ modifiers: ['ControlOrMeta'] });
    await expect(selected(nadia)).toHaveText([/Clicked once/, /Beside it/]);
    await nadia.card('Beside it').click({ modifiers: ['ControlOrMeta'] });
    await expect(selected(nadia)).toHaveText([/Clicked once/]);
    await nadia.press('Escape');
    await nadia.card('Clicked once').click();
    await nadia.press('Shift+ArrowDown', 'Space');
    await expect(selected(nadia)).toHaveText([/Clicked once/, /Beside it/]);
    await nadia.card('Beside it').click();
    await expect(selected(nadia)).toHaveText([/Beside it/]);
    await nadia.cell('Choices', 'Ride').click({ position: { x: 4, y: 4 } });
    await expect(selected(nadia)).toHaveCount(0);
  });

  test('after Ctrl+A, which selects all cards of the map', async () => {
    await nadia.cell('Choices', 'Ride').focus();
    await nadia.press('Control+a');
    await expect(selected(nadia)).toHaveCount(await nadia.page.locator('[data-card]').count());
    await expect(nadia.page.getByText(/^\d+ cards selected$/)).toBeVisible();
    await nadia.press('Escape');
    await expect(selected(nadia)).toHaveCount(0);
  });

  test("but an observer's focus is not shown to others", async () => {
    await add(nadia, ['Choices', 'Ride'], 'Only read');
    await asa.card('Only read').focus();
    await maja.card('Only read').focus();
    await expect(nadia.card('Only read')).toHaveAttribute('aria-label', /Maja is here/);
    await expect(nadia.card('Only read')).not.toHaveAttribute('aria-label', /Åsa/);
  });
});

describe('the focus stays on the map', () => {
  test('on a card that somebody else moves within sight', async () => {
    await add(nadia, ['Choices', 'Plan the trip'], 'Taken along');
    await maja.card('Taken along').focus();
    await maja.press('Control+ArrowRight');
    await expect(nadia.cell('Choices', 'Choose and buy')).toContainText('Taken along');
    await expect(nadia.fieldOf('Taken along')).toBeFocused();
  });

  test('on a card that is moved within its cell, whatever its neighbours do', async () => {
    const cell = ['Choices', 'Board and settle in'] as const;
    await add(nadia, cell, 'Upper', 'Lower');
    await nadia.card('Upper').focus();
    await maja.card('Lower').focus();
    await maja.press('Alt+ArrowUp');
    await expect(nadia.cell(...cell).locator('[data-card]')).toHaveText([/\S/, /Lower/, /Upper/]);
    await expect(nadia.fieldOf('Upper')).toBeFocused();
    await nadia.press('Enter');
    await nadia.write(' and higher');
    await maja.press('Alt+ArrowDown');
    await expect(maja.cell(...cell).locator('[data-card]')).toHaveText([/\S/, /Upper/, /Lower/]);
    await nadia.type(' still');
    await nadia.press('Escape');
    await expect(nadia.fieldOf('Upper and higher still')).toBeFocused();
  });

  test('on a card whose move is undone', async () => {
    await add(nadia, ['Choices', 'Plan the trip'], 'There and back');
    await nadia.press('Control+ArrowRight');
    await expect(nadia.cell('Choices', 'Choose and buy')).toContainText('There and back');
    await nadia.press('Control+z');
    await expect(nadia.cell('Choices', 'Plan the trip')).toContainText('There and back');
    await expect(nadia.fieldOf('There and back')).toBeFocused();
  });

  test('on the neighbour of a card that somebody else removes, and on the cell of the last one', async () => {
    const cell = ['Business moments', 'Ride'] as const;
    await add(nadia, cell, 'Goes first', 'Goes last');
    await nadia.card('Goes first').focus();
    await maja.card('Goes first').focus();
    await maja.press('Delete');
    await expect(nadia.fieldOf('Goes last')).toBeFocused();
    await expect(maja.fieldOf('Goes last')).toBeFocused();
    await maja.press('Delete');
    await expect(nadia.cell(...cell)).toBeFocused();
  });

  test('of the ideas, on the neighbour of an idea that somebody else removes', async () => {
    for (const person of [maja, nadia])
      await person.page.getByRole('link', { name: 'Ideas', exact: true }).click();
    const rows = (person: Person) => person.page.locator('[data-row]');
    await expect(rows(nadia)).not.toHaveCount(0);
    const [first, second] = await rows(nadia).evaluateAll((all) =>
      all.map((row) => row.getAttribute('data-row')),
    );
    for (const person of [nadia, maja])
      await person.page.locator(`[data-row="${first}"] [data-stop]`).first().focus();
    await maja.press('Delete');
    await expect(nadia.page.locator(`[data-row="${first}"]`)).toHaveCount(0);
    await expect(nadia.page.locator(`[data-row="${second}"] [data-stop]`).first()).toBeFocused();
  });
});

test('undo works while a field without text has the focus, and leaves a field with text its own', async () => {
  await nadia.page.getByRole('link', { name: 'Ideas', exact: true }).click();
  const field = nadia.page.getByPlaceholder('Write an idea and press Enter');
  await field.fill('Added by mistake');
  await field.press('Enter');
  await expect(
    nadia.page
      .getByRole('article')
      .or(nadia.page.locator('[data-row]'))
      .filter({ hasText: 'Added by mistake' })
      .first(),
  ).toBeVisible();
  await field.focus();
  await nadia.press('Control+z');
  await expect(nadia.page.locator('[data-row]').filter({ hasText: 'Added by mistake' })).toHaveCount(0);
  await nadia.press('Control+Shift+z');
  await expect(nadia.page.locator('[data-row]').filter({ hasText: 'Added by mistake' })).toHaveCount(1);
  await field.pressSequentially('Not yet');
  await nadia.press('Control+z');
  await expect(nadia.page.locator('[data-row]').filter({ hasText: 'Added by mistake' })).toHaveCount(1);
  // A field that was emptied by hand still has its own undo.
  await field.fill('');
  await nadia.press('Control+z');
  await expect(nadia.page.locator('[data-row]').filter({ hasText: 'Added by mistake' })).toHaveCount(1);
});

test('a press that is released outside the map starts no drag', async () => {
  await nadia.page.getByRole('link', { name: 'Map', exact: true }).click();
  const card = nadia.page.locator('[data-card]').first();
  const box = await card.boundingBox();
  if (!box) throw new Error('There is no card.');
  await nadia.page.mouse.move(box.x + 3, box.y + 3);
  await nadia.page.mouse.down();
  await nadia.page.mouse.move(600, 20);
  await nadia.page.mouse.up();
  await nadia.page.mouse.move(box.x + 60, box.y + 60, { steps: 5 });
  await expect(nadia.page.locator('[data-dragging], .ghost')).toHaveCount(0);
});
