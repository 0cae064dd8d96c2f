import { describe, test } from 'vitest';
import type { Person } from './person.ts';
import { expect, setStage } from './stage.ts';

const stage = setStage();

/** Describes the focused element. */
const focus = (person: Person) =>
  person.page.evaluate(() => {
    const element = document.activeElement;
    if (element === document.body) return 'the page';
    const label = element instanceof HTMLInputElement ? (element.labels?.[0]?.textContent ?? '') : '';
    return [
      element?.role ?? element?.tagName.toLowerCase(),
      element?.ariaLabel ?? (label || element?.textContent),
    ]
      .join(' ')
      .replace(/\s+/g, ' ')
      .trim();
  });

/** Whether the focus is visible: a ring on the element, or on what is drawn in its place. */
const isFocusSeen = (person: Person) =>
  person.page.evaluate(() => {
    const element = document.activeElement;
    if (!element) return false;
    // After the last tab stop, the focus goes to the browser's own buttons.
    if (element === document.body) return true;
    const isRinged = (one: Element) => {
      const { outlineStyle, outlineWidth } = getComputedStyle(one);
      return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
    };
    const beside = [element.nextElementSibling, element.previousElementSibling];
    const around: Element[] = [];
    for (let one: Element | null = element; one; one = one.parentElement) around.push(one);
    return (
      [...around, ...beside].some((one) => one !== null && isRinged(one)) ||
      getComputedStyle(element).boxShadow !== 'none'
    );
  });

/** Presses Tab until the wanted element has the focus, and checks that the focus is visible at every stop. */
async function tabTo(person: Person, wanted: RegExp, most = 25): Promise<void> {
  const passed: string[] = [];
  for (let step = 0; step < most; step++) {
    await person.press('Tab');
    const now = await focus(person);
    passed.push(now);
    expect(await isFocusSeen(person), `one sees that the focus is on: ${now}`).toBe(true);
    if (wanted.test(now)) return;
  }
  throw new Error(`Tab does not lead to ${String(wanted)}: ${passed.join(' > ')}`);
}

test('from the lobby to a card, and on to an idea, without a mouse', async () => {
  const maja = await stage.person('Maja');
  await maja.page.goto('/');
  await expect(maja.page.getByRole('heading', { level: 1 })).toBeVisible();
  await tabTo(maja, /Board name/);
  await maja.type('By keys alone');
  await tabTo(maja, /Your name/);
  await maja.type('Maja');
  await tabTo(maja, /Full journey map/);
  await maja.press('ArrowDown');
  await expect(maja.page.getByRole('radio', { name: 'Short journey map' })).toBeChecked();
  await tabTo(maja, /^button Create board/);
  await maja.press('Enter');
  await expect(maja.dialog('Invite people')).toBeVisible();
  await maja.press('Escape');
  await maja.saved();

  await tabTo(maja, /^gridcell Activities and situations/);
  await maja.press('ArrowUp');
  await expect(maja.head('step', 'Feel a need')).toBeFocused();
  expect(await isFocusSeen(maja)).toBe(true);
  await maja.press('ArrowDown');
  await expect(maja.cell('Activities and situations', 'Discover and choose', 'Feel a need')).toBeFocused();
  expect(await isFocusSeen(maja)).toBe(true);
  await maja.press('n');
  await maja.write('Reads a poster');
  await maja.press('Enter');
  await expect(maja.field).toHaveValue('');
  await maja.type('Asks at home');
  await maja.press('Tab');
  await expect(maja.field).toHaveValue('');
  await maja.type('Looks at two shops');
  await maja.press('Escape');
  await expect(
    maja.cell('Activities and situations', 'Discover and choose', 'Feel a need').locator('[data-card]'),
  ).toHaveText([/Reads a poster/, /Asks at home/]);
  await expect(
    maja.cell('Activities and situations', 'Discover and choose', 'Compare and decide'),
  ).toContainText('Looks at two shops');
  await expect(maja.fieldOf('Looks at two shops')).toBeFocused();
  expect(await isFocusSeen(maja)).toBe(true);

  await maja.press('ArrowLeft');
  await expect(maja.fieldOf('Reads a poster')).toBeFocused();
  await maja.press('ArrowDown');
  await expect(maja.fieldOf('Asks at home')).toBeFocused();
  await maja.press('Shift+F10');
  await expect(maja.page.getByRole('menu', { name: 'Card menu' })).toBeVisible();
  await expect(maja.page.getByRole('menuitem').first()).toBeFocused();
  await maja.press('Escape');
  await expect(maja.fieldOf('Asks at home')).toBeFocused();

  const choose = async (item: string) => {
    await maja.press('Shift+F10');
    await maja.page.getByRole('menuitem', { name: item }).press('Enter');
  };
  await choose('Move to…');
  const dialog = maja.dialog('Move the card');
  await expect(dialog).toBeVisible();
  await tabTo(maja, /Cancel/);
  await maja.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(maja.fieldOf('Asks at home')).toBeFocused();

  await choose('New idea from this card');
  await expect(maja.page.getByRole('textbox', { name: 'Title' })).toBeFocused();
  await maja.type('A letter to everyone');
  await maja.press('Enter');
  await expect(maja.page.getByRole('textbox', { name: 'Solution' })).toBeFocused();
  await maja.type('By post.');
  await maja.press('Escape');
  const idea = maja.page.locator('[data-row]').filter({ hasText: 'A letter to everyone' });
  await expect(idea).toContainText('By post.');
  await expect(idea.getByRole('button', { name: 'A letter to everyone' })).toBeFocused();
  expect(await isFocusSeen(maja)).toBe(true);

  await maja.press('g', 'j');
  await expect(maja.card('Asks at home')).toBeVisible();
  await maja.press('g', 'i');
  await expect(idea).toBeVisible();
  await maja.press('?');
  await expect(maja.dialog('Keyboard shortcuts')).toBeVisible();
  await maja.press('Escape');
  await expect(maja.dialog('Keyboard shortcuts')).toBeHidden();
  await maja.saved();
  await maja.leave();
});

