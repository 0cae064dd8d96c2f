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
  for (const person of everyone) person.forgiveLostServer();
});

/** The text of every card on the map. */
const texts = async (person: Person) =>
  (await person.page.locator('[data-card] > p').allTextContents()).toSorted();

const light = (person: Person, state: string) => person.page.locator(`[data-light="${state}"]`);

async function write(person: Person, phase: string, text: string): Promise<void> {
  await person.writeCard(person.cell('Choices', phase), text);
}

/** The browser says that it is online, so that nobody waits for the next retry. */
async function netIsBack(): Promise<void> {
  for (const person of everyone) await person.page.evaluate(() => window.dispatchEvent(new Event('online')));
}

describe.each([
  ['is stopped', 'SIGTERM', 'calm'],
  ['is killed', 'SIGKILL', 'hard'],
] as const)('the server %s', (_how, signal, word) => {
  test('while two people keep writing; after the restart everyone sees everything, and it is on disk', async () => {
    await write(nadia, 'Plan the trip', `Before it went ${word}`);
    await nadia.card(`Before it went ${word}`).focus();
    await nadia.saved();
    await expect(maja.card(`Before it went ${word}`)).toBeVisible();

    await stage.house.stop(signal);
    for (const person of everyone) {
      await expect(light(person, 'offline')).toBeVisible();
      const told = person === asa ? 'The server is not responding.' : 'Keep writing';
      await expect(person.page.getByText(told)).toBeVisible();
    }
    await write(maja, 'Ride', `Maja alone ${word}`);
    await write(nadia, 'Ride', `Nadia alone ${word}`);
    // Both write in one card, and one moves it while the other writes.
    await maja.openText(maja.card(`Before it went ${word}`), 'Home');
    await maja.type('M: ');
    await maja.press('Escape');
    await nadia.openText(nadia.card(`Before it went ${word}`), 'End');
    await nadia.type(' (N)');
    await nadia.press('Escape', 'Control+ArrowRight');
    await expect(maja.card(`Nadia alone ${word}`)).toHaveCount(0);
    await expect(light(maja, 'offline')).toBeVisible();

    await stage.house.start();
    await netIsBack();
    for (const person of everyone) {
      await expect(light(person, 'saved')).toBeVisible();
      await expect(person.page.getByText('Keep writing')).toBeHidden();
      await expect(person.cell('Choices', 'Ride')).toContainText(`Maja alone ${word}`);
      await expect(person.cell('Choices', 'Ride')).toContainText(`Nadia alone ${word}`);
      await expect(person.cell('Choices', 'Choose and buy')).toContainText(`M: Before it went ${word} (N)`);
    }
  });

  test('and everything shown as saved is there after a reload', async () => {
    await write(maja, 'Get to the platform', `Saved and gone ${word}`);
    await expect(maja.fieldOf(`Saved and gone ${word}`)).toBeFocused();
    await maja.saved();
    const before = await texts(maja);
    await stage.house.stop(signal);
    await expect(light(maja, 'offline')).toBeVisible();
    await stage.house.start();
    for (const person of everyone) {
      await person.page.reload();
      await person.arrive();
      await expect(person.page.locator('[data-card]')).toHaveCount(before.length);
    }
    await expect.poll(() => texts(maja)).toEqual(before);
    await expect(maja.page.getByRole('button', { name: '3 people here' })).toBeVisible();
  });
});

test('an idea added offline gets its number after reconnecting', async () => {
  await maja.page.getByRole('link', { name: 'Ideas', exact: true }).click();
  await asa.page.getByRole('link', { name: 'Ideas', exact: true }).click();
  const idea = (person: Person) =>
    person.page.locator('[data-row]').filter({ hasText: 'Written in a tunnel' });
  await stage.house.stop('SIGKILL');
  await expect(light(maja, 'offline')).toBeVisible();
  await maja.press('n');
  await expect(maja.page.getByRole('textbox', { name: 'New idea' })).toBeFocused();
  await maja.type('Written in a tunnel');
  await maja.press('Enter');
  await expect(idea(maja)).toBeVisible();
  await expect(idea(maja)).not.toContainText('26');
  await stage.house.start();
  await netIsBack();
  for (const person of [maja, asa]) await expect(idea(person)).toContainText('26');
  await maja.saved();
});

test('a dialog that cannot be fetched says so, and opens at the next press once it can', async () => {
  const samir = await stage.person('Samir');
  samir.forgive(/^Failed to load resource: net::ERR_FAILED/);
  let isCut = true;
  const scripts = /\/assets\/(SharePanel|Help|Overlays)-[^/]*\.js/;
  await samir.page.route(scripts, (route) => (isCut ? route.abort() : route.continue()));
  await samir.join(stage.house.demo.facilitator);
  const opens = [
    [samir.page.getByRole('button', { name: 'Share', exact: true }), samir.dialog('Invite people')],
    [samir.page.getByRole('button', { name: 'Keyboard shortcuts' }), samir.dialog('Keyboard shortcuts')],
    [samir.page.getByRole('button', { name: 'Add a lane' }), samir.dialog(/lane/i)],
  ] as const;
  for (const [button] of opens) {
    await button.click();
    await expect(samir.page.getByText('Check your connection and try again.')).toBeVisible();
  }
  isCut = false;
  for (const [button, dialog] of opens) {
    await button.click();
    await expect(dialog).toBeVisible();
    await samir.press('Escape');
    await expect(dialog).toHaveCount(0);
  }
});
