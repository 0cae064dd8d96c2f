import { beforeAll, test } from 'vitest';
import type { Person } from './person.ts';
import { expect, setStage } from './stage.ts';

/** What people see while an administrator works on their board. */
const stage = setStage();
let maja: Person;
let nadia: Person;
let board: string;

beforeAll(async () => {
  const links = await stage.house.board('demo');
  board = /#([^.]+)\./.exec(links.facilitator)?.[1] ?? '';
  [maja, nadia] = await Promise.all([stage.person('Maja'), stage.person('Nadia')]);
  await Promise.all([maja.join(links.facilitator), nadia.join(links.participant)]);
});

const admin = (method: string, path = '', body?: object) => stage.house.admin(method, board, path, body);
const light = (person: Person, state: string) => person.page.locator(`[data-light="${state}"]`);

async function write(person: Person, text: string): Promise<void> {
  await person.writeCard(person.cell('Choices', 'Plan the trip'), text);
}

test("Maja's edits to a frozen board are kept, and saved when it is unfrozen", async () => {
  await admin('POST', '/freeze');
  for (const person of [maja, nadia])
    await expect(person.page.getByText('The board is frozen for now.')).toBeVisible();
  await write(maja, 'Under the ice');
  await expect(light(maja, 'held')).toBeVisible();
  await expect.poll(() => maja.kept()).toContain('Under the ice');
  await maja.page.reload();
  await maja.page.locator('[data-card]').first().waitFor();
  await expect(light(maja, 'held')).toBeVisible();
  await expect(maja.card('Under the ice')).toBeVisible();
  await expect(nadia.card('Under the ice')).toHaveCount(0);

  await admin('POST', '/thaw');
  await maja.saved();
  await expect(nadia.card('Under the ice')).toBeVisible();
  for (const person of [maja, nadia])
    await expect(person.page.getByText('The board is frozen for now.')).toBeHidden();
});

test('a board that is reset opens again on every screen in its earlier version; unsaved edits can be copied', async () => {
  const documents = '/documents/board';
  const { id } = (await admin('POST', `${documents}/versions`, { name: 'Then' })) as { id: string };
  await write(maja, 'Saved, and taken back');
  await maja.card('Saved, and taken back').focus();
  await maja.saved();
  await expect(nadia.card('Saved, and taken back')).toBeVisible();
  await admin('POST', '/freeze');
  await expect(maja.page.getByText('The board is frozen for now.')).toBeVisible();
  await write(maja, 'Not saved');
  await expect(light(maja, 'held')).toBeVisible();
  // The message that a browser logs when a membership has ended.
  for (const person of [maja, nadia]) person.forgive(/status of 401/);
  await admin('POST', `${documents}/reset`, { version: id });

  const dialog = maja.dialog('The board was restored');
  await expect(dialog.getByRole('textbox')).toHaveValue('Not saved');
  await dialog.getByRole('button', { name: 'Done' }).click();
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await admin('POST', '/thaw');
  await expect(nadia.page.getByText('The board was restored')).toBeVisible();
  for (const person of [maja, nadia]) {
    await person.saved();
    await expect(person.card('Saved, and taken back')).toHaveCount(0);
  }
  await nadia.cell('Choices', 'Ride').focus();
  await write(nadia, 'And on it goes');
  await expect(maja.card('And on it goes')).toBeVisible();
});

test('a rebuilt board has everything that was saved; unsaved edits can be copied, also by people who come back later', async () => {
  await write(maja, 'Saved, and stays');
  await maja.card('Saved, and stays').focus();
  await maja.saved();
  // Nadia writes on the frozen board, closes her page, and is away during the rebuild.
  await admin('POST', '/freeze');
  for (const person of [maja, nadia])
    await expect(person.page.getByText('The board is frozen for now.')).toBeVisible();
  await write(nadia, 'Written on the train');
  await expect.poll(() => nadia.kept()).toContain('Written on the train');
  const address = nadia.page.url();
  await nadia.page.goto('about:blank');
  await write(maja, 'Never sent');
  await expect(light(maja, 'held')).toBeVisible();
  for (const person of [maja, nadia]) person.forgive(/status of 401/);
  await admin('POST', '/documents/board/rebuild');
  await admin('POST', '/thaw');

  const dialog = (person: Person) => person.dialog('The board was restored');
  await expect(dialog(maja).getByRole('textbox')).toHaveValue('Never sent');
  await dialog(maja).getByRole('button', { name: 'Done' }).click();
  await dialog(maja).getByRole('button', { name: 'Delete' }).click();
  await nadia.page.goto(address);
  await expect(dialog(nadia).getByRole('textbox')).toHaveValue('Written on the train');
  await dialog(nadia).getByRole('button', { name: 'Done' }).click();
  await dialog(nadia).getByRole('button', { name: 'Delete' }).click();
  for (const person of [maja, nadia]) {
    await person.saved();
    await expect(person.card('Saved, and stays')).toBeVisible();
    for (const text of ['Never sent', 'Written on the train']) await expect(person.card(text)).toHaveCount(0);
  }
  await write(nadia, 'Work continues');
  await expect(maja.card('Work continues')).toBeVisible();
});

test('a removed person sees a notice, and can join again by the link', async () => {
  const { sockets } = (await admin('GET', '/sockets')) as { sockets: { person: string; role: string }[] };
  const person = sockets.find(({ role }) => role === 'participant')?.person ?? '';
  await admin('DELETE', `/people/${person}`);
  await expect(nadia.page.getByRole('heading', { name: 'Your access has ended' })).toBeVisible();
  await expect(maja.page.getByRole('button', { name: '1 person here' })).toBeVisible();
  await nadia.page.getByRole('link', { name: 'Join again' }).click();
  await nadia.page.getByRole('button', { name: 'Continue as Nadia' }).click();
  await nadia.arrive();
});
