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

const rows = (person: Person) => person.page.locator('[data-row]');
const row = (person: Person, title: string) => rows(person).filter({ hasText: title });
const newIdea = (person: Person) => person.page.getByRole('textbox', { name: 'New idea' });
/** Opens a view, and waits until keys go to it. */
async function goto(person: Person, view: 'Map' | 'Ideas'): Promise<void> {
  await person.page.getByRole('link', { name: view, exact: true }).click();
  const { page } = person;
  await (view === 'Map' ? page.getByRole('grid') : page.getByRole('region', { name: 'Ideas' })).waitFor();
}

describe('an idea for a card', () => {
  const opportunity = 'How might we make the traveller sure';

  test('opens with the card, its phase and its personas, and gets the next number from the server', async () => {
    await maja.choose(maja.card(opportunity), 'New idea from this card');
    await expect(maja.page.getByRole('textbox', { name: 'Title' })).toBeFocused();
    await maja.type('A lamp in the hall');
    await expect(row(maja, 'Linked to')).toContainText(opportunity);
    await maja.press('Escape');
    await expect(row(maja, 'A lamp in the hall')).toContainText('26');
    await expect(row(maja, 'A lamp in the hall')).toContainText('Plan the trip');
    await expect(row(maja, 'A lamp in the hall')).toContainText('Amina Haddad');
  });

  test('links to the card, and the card to its ideas', async () => {
    await row(maja, 'A lamp in the hall')
      .getByRole('button', { name: /Show on the map/ })
      .first()
      .click();
    await expect(maja.fieldOf(opportunity)).toBeFocused();
    await expect(maja.card(opportunity)).toBeInViewport();
    await expect(asa.card(opportunity)).toHaveAccessibleName(/linked ideas?/);

    await maja
      .card(opportunity)
      .getByRole('button', { name: /linked ideas?/ })
      .click();
    await expect(row(maja, 'A lamp in the hall')).toBeVisible();
    const of = await rows(maja).count();
    expect(of).toBeLessThan(26);
    await expect(maja.page.getByText(`${of} of 26 ideas`)).toBeVisible();
    await maja.page.getByRole('button', { name: 'Clear filters' }).click();
    await expect(rows(maja)).toHaveCount(26);
  });

  test('appears in the ideas lane, from where an observer can open it', async () => {
    await asa
      .cell('Ideas', 'Plan the trip')
      .getByRole('button', { name: /A lamp in the hall/ })
      .click();
    await expect(asa.page.getByRole('article', { name: 'A lamp in the hall' })).toBeVisible();
    await expect(asa.page.getByRole('article').getByRole('textbox')).toHaveCount(0);
    await asa.page.getByRole('article').getByRole('button', { name: 'Close' }).click();
  });
});

