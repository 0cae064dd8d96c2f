import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, test } from 'vitest';
import { closeCode } from '../../shared/wire/protocol.ts';
import type { Links } from './harness.ts';
import type { Person } from './person.ts';
import { expect, setStage } from './stage.ts';
import { Wire } from './wire.ts';

const stage = setStage();
let links: Links;
let maja: Person;
let wire: Wire;

async function open(): Promise<void> {
  links = await stage.house.board('demo');
  maja = await stage.person('Maja');
  maja.forgiveLostServer();
  // A membership has expired.
  maja.forgive(/^Failed to load resource: .* status of/);
  wire = await Wire.lay(maja);
  await maja.join(links.facilitator);
}

const light = (person: Person, state: string) => person.page.locator(`[data-light="${state}"]`);
const bar = (person: Person) => person.page.locator('[data-status="lost"]');

async function write(person: Person, text: string): Promise<void> {
  await person.writeCard(person.cell('Choices', 'Plan the trip'), text);
}

/** Maja writes offline, and closes her page when the device has stored it. */
async function writeAndGo(text: string): Promise<void> {
  await wire.keepAway(closeCode.restart, '');
  await expect(light(maja, 'offline')).toBeVisible();
  await write(maja, text);
  await expect.poll(() => maja.kept()).toContain(text);
  await maja.page.goto('about:blank');
  wire.letIn();
}