test('while writing, Shift+Tab goes to the previous column, and leaves the first; Ctrl+Enter saves like Enter', async () => {
  const maja = await stage.person('Maja');
  await maja.join((await stage.house.board('journey')).facilitator);
  const cell = (step: string) => maja.cell('Activities and situations', 'Discover and choose', step);
  await cell('Compare and decide').focus();
  await maja.press('n');
  await maja.write('Second');
  await maja.press('Shift+Tab');
  await expect(maja.field).toHaveValue('');
  await maja.type('First');
  await expect(cell('Feel a need')).toContainText('First');
  await maja.press('Control+Enter');
  await expect(maja.field).toHaveValue('');
  await maja.type('Next');
  await expect(cell('Feel a need').locator('[data-card]')).toHaveCount(2);
  await maja.press('Shift+Tab');
  await expect(maja.field).toHaveCount(0);
  await expect(cell('Feel a need').locator('[data-card]')).toHaveText([/First/, /Next/]);
  await expect(cell('Compare and decide').locator('[data-card]')).toHaveText([/Second/]);
  await maja.saved();
  await maja.leave();
});

test('the map stays in the tab order when someone else removes the focused card', async () => {
  const links = await stage.house.board('demo');
  const [maja, nadia] = await Promise.all([stage.person('Maja'), stage.person('Nadia')]);
  await Promise.all([maja.join(links.facilitator), nadia.join(links.participant)]);
  await nadia.card('Decides at breakfast').focus();
  await expect(maja.card('Decides at breakfast')).toHaveAccessibleName(/Nadia is here/);
  await maja.card('Decides at breakfast').focus();
  await maja.press('Delete');
  await expect(nadia.card('Decides at breakfast')).toHaveCount(0);
  await nadia.page.getByRole('button', { name: 'Elif Yıldız' }).focus();
  await nadia.press('Tab');
  await expect(
    nadia.cell('Activities and situations', 'Plan the trip', 'Feel the need to travel'),
  ).toBeFocused();
  await Promise.all([maja.leave(), nadia.leave()]);
});

describe('a single letter', () => {
  test.each([
    ['Russian', 'т', 'ь', 'п', 'ш'],
    ['Arabic', 'ى', 'ة', 'ل', 'ه'],
  ])(
    'matches by key position on a %s keyboard, and is not typed into the field that it opens',
    async (_name, n, m, g, i) => {
      const links = await stage.house.board('journey');
      const nadia = await stage.person('Nadia');
      await nadia.join(links.participant);
      const keyboard = await nadia.context.newCDPSession(nadia.page);
      const press = async (key: string, code: string) => {
        await keyboard.send('Input.dispatchKeyEvent', { type: 'keyDown', key, code, text: key });
        await keyboard.send('Input.dispatchKeyEvent', { type: 'keyUp', key, code });
      };
      await nadia.cell('Needs and motivations', 'Use the service').focus();
      await press(n, 'KeyN');
      await expect(nadia.field).toHaveValue('');
      await press(n, 'KeyN');
      await press(m, 'KeyM');
      await expect(nadia.field).toHaveValue(n + m);
      await nadia.press('Escape');
      await nadia.cell('Needs and motivations', 'Use the service').focus();
      await press(g, 'KeyG');
      await press(i, 'KeyI');
      await expect(nadia.page).toHaveURL(/\/ideas$/);
      await expect(nadia.page.getByRole('textbox', { name: 'New idea' })).toBeVisible();
      await press(n, 'KeyN');
      await expect(nadia.page.getByRole('textbox', { name: 'New idea' })).toBeFocused();
      await expect(nadia.page.getByRole('textbox', { name: 'New idea' })).toHaveValue('');
      await nadia.saved();
      await nadia.leave();
    },
  );

  test('does nothing when letter shortcuts are off', async () => {
    const nadia = await stage.person('Nadia');
    await nadia.join((await stage.house.board('journey')).participant);
    await nadia.press('?');
    await nadia.dialog('Keyboard shortcuts').getByLabel('Single-letter shortcuts').uncheck();
    await nadia.press('Escape');
    await nadia.cell('Needs and motivations', 'Use the service').focus();
    await nadia.press('n', 'e', 'g', 'i', '?');
    await expect(nadia.page.getByRole('dialog')).toHaveCount(0);
    await expect(nadia.field).toHaveCount(0);
    await expect(nadia.page.getByRole('grid')).toBeVisible();
    await nadia.page.reload();
    await nadia.arrive();
    await nadia.press('?');
    await expect(nadia.page.getByRole('dialog')).toHaveCount(0);
    await nadia.press('Tab');
    await nadia.cell('Needs and motivations', 'Use the service').focus();
    await nadia.press('Enter');
    await expect(nadia.field).toBeFocused();
    await nadia.press('Escape');
    await nadia.leave();
  });
});
