import { beforeAll, describe, test } from 'vitest';
import type { Person } from './person.ts';
import { expect, setStage } from './stage.ts';

const stage = setStage();
let maja: Person;
let nadia: Person;
/** Another facilitator. */
let ida: Person;

beforeAll(async () => {
  const links = await stage.house.board('journey');
  [maja, nadia, ida] = await Promise.all([stage.person('Maja'), stage.person('Nadia'), stage.person('Ida')]);
  await Promise.all([
    maja.join(links.facilitator),
    nadia.join(links.participant),
    ida.join(links.facilitator),
  ]);
});

const lane = 'Needs and motivations';
const later = 'Follow up and return';
const idea = (person: Person, title: string) => person.page.locator('[data-row]').filter({ hasText: title });
const goto = (person: Person, view: 'Map' | 'Ideas') =>
  person.page.getByRole('link', { name: view, exact: true }).click();

/** The person goes on typing: commands of the map and of the ideas among it. */
async function goOn(person: Person): Promise<void> {
  await person.type('nm e2 p?gw');
  await person.press('Backspace', 'Enter', 'Delete');
  await expect(person.page.locator('textarea:focus, input:focus, dialog, [role=menu]')).toHaveCount(0);
  expect(await person.page.evaluate(() => document.activeElement !== document.body)).toBe(true);
}

/** Adds a phase at the end, with a card in it that Nadia begins to write. */
async function writeIn(title: string): Promise<void> {
  await maja.choose(maja.head('phase', later), 'New phase after');
  await maja.write(title);
  await maja.press('Enter');
  await expect(nadia.head('phase', title)).toBeVisible();
  await nadia.cell(lane, title).focus();
  await nadia.press('n');
  await nadia.write(`Goes with ${title}`);
  await expect(maja.card(`Goes with ${title}`)).toBeVisible();
}

async function remove(person: Person, title: string): Promise<void> {
  await person.head('phase', title).focus();
  await person.press('Delete');
  await person
    .dialog(/^Remove/)
    .getByRole('button', { name: 'Remove' })
    .click();
}