describe('the list of ideas', () => {
  test('adds titles in a row by Enter, on every screen', async () => {
    for (const person of [maja, nadia]) await goto(person, 'Ideas');
    await nadia.press('n');
    await expect(newIdea(nadia)).toBeFocused();
    for (const title of ['Umbrellas to borrow', 'A bell for the last call']) {
      await nadia.type(title);
      await nadia.press('Enter');
    }
    for (const person of everyone) {
      await expect(row(person, 'Umbrellas to borrow')).toContainText('27');
      await expect(row(person, 'A bell for the last call')).toContainText('28');
      await expect(row(person, 'A bell for the last call')).toContainText('Nadia');
    }
    await expect(newIdea(nadia)).toHaveValue('');
    await expect(newIdea(asa)).toHaveCount(0);
  });

  test('lets two people write in one idea at once', async () => {
    for (const person of [maja, nadia]) {
      await row(person, 'Umbrellas to borrow').getByRole('button', { name: 'Umbrellas to borrow' }).click();
    }
    const solution = (person: Person) => person.page.getByRole('textbox', { name: 'Solution' });
    await solution(maja).fill('A stand by the door. ');
    await expect(solution(nadia)).toHaveValue('A stand by the door. ');
    await solution(nadia).press('End');
    await maja.press('Home');
    await Promise.all([maja.type('Cheap: '), nadia.type('Bring it back.')]);
    for (const person of [maja, nadia]) {
      await expect(solution(person)).toHaveValue('Cheap: A stand by the door. Bring it back.');
    }
    await nadia.press('Escape');
    await expect(row(asa, 'Umbrellas to borrow')).toContainText('Cheap: A stand by the door. Bring it back.');
  });

  test('has fields for status, reason for dropping, owner, phase, step and personas', async () => {
    const sheet = maja.page.getByRole('article');
    await sheet.getByRole('combobox', { name: 'Owner' }).selectOption('Nadia');
    await sheet.getByRole('combobox', { name: 'Phase' }).selectOption('Get to the platform');
    await sheet.getByRole('combobox', { name: 'Step' }).selectOption('Leave home');
    await sheet.getByRole('button', { name: 'Lars Bergqvist' }).click();
    await sheet.getByText('Dropped', { exact: true }).click();
    await sheet.getByRole('textbox', { name: 'Why it was dropped' }).fill('They are never brought back');
    await maja.press('Escape');
    const seen = row(asa, 'Umbrellas to borrow');
    for (const fact of [
      'Nadia',
      'Get to the platform',
      'Leave home',
      'Lars Bergqvist',
      'Dropped',
      'They are never brought back',
    ]) {
      await expect(seen).toContainText(fact);
    }
  });

  test('links an idea to a card by search', async () => {
    await row(maja, 'A bell for the last call')
      .getByRole('button', { name: 'A bell for the last call' })
      .click();
    const sheet = maja.page.getByRole('article');
    await sheet.getByRole('button', { name: 'Link challenges and opportunities' }).click();
    const picker = maja.dialog('Link challenges and opportunities');
    await expect(picker.getByRole('combobox')).toBeFocused();
    await maja.type('until the train is cancelled');
    await expect(picker.getByRole('option')).toHaveCount(1);
    await maja.press('Enter');
    await expect(picker.getByRole('option')).toHaveAttribute('aria-selected', 'true');
    await picker.getByRole('button', { name: 'Done' }).click();
    await expect(sheet).toContainText("The app says 'on time' until the train is cancelled");
    await maja.press('Escape');
    await expect(row(asa, 'A bell for the last call')).toContainText("The app says 'on time'");
  });

  test('sorts, groups, filters and searches, only on the screen of the person who does so', async () => {
    const numbers = (person: Person) =>
      rows(person).evaluateAll((all) => all.map((one) => Number(/\d+/.exec(one.textContent)?.[0])));
    await expect(rows(nadia).first()).toContainText('28');
    await nadia.page.getByRole('button', { name: /Sorted descending/ }).click();
    await expect(rows(nadia).first()).toContainText('1');
    expect(await numbers(nadia)).toEqual(Array.from({ length: 28 }, (_, at) => at + 1));

    await nadia.page.getByRole('combobox', { name: 'Sort', exact: true }).selectOption('Title');
    const titles = await rows(nadia).getByRole('button', { expanded: false }).allTextContents();
    expect(titles).toEqual(
      titles.toSorted(new Intl.Collator('en', { sensitivity: 'base', numeric: true }).compare),
    );

    await nadia.page.getByRole('combobox', { name: 'Group', exact: true }).selectOption('Status');
    await expect(nadia.page.getByRole('heading', { level: 3 })).toHaveText([/New/, /Shortlisted/, /Dropped/]);
    await nadia.page.getByRole('combobox', { name: 'Group', exact: true }).selectOption('None');

    await nadia.page.getByRole('searchbox').fill('brought back');
    // The search covers the solution, not the reason.
    await expect(nadia.page.getByText('No ideas match these filters.')).toBeVisible();
    await nadia.page.getByRole('searchbox').fill('STAND by door');
    await expect(rows(nadia)).toHaveCount(1);
    await nadia.page.getByRole('button', { name: 'Clear filters' }).first().click();
    await expect(rows(nadia)).toHaveCount(28);
    await expect(rows(asa).first()).toContainText('28');
  });

  test('removes an idea by Delete, and restores it by undo', async () => {
    await row(maja, 'A bell for the last call')
      .getByRole('button', { name: 'A bell for the last call' })
      .focus();
    await maja.press('Delete');
    await expect(maja.page.getByText('Removed: A bell for the last call')).toBeVisible();
    for (const person of everyone) await expect(row(person, 'A bell for the last call')).toBeHidden();
    await maja.press('Control+z');
    for (const person of everyone) await expect(row(person, 'A bell for the last call')).toContainText('28');
  });
});

test('a board that starts with ideas shows a greyed-out example, which disappears with the first idea', async () => {
  const links = await stage.house.board('ideas');
  const ben = await stage.person('Ben');
  await ben.join(links.participant);
  await expect(ben.page).toHaveURL(/\/ideas$/);
  await expect(ben.page.getByText('Tell people what happens next before they ask')).toBeVisible();
  await newIdea(ben).fill('The first');
  await ben.press('Enter');
  await expect(ben.page.getByText('Tell people what happens next before they ask')).toBeHidden();
  await expect(row(ben, 'The first')).toContainText('1');
  await ben.leave();
});
