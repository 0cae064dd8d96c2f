import { beforeAll, describe, test } from 'vitest';
import type { Person } from './person.ts';
import { expect, setStage } from './stage.ts';

const stage = setStage();
let maja: Person;
let nadia: Person;
let asa: Person;

beforeAll(async () => {
  ({ maja, nadia, asa } = await stage.trio(await stage.house.board('journey')));
});

const cell = (person: Person) => person.cell('Needs and motivations', 'Use the service');

/** Adds a card with this text. It has the focus afterwards. */
async function add(text: string, phase = 'Use the service'): Promise<void> {
  await maja.writeCard(maja.cell('Needs and motivations', phase), text);
  await expect(maja.fieldOf(text)).toBeFocused();
}

describe('on a focused card', () => {
  test('letters, digits and signs are written at its end, and command nothing', async () => {
    await add('Buys');
    await maja.press('Space');
    await maja.type('2 men? M');
    await expect(maja.field).toHaveValue('Buys 2 men? M');
    await expect(nadia.card('Buys 2 men? M')).toBeVisible();
    await expect(maja.page.getByRole('dialog')).toHaveCount(0);
    await maja.press('Escape');
    await expect(nadia.card('Buys 2 men? M')).toHaveAccessibleName(/Assumption/);
    await expect(maja.fieldOf('Buys 2 men? M')).toBeFocused();
    await expect(maja.field).toHaveCount(0);
  });

  test('a dead key keeps its accent, and an input method its first letter', async () => {
    await add('Caf');
    await maja.compose('´', 'é');
    await expect(maja.field).toHaveValue('Caf é');
    await maja.type('s');
    await expect(nadia.card('Caf és')).toBeVisible();
    await maja.press('Escape');

    await add('Asks ');
    await maja.compose('に', 'にほ', '日本');
    await expect(maja.field).toHaveValue('Asks 日本');
    await expect(nadia.card('Asks 日本')).toBeVisible();
    await maja.press('Escape');
    await expect(maja.card('Asks 日本')).toBeVisible();
  });

  test('what another person writes on it meanwhile is kept', async () => {
    await add('Shared');
    await nadia.openText(nadia.card('Shared'), 'Home');
    await nadia.type('Well ');
    await expect(maja.card('Well Shared')).toBeVisible();
    await maja.type('!');
    await nadia.type('and ');
    for (const person of [maja, nadia]) await expect(person.field).toHaveValue('Well and Shared!');
    await Promise.all([maja.press('Escape'), nadia.press('Escape')]);
    await expect(asa.card('Well and Shared!')).toBeVisible();
  });

  test('nothing but typing changes it, and undo is the board’s', async () => {
    await add('Stays');
    await maja.page.evaluate(() => navigator.clipboard.writeText('pasted').catch(() => {}));
    await maja.press('Shift+Delete', 'Control+Backspace', 'Control+v', 'Control+x');
    // With the space before the next word.
    await expect(maja.fieldOf('Stays')).toHaveValue('Stays ');
    await expect(nadia.card('Stays').locator('p')).toHaveText(/^Stays$/);
    await maja.type('on');
    await expect(nadia.card('Stays on')).toBeVisible();
    await maja.press('Escape', 'Control+z');
    await expect(nadia.card('Stays on')).toHaveCount(0);
  });

  test('a screen reader says its marks as the name of the field, and its text as the value', async () => {
    await add('Is read aloud');
    const field = maja.fieldOf('Is read aloud');
    await expect(field).toHaveAccessibleName(/^Assumption/);
    await expect(field).toHaveValue('Is read aloud ');
    await expect(maja.card('Is read aloud')).toHaveAccessibleName(/^Is read aloud, Assumption/);
    await maja.press('Enter');
    await expect(maja.field).toHaveAccessibleName('Card text');
    await maja.press('Escape');
  });

  test('Tab and Shift+Tab leave it, and come back to it', async () => {
    await add('Tab stop');
    await maja.press('Tab');
    await expect(maja.fieldOf('Tab stop')).toHaveCount(0);
    await maja.press('Shift+Tab');
    await expect(maja.fieldOf('Tab stop')).toBeFocused();
    await maja.press('Shift+Tab');
    await expect(maja.page.getByRole('grid').locator(':focus')).toHaveCount(0);
    await maja.press('Tab');
    await expect(maja.fieldOf('Tab stop')).toBeFocused();
  });

  test('observers have no field, and their letters do nothing', async () => {
    await add('Only seen', 'Discover and choose');
    await asa.card('Only seen').focus();
    await expect(asa.card('Only seen')).toBeFocused();
    await asa.type('m2');
    await expect(asa.page.locator('textarea')).toHaveCount(0);
    await expect(asa.card('Only seen')).toBeFocused();
  });

  test('on a touch screen there is no field that opens a keyboard, and a real keyboard writes all the same', async () => {
    const samir = await stage.person('Samir', { hasTouch: true, isMobile: true });
    await samir.join((await stage.house.board('journey')).participant);
    await samir.writeCard(cell(samir), 'Tapped');
    await expect(samir.card('Tapped')).toBeFocused();
    await expect(samir.page.locator('textarea')).toHaveCount(0);
    await samir.type('?');
    await expect(samir.field).toHaveValue('Tapped?');
    await expect(samir.page.getByRole('dialog')).toHaveCount(0);
    await samir.press('Escape');
    await expect(samir.card('Tapped?')).toBeFocused();
    await samir.type('twice');
    await expect(samir.field).toHaveValue('Tapped? twice');
    await samir.press('Escape');
    await samir.leave();
  });
});

test('keys that are pressed while the script for them loads are typed all the same', async () => {
  await add('Waits', 'Discover and choose');
  await maja.press('Escape');
  await maja.saved();
  let load = () => {};
  const asked = new Promise<void>((resolve) => (load = resolve));
  await maja.page.route('**/assets/map-input*.js', async (route) => {
    await asked;
    await route.continue();
  });
  await maja.page.reload();
  const card = maja.card('Waits');
  await card.focus();
  await maja.type('for a sign');
  await maja.cell('Needs and motivations', 'Follow up and return').focus();
  await maja.type('nNew one');
  load();
  await expect(maja.field).toHaveValue('New one');
  await expect(maja.card('Waits for a sign')).toBeVisible();
  await maja.press('Escape');
  await maja.saved();
  await maja.page.unroute('**/assets/map-input*.js');
});
