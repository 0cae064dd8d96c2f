import { beforeAll, beforeEach, describe, test } from 'vitest';
import { closeCode } from '../../shared/wire/protocol.ts';
import type { Person } from './person.ts';
import { expect, setStage } from './stage.ts';
import { Wire } from './wire.ts';

const stage = setStage();
let maja: Person;
let nadia: Person;
let wire: Wire;
let hers: Wire;

// One board and two pages for all tests: each test ends with everything saved and no message open.
beforeAll(async () => {
  const links = await stage.house.board('demo');
  [maja, nadia] = await Promise.all([stage.person('Maja'), stage.person('Nadia')]);
  [wire, hers] = await Promise.all([Wire.lay(maja), Wire.lay(nadia)]);
  await Promise.all([maja.join(links.facilitator), nadia.join(links.participant)]);
});

const light = (person: Person, state: string) => person.page.locator(`[data-light="${state}"]`);

async function write(person: Person, text: string): Promise<void> {
  await person.writeCard(person.cell('Choices', 'Plan the trip'), text);
}

describe('a read-only board', () => {
  test('shows a banner, keeps new edits, and saves them once it is writable', async () => {
    const told = maja.page.getByText('The server cannot save right now.');
    wire.tell({ kind: 'read-only', why: 'store' });
    await expect(told).toBeVisible();
    await expect(light(maja, 'saved')).toBeVisible();
    await write(maja, 'While the disk was full');
    await expect(light(maja, 'held')).toBeVisible();
    wire.tell({ kind: 'read-only', why: null });
    await expect(light(maja, 'saved')).toBeVisible();
    await expect(told).toBeHidden();
    await expect(nadia.card('While the disk was full')).toBeVisible();
  });

  test('shows that it is frozen', async () => {
    wire.tell({ kind: 'read-only', why: 'frozen' });
    await expect(maja.page.getByText('The board is frozen for now.')).toBeVisible();
    wire.tell({ kind: 'read-only', why: null });
    await expect(maja.page.getByText('The board is frozen for now.')).toBeHidden();
  });
});

test('a board that fills up warns facilitators first, later everyone who can write; the notice can be dismissed', async () => {
  const full = (person: Person, percent: string) => person.page.getByText(`The board is ${percent} full.`);
  for (const one of [wire, hers]) one.tell({ kind: 'fullness', percent: 75 });
  await expect(full(maja, '75%')).toBeVisible();
  await maja.page.locator('[data-status="full"]').getByRole('button', { name: 'Close' }).click();
  await expect(full(maja, '75%')).toHaveCount(0);
  await expect(full(nadia, '75%')).toHaveCount(0);
  for (const one of [wire, hers]) one.tell({ kind: 'fullness', percent: 90 });
  await expect(full(maja, '90%')).toBeVisible();
  await expect(full(nadia, '90%')).toContainText('Ask a facilitator');
});

test('a full server is reported, and the page reconnects by itself', async () => {
  await wire.keepAway(closeCode.busy, 'server-full');
  const told = maja.page.getByText('Too many boards are open on this server.');
  await expect(told).toContainText('Keep writing');
  await maja.page.reload();
  await expect(told).toContainText('This page will try again automatically.');
  wire.letIn();
  await maja.saved();
  await expect(told).toBeHidden();
});

test('a page that is older than its board asks to be reloaded, and sends unsent edits afterwards', async () => {
  wire.holdsEdits = true;
  await write(maja, 'Of the old page');
  await expect(light(maja, 'sending')).toBeVisible();
  await wire.keepAway(closeCode.reload, 'reload');
  await expect(maja.page.getByRole('heading', { name: 'Resa has been updated' })).toBeAttached();
  const dialog = maja.dialog('Your last changes were not sent');
  await expect(dialog.getByRole('textbox')).toHaveValue('Of the old page');
  await expect.poll(() => maja.kept()).toContain('Of the old page');
  await maja.press('Escape');
  wire.holdsEdits = false;
  wire.letIn();
  await maja.page.getByRole('button', { name: 'Reload' }).click();
  await maja.arrive();
  await maja.saved();
  await expect(nadia.card('Of the old page')).toBeVisible();
});

