import { beforeAll, test } from 'vitest';
import { check } from './axe.ts';
import type { Person } from './person.ts';
import { expect, setStage } from './stage.ts';

/** Restores a backup while open pages have edits made after it. */
const stage = setStage();
let maja: Person;
let nadia: Person;
let leila: Person;
let everyone: readonly Person[];
/** The number of clock marks that each page has received. */
const marks = new Map<Person, number>();

beforeAll(async () => {
  const links = await stage.house.board('demo');
  [maja, nadia, leila] = await Promise.all([
    stage.person('Maja'),
    stage.person('Nadia'),
    stage.person('Leila', { locale: 'ar' }),
  ]);
  everyone = [maja, nadia, leila];
  for (const person of everyone) {
    person.forgiveLostServer();
    marks.set(person, 0);
    person.page.on('websocket', (socket) =>
      socket.on('framereceived', ({ payload }) => {
        if (payload.toString().includes('"kind":"mark"')) marks.set(person, (marks.get(person) ?? 0) + 1);
      }),
    );
  }
  await Promise.all([
    maja.join(links.facilitator),
    nadia.join(links.participant),
    leila.join(links.participant),
  ]);
});

const light = (person: Person, state: string) => person.page.locator(`[data-light="${state}"]`);

async function write(person: Person, text: string): Promise<void> {
  await person.writeCard(person.page.locator('[role="gridcell"]').nth(3), text);
}

/** Waits until each page has received a mark newer than everything written so far. */
async function marked(): Promise<void> {
  const before = new Map(marks);
  await write(maja, 'For the mark');
  for (const person of everyone)
    await expect.poll(() => marks.get(person) ?? 0).toBeGreaterThan(before.get(person) ?? 0);
}

test('Nadia’s lost card is restored from Leila’s page after Maja decides, and Nadia continues', async () => {
  await stage.house.backUp();
  await write(nadia, 'Written after the backup');
  await nadia.saved();
  for (const person of [maja, leila]) await expect(person.card('Written after the backup')).toBeVisible();
  await marked();
  // Nadia is offline; her page stays open.
  await nadia.context.setOffline(true);
  await stage.house.putBack();
  await expect(light(leila, 'held')).toBeVisible();
  await expect(leila.card('Written after the backup')).toBeVisible();

  const review = maja.page.getByRole('button', { name: 'Review' });
  await expect(review).toBeVisible();
  await expect(maja.page.getByText('This board lost recent edits.')).toBeVisible();
  await review.click();
  const dialog = maja.page.getByRole('dialog', { name: 'Lost edits' });
  await dialog.getByText('Show changes').first().click();
  await expect(dialog.getByText('Written after the backup').first()).toBeVisible();
  for (const colorScheme of ['dark', 'light'] as const) {
    await maja.page.emulateMedia({ colorScheme });
    await check(maja, `the lost edits, ${colorScheme}`, 'dialog[open]');
  }
  await dialog.getByRole('button', { name: 'Restore' }).click();

  for (const person of [maja, leila]) {
    await person.saved();
    await expect(person.card('Written after the backup')).toHaveCount(1);
  }
  await expect(review).toBeHidden();
  await nadia.context.setOffline(false);
  await nadia.page.evaluate(() => window.dispatchEvent(new Event('online')));
  await nadia.saved();
  await write(nadia, 'Nadia goes on');
  await expect(maja.card('Nadia goes on')).toBeVisible();
  await nadia.page.reload();
  await nadia.arrive();
  await expect(nadia.card('Written after the backup')).toHaveCount(1);
});
