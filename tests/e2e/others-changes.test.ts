import type { Locator } from '@playwright/test';
import { afterAll, beforeAll, describe, test } from 'vitest';
import type { Person } from './person.ts';
import { expect, setStage } from './stage.ts';

const stage = setStage();

const rows = (person: Person) => person.page.locator('[data-row]');
/** The idea with this title, or one that contains it. */
const row = (person: Person, title: string): Locator =>
  rows(person).filter({ has: person.page.locator('.open-it').getByText(title) });
/** The same row whatever it shows and wherever it is. */
const sameRow = async (of: Locator): Promise<Locator> =>
  of.page().locator(`[data-row="${(await of.getAttribute('data-row')) ?? ''}"]`);
const ideas = (person: Person) =>
  person.page
    .goto(person.page.url().replace(/(\/b\/\w+).*/, '$1/ideas'))
    .then(() => rows(person).first().waitFor());
const topOf = async (what: Locator) => {
  // The view is corrected before the next frame is painted.
  await what
    .page()
    .evaluate(() => new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted))));
  return (await what.boundingBox())?.y ?? NaN;
};

/** Opens an idea, writes in a field of it, and closes it. */
async function write(person: Person, idea: string, field: 'Title' | 'Solution', text: string): Promise<void> {
  await row(person, idea).locator('.open-it').click();
  await person.page.getByRole('textbox', { name: field }).fill(text);
  await person.press('Escape');
  await person.page.getByRole('article').waitFor({ state: 'hidden' });
}

async function add(person: Person, title: string): Promise<void> {
  await person.press('n');
  await expect(person.page.getByRole('textbox', { name: 'New idea' })).toBeFocused();
  await person.type(title);
  await person.press('Enter', 'Escape');
}

describe.each(['en', 'ar'])("others' changes in the ideas, in %s", (locale) => {
  let maja: Person;
  let nadia: Person;

  beforeAll(async () => {
    const links = await stage.house.board('demo');
    maja = await stage.person('Maja');
    nadia = await stage.person('Nadia', { locale });
    await Promise.all([maja.join(links.facilitator), nadia.join(links.participant)]);
    await Promise.all([ideas(maja), ideas(nadia)]);
    await nadia.page.locator('.bar select').nth(5).selectOption('title');
    await maja.page.locator('.bar select').nth(5).selectOption('title');
    stage.beginTest();
  });

  afterAll(() => Promise.all([maja.leave(), nadia.leave()]));

  test('move neither the focused idea nor the others, and the order waits for 5 s', async () => {
    const focused = rows(nadia).nth(6);
    const [first, second] = await rows(nadia).locator('.open-it').allTextContents();
    const mine = await sameRow(focused);
    await mine.locator('.open-it').focus();
    const before = await topOf(mine);
    const stays = async () => expect(Math.abs((await topOf(mine)) - before)).toBeLessThanOrEqual(1);

    // A row above grows, one is renamed to the end of the alphabet, one is added at its beginning, one is removed.
    await write(maja, first ?? '', 'Solution', 'A long solution. '.repeat(30));
    await expect(row(nadia, first ?? '')).toContainText('A long solution.');
    await stays();
    await write(maja, second ?? '', 'Title', `Zz ${second}`);
    await expect(rows(nadia).nth(1)).toContainText(`Zz ${second}`);
    await expect(nadia.page.locator('.order.late')).toBeVisible();
    await stays();
    await add(maja, '0 the first');
    await expect(rows(nadia).last()).toContainText('0 the first');
    await stays();

    // The order follows when nobody has moved in the list for 5 s, and nothing that she looks at moves.
    await expect(rows(nadia).first()).toContainText('0 the first');
    await expect(rows(nadia).last()).toContainText(`Zz ${second}`);
    await expect(nadia.page.locator('.order.late')).toHaveCount(0);
    await stays();
    await expect(mine.locator('.open-it')).toBeFocused();

    await row(maja, '0 the first').locator('.open-it').focus();
    await maja.press('Delete');
    await expect(row(nadia, '0 the first')).toHaveCount(0);
    await stays();
    await expect(mine.locator('.open-it')).toBeFocused();
  });

  test('move no field that somebody writes in, not even when the idea around it grows or is sorted', async () => {
    const title = (await rows(nadia).nth(4).locator('.open-it').textContent())?.trim() ?? '';
    await row(nadia, title).locator('.open-it').click();
    const field = nadia.page.getByRole('article').locator('.solution textarea');
    await field.focus();
    await nadia.type('Mine: ');
    const before = await topOf(field);
    await row(maja, title).locator('.open-it').click();
    await maja.page
      .getByRole('textbox', { name: 'Title' })
      .fill(`${title} ${'longer and longer '.repeat(12)}`);
    await expect(nadia.page.getByRole('article')).toContainText('longer and longer');
    expect(Math.abs((await topOf(field)) - before)).toBeLessThanOrEqual(1);
    await nadia.type('more');
    await expect(field).toHaveValue(/^Mine: more|Mine: more/);
    await expect(field).toBeFocused();
    for (const person of [maja, nadia]) await person.press('Escape');
  });

  test('say so in a line that the keyboard reaches, and the focus stays on the idea', async () => {
    const first = rows(nadia).first();
    const title = (await first.locator('.open-it').textContent())?.trim() ?? '';
    await first.locator('.open-it').focus();
    await write(maja, title, 'Title', `Zzz ${title}`);
    await expect(nadia.page.locator('.order.late')).toBeVisible();
    await nadia.press('Tab');
    await expect(nadia.page.locator('.order button')).toBeFocused();
    await nadia.press('Enter');
    await expect(rows(nadia).last()).toContainText(`Zzz ${title}`);
    await expect(row(nadia, `Zzz ${title}`).locator('.open-it')).toBeFocused();
    await expect(row(nadia, `Zzz ${title}`)).toBeInViewport();
  });
});