describe('a page that was closed', () => {
  beforeEach(open);

  test('after a backup is restored, edits that depend on lost edits can be copied, saved or added again', async () => {
    await stage.house.stop('SIGTERM');
    const restore = await stage.house.backup();
    await stage.house.start();
    await maja.page.reload();
    await maja.arrive();
    await write(maja, 'Only on the server that was lost');
    await maja.saved();
    await wire.keepAway(closeCode.restart, '');
    await expect(light(maja, 'offline')).toBeVisible();
    await maja.openText(maja.card('Only on the server that was lost'), 'End');
    await maja.type(', and on in a tunnel');
    await maja.press('Escape');
    await expect.poll(() => maja.kept()).toContain('in a tunnel');
    const address = maja.page.url();
    await maja.page.goto('about:blank');
    await stage.house.stop('SIGKILL');
    await restore();
    await stage.house.start();
    wire.letIn();

    await maja.page.goto(address);
    const dialog = maja.dialog('Some unsent changes can no longer be applied');
    const text = 'Only on the server that was lost, and on in a tunnel';
    await expect(dialog.getByRole('textbox')).toHaveValue(text);
    await expect(light(maja, 'held')).toBeVisible();
    await expect(maja.card(text)).toHaveCount(0);

    const [download] = await Promise.all([
      maja.page.waitForEvent('download'),
      dialog.getByRole('button', { name: 'Save as file' }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^A demo to try \d{4}-\d\d-\d\d\.txt$/);
    expect(await readFile(await download.path(), 'utf8')).toContain(`Card text:\n${text}\n`);

    await dialog.getByRole('button', { name: 'Add again' }).click();
    await expect(dialog.getByRole('button', { name: 'Added' })).toBeDisabled();
    await dialog.getByRole('button', { name: 'Done' }).click();
    await expect(maja.cell('Choices', 'Plan the trip')).toContainText(text);
    await maja.saved();
    await expect.poll(() => maja.kept()).toBe('[]');
    await maja.page.reload();
    await maja.arrive();
    await expect(maja.cell('Choices', 'Plan the trip')).toContainText(text);
    await expect(dialog).toHaveCount(0);
  });

  test("a facilitator's unsent edits are shown when they come back as observer, until they decide", async () => {
    await writeAndGo('Left as facilitator');
    await maja.page.goto(links.observer);
    const name = maja.page.getByRole('textbox', { name: 'Your name' });
    await name.fill('Maja');
    await name.press('Enter');
    const dialog = maja.dialog('This device has unsent changes');
    await expect(dialog).toContainText('Changes by Maja (facilitator).');
    await expect(dialog.getByRole('textbox')).toHaveValue('Left as facilitator');
    await expect(dialog.getByRole('button', { name: 'Add again' })).toHaveCount(0);
    await maja.press('Escape');
    await expect(bar(maja)).toContainText('1 of your changes is not on the board.');
    await expect(light(maja, 'held')).toBeVisible();
    await maja.page.reload();
    await expect(dialog.getByRole('textbox')).toHaveValue('Left as facilitator');
    await dialog.getByRole('button', { name: 'Done' }).click();
    await dialog.getByRole('button', { name: 'Keep' }).click();
    await dialog.getByRole('button', { name: 'Done' }).click();
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await maja.saved();
    await expect.poll(() => maja.kept()).not.toContain('Left as facilitator');
  });

  test('unsent edits on a deleted board are shown with the notice', async () => {
    await writeAndGo('Left for nobody');
    const board = /#([^.]+)\./.exec(links.facilitator)?.[1] ?? '';
    await stage.house.admin('DELETE', board);
    await maja.page.goto(`/b/${board}/map`);
    await expect(maja.page.getByRole('heading', { name: 'This board does not exist' })).toBeVisible();
    const dialog = maja.dialog('This board no longer exists');
    await expect(dialog.getByRole('textbox')).toHaveValue('Left for nobody');
    await dialog.getByRole('button', { name: 'Copy' }).click();
    await dialog.getByRole('button', { name: 'Done' }).click();
    await expect.poll(() => maja.kept()).toBe('[]');
  });
});

describe('a page that stays open', () => {
  beforeAll(open);
  afterAll(() => maja.leave());

  test("an open page's pending edits are its own: a second page of the device neither shows nor deletes them", async () => {
    await wire.keepAway(closeCode.restart, '');
    await write(maja, 'On its way');
    await expect.poll(() => maja.kept()).toContain('On its way');
    const second = await maja.another();
    await second.page.goto(maja.page.url());
    await second.saved();
    await expect(second.card('On its way')).toHaveCount(0);
    await expect(bar(second)).toHaveCount(0);
    wire.letIn();
    await maja.page.evaluate(() => window.dispatchEvent(new Event('online')));
    await maja.saved();
    await expect(second.card('On its way')).toBeVisible();
    await expect.poll(() => maja.kept()).toBe('[]');
  });

  describe('an expired membership', () => {
    test('is renewed by the link that the page has, and unsent edits are sent', async () => {
      await maja.context.clearCookies();
      await wire.keepAway(closeCode.restart, '');
      await expect(light(maja, 'offline')).toBeVisible();
      await write(maja, 'While it ran out');
      wire.letIn();
      await maja.page.evaluate(() => window.dispatchEvent(new Event('online')));
      await maja.saved();
      await expect(maja.page.getByRole('heading', { name: 'Your access has ended' })).toHaveCount(0);
      await maja.page.reload();
      await maja.arrive();
      await expect(maja.card('While it ran out')).toBeVisible();
    });

    test('whose link was turned off shows a notice with the unsent edits', async () => {
      const nadia = await stage.person('Nadia');
      nadia.forgiveLostServer();
      nadia.forgive(/^Failed to load resource: .* status of/);
      const hers = await Wire.lay(nadia);
      await nadia.join(links.participant);
      await hers.keepAway(closeCode.restart, '');
      await expect(light(nadia, 'offline')).toBeVisible();
      await write(nadia, 'Too late');
      await maja.page.getByRole('button', { name: 'Share' }).click();
      const board = /\/b\/([^/]+)/.exec(maja.page.url())?.[1] ?? '';
      await maja.page.evaluate(async (id) => {
        const list = (await (await fetch(`/api/boards/${id}/links`)).json()) as {
          links: { id: string; role: string }[];
        };
        const link = list.links.find(({ role }) => role === 'participant');
        await fetch(`/api/boards/${id}/links/${link?.id ?? ''}`, { method: 'DELETE' });
      }, board);
      hers.letIn();
      await nadia.page.evaluate(() => window.dispatchEvent(new Event('online')));
      await expect(nadia.page.getByRole('heading', { name: 'This link was turned off' })).toBeVisible();
      const dialog = nadia.dialog('Your last changes were not sent');
      await expect(dialog.getByRole('textbox')).toHaveValue('Too late');
      await dialog.getByRole('button', { name: 'Done' }).click();
      await expect.poll(() => nadia.kept()).toContain('Too late');
    });
  });

  test('an error on the page itself is shown', async () => {
    maja.forgive(/a fault of ours/);
    await maja.page.evaluate(() =>
      setTimeout(() => {
        throw new Error('a fault of ours');
      }),
    );
    await expect(maja.page.getByText('Something went wrong on this page.')).toBeVisible();
  });

  test('a server that refuses a page that has sent nothing is asked less and less often, with one message', async () => {
    await wire.keepAway(closeCode.refused, 'malformed');
    const dialog = maja.dialog('Not everything could be saved');
    await expect(dialog).toContainText('There is no text to copy.');
    wire.letIn();
    await expect(light(maja, 'held')).toBeVisible();
    await expect(dialog.getByText('There is no text to copy.')).toHaveCount(1);
    await dialog.getByRole('button', { name: 'Done' }).click();
    await maja.saved();
  });

  test('the page stops retrying when the server renews the membership but admits nobody', async () => {
    await wire.keepAway(closeCode.ticket, 'expired');
    await expect(maja.page.getByRole('heading', { name: 'Your access has ended' })).toBeVisible();
  });
});