describe('what somebody removes while another person writes in it', () => {
  test('a card: the rest of the sentence does nothing, and one step brings it back', async () => {
    await nadia.writeCard(nadia.cell(lane, later), 'Neighbour');
    await nadia.writeCard(nadia.cell(lane, later), 'Taken away');
    await nadia.openText(nadia.card('Taken away'), 'End');
    await nadia.type(' while');
    await maja.card('Taken away while').focus();
    await maja.press('Delete');
    await expect(nadia.page.getByText('Someone removed the card that you were editing.')).toBeVisible();
    await goOn(nadia);
    await expect(nadia.card('Neighbour').locator('p')).toHaveText('Neighbour');

    await nadia.page.getByRole('button', { name: 'Restore' }).click();
    await expect(nadia.field).toHaveValue('Taken away while');
    await nadia.type('!');
    await expect(maja.card('Taken away while!')).toBeVisible();
    await nadia.press('Escape', 'Control+z', 'Control+z');
    await expect(maja.card('Taken away')).toHaveCount(0);
    await expect(nadia.page.getByText('Undid: item restored')).toBeVisible();
  });

  test('a card in which an input method composes: its letters are on the card that comes back', async () => {
    await nadia.writeCard(nadia.cell(lane, later), 'Composed ');
    const end = await nadia.beginComposing('に', 'にほ');
    await maja.card('Composed').focus();
    await maja.press('Delete');
    await expect(nadia.page.getByText('Someone removed the card that you were editing.')).toBeVisible();
    await end('日本');
    await goOn(nadia);
    await nadia.page.getByRole('button', { name: 'Restore' }).click();
    await expect(nadia.field).toHaveValue(/^Composed (にほ|日本)$/);
    await nadia.press('Escape');
  });

  test('the phase of a card: a participant keeps the card, a facilitator restores the phase', async () => {
    await writeIn('Goes');
    await remove(maja, 'Goes');
    await expect(nadia.page.getByText('Someone removed the phase that you were working in.')).toBeVisible();
    await goOn(nadia);
    await nadia.page.getByRole('button', { name: 'Keep the card' }).click();
    await expect(nadia.field).toHaveValue('Goes with Goes');
    await nadia.press('Escape');
    await expect(maja.cell(lane, later)).toContainText('Goes with Goes');

    await maja.choose(maja.head('phase', later), 'New phase after');
    await maja.write('Also goes');
    await remove(ida, 'Also goes');
    await expect(maja.page.getByText('Someone removed the phase that you were editing.')).toBeVisible();
    await goOn(maja);
    await maja.page.getByRole('button', { name: 'Restore' }).click();
    await expect(maja.field).toHaveValue('Also goes');
    await maja.press('Enter');
    await expect(ida.head('phase', 'Also goes')).toBeVisible();
  });

  test('a persona: its dialog closes, and opens again', async () => {
    await maja.page.getByRole('button', { name: 'Add a persona' }).click();
    await expect(maja.dialog('Persona').locator('textarea:focus')).toBeVisible();
    await maja.type('Amina');
    await ida.page.getByRole('button', { name: 'Menu: Amina' }).click();
    await ida.page.getByRole('menuitem', { name: 'Remove persona…' }).click();
    await ida
      .dialog(/^Remove/)
      .getByRole('button', { name: 'Remove' })
      .click();
    await expect(maja.page.getByText('Someone removed the persona that you were editing.')).toBeVisible();
    await goOn(maja);
    await maja.page.getByRole('button', { name: 'Restore' }).click();
    await expect(maja.dialog('Persona').locator('textarea:focus')).toHaveValue('Amina');
    await maja.press('Enter');
    await expect(ida.page.getByRole('button', { name: 'Menu: Amina' })).toBeVisible();
  });

  test('a persona whose emotions are marked: the dialog closes, and opens again', async () => {
    await maja.cell('Emotions', later).focus();
    await maja.press('Enter');
    const emotion = maja.dialog(/^Emotions/).getByRole('button', { name: /Proud/ });
    await emotion.focus();
    await ida.page.getByRole('button', { name: 'Menu: Amina' }).click();
    await ida.page.getByRole('menuitem', { name: 'Remove persona…' }).click();
    await ida
      .dialog(/^Remove/)
      .getByRole('button', { name: 'Remove' })
      .click();
    await expect(maja.page.getByText('Someone removed the persona that you were editing.')).toBeVisible();
    await goOn(maja);
    await maja.page.getByRole('button', { name: 'Restore' }).click();
    await expect(emotion).toBeVisible();
    await maja.press('Escape');
    await expect(ida.page.getByRole('button', { name: 'Menu: Amina' })).toBeVisible();
  });

  test('an idea: its sheet closes, and opens again', async () => {
    for (const person of [nadia, ida]) await goto(person, 'Ideas');
    for (const title of ['A bell', 'A lamp']) {
      await nadia.page.getByRole('textbox', { name: 'New idea' }).fill(title);
      await nadia.press('Enter');
    }
    await idea(nadia, 'A lamp').getByRole('button', { name: 'A lamp' }).click();
    await nadia.page.getByRole('textbox', { name: 'Solution' }).focus();
    await nadia.type('Shines at');
    await expect(idea(ida, 'Shines at')).toBeVisible();
    await idea(ida, 'A lamp').getByRole('button', { name: 'A lamp' }).focus();
    await ida.press('Delete');
    await expect(nadia.page.getByText('Someone removed the idea that you were editing.')).toBeVisible();
    await goOn(nadia);
    await expect(idea(nadia, 'A bell')).toBeVisible();
    await nadia.page.getByRole('button', { name: 'Restore' }).click();
    await expect(nadia.page.getByRole('textbox', { name: 'Solution' })).toHaveValue('Shines at');
    await expect(idea(ida, 'A lamp')).toBeVisible();
  });
});