describe('a refused edit', () => {
  const dialog = () => maja.dialog('Not everything could be saved');

  // A page that has been refused waits longer before it connects again.
  beforeEach(async () => {
    await maja.page.reload();
    await maja.arrive();
  });

  /** Maja makes an edit that never reaches the server, and gets a refusal for it. */
  async function refused(does: () => Promise<void>): Promise<void> {
    wire.holdsEdits = true;
    await does();
    await expect(light(maja, 'sending')).toBeVisible();
    wire.holdsEdits = false;
    wire.tell({ kind: 'refused', reason: 'document-full' });
    await wire.close(closeCode.refused, 'document-full');
  }

  test('is shown with its reason, can be copied, and never counts as saved', async () => {
    await maja.page.evaluate(() => {
      const lights: string[] = [];
      Object.assign(window, { lights });
      new MutationObserver(() => {
        const light = document.querySelector('[data-light]')?.getAttribute('data-light') ?? 'none';
        if (lights.at(-1) !== light) lights.push(light);
      }).observe(document.body, { subtree: true, childList: true, attributes: true });
    });
    await refused(() => write(maja, 'One word too many'));
    await expect(dialog()).toContainText('The board is full. Continue on a new one.');
    await expect(dialog().getByRole('textbox')).toHaveValue('One word too many');
    await expect(light(maja, 'held')).toBeVisible();
    const lights = await maja.page.evaluate(() => (window as unknown as { lights: string[] }).lights);
    expect(lights.slice(lights.indexOf('sending'))).not.toContain('saved');
    await dialog().getByRole('button', { name: 'Done' }).click();
    await dialog().getByRole('button', { name: 'Delete' }).click();
    await maja.saved();
    await expect(dialog()).toHaveCount(0);
  });

  test('is shown even if it contains no text', async () => {
    await refused(async () => {
      await maja.card('Train, car or stay at home').focus();
      await maja.press('Delete');
    });
    await expect(dialog()).toContainText('card removed: “Train, car or stay at home”');
    await expect(maja.card('Train, car or stay at home')).toBeVisible();
    await dialog().getByRole('button', { name: 'Done' }).click();
    await maja.saved();
  });

  test('stays on the device when the page is closed; a second refusal is added to the first', async () => {
    await refused(() => write(maja, 'The first'));
    await expect(dialog().getByRole('textbox')).toHaveValue('The first');
    await maja.press('Escape');
    const bar = maja.page.locator('[data-status="lost"]');
    await expect(bar).toContainText('1 of your changes is not on the board.');
    await refused(() => write(maja, 'The second'));
    await expect(dialog().getByRole('textbox')).toHaveCount(2);
    await expect.poll(() => maja.kept()).toContain('The second');
    await maja.page.reload();
    await expect(dialog().getByRole('textbox')).toHaveCount(2);
    await maja.press('Escape');
    await bar.getByRole('button', { name: 'Show' }).click();
    await dialog().getByRole('button', { name: 'Copy all' }).click();
    await dialog().getByRole('button', { name: 'Done' }).click();
    await maja.saved();
    await expect.poll(() => maja.kept()).toBe('[]');
    await maja.page.reload();
    await maja.arrive();
    await expect(dialog()).toHaveCount(0);
  });
});

describe('a board that is put back to an earlier version while Maja is away', () => {
  const dialog = () => maja.dialog('The board was restored');

  test('does not get what she wrote meanwhile on the open page; she can copy it', async () => {
    await wire.keepAway(closeCode.restart, '');
    await write(maja, 'Of the time before');
    wire.generations++;
    wire.letIn();
    await expect(dialog().getByRole('textbox')).toHaveValue('Of the time before');
    await dialog().getByRole('button', { name: 'Copy' }).click();
    await dialog().getByRole('button', { name: 'Done' }).click();
    await maja.saved();
    await expect(maja.card('Of the time before')).toHaveCount(0);
    await expect(nadia.card('Of the time before')).toHaveCount(0);
    await expect.poll(() => maja.kept()).toBe('[]');
    await maja.page.reload();
    await maja.arrive();
    await expect(dialog()).toHaveCount(0);
  });

  test('does not get what her device kept after the page was closed; it is kept until she has read it', async () => {
    await wire.keepAway(closeCode.restart, '');
    await write(maja, 'Written and closed');
    await write(maja, 'And one more');
    await expect.poll(() => maja.kept()).toContain('And one more');
    await maja.page.reload();
    wire.generations++;
    wire.letIn();
    for (const _visit of ['first', 'second']) {
      await expect(dialog().getByRole('textbox')).toHaveCount(2);
      await expect(dialog().getByRole('textbox').first()).toHaveValue('Written and closed');
      await expect(light(maja, 'held')).toBeVisible();
      await maja.page.reload();
    }
    await dialog().getByRole('button', { name: 'Done' }).click();
    await dialog().getByRole('button', { name: 'Delete' }).click();
    await maja.saved();
    await expect.poll(() => maja.kept()).toBe('[]');
    await maja.page.reload();
    await maja.arrive();
    await expect(dialog()).toHaveCount(0);
    await expect(nadia.card('Written and closed')).toHaveCount(0);
  });
});
