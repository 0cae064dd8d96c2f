import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { cellKey } from '../../shared/collections/card.ts';
import { cardsByCell } from '../../client/views/map/cells.ts';
import { command } from '../../shared/schema/command.ts';
import * as Y from 'yjs';
import { lostChanges } from '../../client/board/lost-words.ts';
import { cards, addCard, moveCards, removeCards } from '../../shared/collections/card.ts';
import { addPhase } from '../../shared/collections/phase.ts';
import { openRoots } from '../../shared/documents.ts';
import { readAll, readRecord, textOf } from '../../shared/schema/read.ts';
import { addRecord, PlainEditor, setField } from '../../shared/schema/editor.ts';
import { writeText } from '../../shared/schema/text-splice.ts';
import type { House } from '../server/live/harness.ts';
import { board, openHouse, openHouseOn } from '../server/live/harness.ts';
import { MemoryStore } from '../server/live/memory-store.ts';
import { documentsOf, schemaTwo } from '../server/schema-two.ts';
import * as textBinding from '../../client/model/text-binding.ts';
import { FakeDevice } from './fake-indexeddb.ts';
import { Page } from './page.svelte.ts';

const cell = { lane: 'doing', phase: 'arrive', step: null };

vi.setConfig({ testTimeout: 20_000 });

let house: House;
let device: FakeDevice;
const pages: Page[] = [];

beforeEach(async () => {
  device = new FakeDevice().use();
  house = await openHouse();
  addMembers(house);
});

afterEach(async () => {
  for (const page of pages.splice(0)) page.close();
  await house.close();
  vi.unstubAllGlobals();
});

function addMembers(on: House): void {
  for (const person of ['ana', 'ben']) on.membership(person);
  on.membership('lea', 'facilitator');
  on.membership('olga', 'observer');
}

function open(person: string): Page {
  const page = new Page(house, person);
  pages.push(page);
  return page;
}

async function opened(person: string): Promise<Page> {
  const page = open(person);
  await page.shows('saved');
  return page;
}

function close(page: Page): void {
  page.close();
  pages.splice(pages.indexOf(page), 1);
}

/** Stops the server, and starts it with this many of its journal entries. */
async function restart(entries = Infinity, generation = 1): Promise<void> {
  await house.close();
  const store = new MemoryStore();
  store.addBoard(board);
  await store.changeBoard(board, (record) => ({ ...record, generation }));
  for (const entry of house.store.journal.slice(0, entries)) await store.append(entry);
  house = await openHouseOn(store);
  addMembers(house);
}

/** The texts of the cards that a stock client sees on the board. */
async function onBoard(): Promise<string[]> {
  const lea = await house.stock('lea').synced();
  const texts = readAll(lea.doc, cards).map(({ text }) => text);
  lea.close();
  return texts.sort();
}

const idOf = (page: Page, text: string) =>
  readAll(page.now.editor.doc, cards).find((card) => card.text === text)?.id ?? '';

/** Ana edits a card while the server is down, and closes her page: the edit is on the device only. */
async function anaWritesOffline(write: (page: Page) => void): Promise<void> {
  const ana = await opened('ana');
  await house.close();
  await ana.shows('offline');
  write(ana);
  close(ana);
  await vi.waitFor(() => expect(device.rows.size).toBe(1));
}

async function addBase(person = 'lea'): Promise<void> {
  const page = await opened(person);
  addCard(page.now.editor, cell, { text: 'Base' });
  await page.shows('saved');
  close(page);
}

describe('C8 a page that is older than the board', () => {
  test('shows unsent edits, and sends them after a reload', async () => {
    await addBase();
    const ana = await opened('ana');
    const { port, store } = house;
    await house.close();
    await ana.shows('offline');
    writeText(ana.now.editor, cards, idOf(ana, 'Base'), 'text', 'Base, and more');
    addCard(ana.now.editor, cell, { text: 'New' });
    const schema = schemaTwo();
    house = await openHouseOn(store.reopened(), { port, documents: documentsOf(schema) });
    addMembers(house);
    await vi.waitFor(() => expect(ana.endings).toEqual([{ kind: 'old-page' }]), 5_000);
    expect(ana.lost).toEqual([['not-sent', 'Base, and more', 'New']]);
    await vi.waitFor(() => expect(ana.kept.isVolatile).toBe(false));
    expect(device.words).toContain('Base, and more');
    close(ana);

    // Loaded again from a cache, the page is still the old one, and loses nothing.
    const cached = open('ana');
    await vi.waitFor(() => expect(cached.endings).toEqual([{ kind: 'old-page' }]));
    close(cached);

    const reloaded = new Page(house, 'ana', 2);
    pages.push(reloaded);
    await reloaded.shows('saved');
    expect(reloaded.lost).toEqual([]);
    const texts = readAll(reloaded.now.editor.doc, cards).map(({ text }) => text);
    expect(texts.sort()).toEqual(['Base, and more', 'New']);
    await vi.waitFor(() => expect(device.rows.size).toBe(0));
    expect(schema.runs).toBe(1);
  });
});

describe('C1 C2 C3 edits that this device kept', () => {
  test('are sent if they fit the board, and then removed from the device', async () => {
    await addBase();
    await anaWritesOffline((ana) => {
      writeText(ana.now.editor, cards, idOf(ana, 'Base'), 'text', 'Base, and more');
      addCard(ana.now.editor, cell, { text: 'New' });
    });
    await restart();
    const ana = await opened('ana');
    expect(ana.lost).toEqual([]);
    expect(await onBoard()).toEqual(['Base, and more', 'New']);
    await vi.waitFor(() => expect(device.rows.size).toBe(0));
  });

  test('are shown if the server lost the edits that they depend on, until the person decides', async () => {
    const before = house.store.journal.length;
    await addBase();
    await anaWritesOffline((ana) => {
      writeText(ana.now.editor, cards, idOf(ana, 'Base'), 'text', 'Base, and more');
      addCard(ana.now.editor, cell, { text: 'New' });
    });
    await restart(before);
    for (const _visit of ['first', 'second']) {
      const ana = open('ana');
      await ana.shows('held');
      expect(ana.lost).toEqual([['no-base', 'Base, and more', 'New']]);
      expect(ana.now.editor.doc.store.pendingStructs).toBeNull();
      addCard(ana.now.editor, cell, { text: 'Later' });
      await vi.waitFor(() => expect(ana.now.connection.unsaved).toBe(false));
      expect(ana.light).toBe('held');
      expect(ana.lights).not.toContain('saved');
      expect(device.words).toContain('Base, and more');
      close(ana);
    }
    const ana = open('ana');
    await ana.shows('held');
    ana.kept.discard();
    await ana.shows('saved');
    await vi.waitFor(() => expect(device.rows.size).toBe(0));
    expect(await onBoard()).toEqual(['Later', 'Later']);
  });

  test('on a card created after the lost edits are shown as a whole, not applied in part', async () => {
    const ana = await opened('ana');
    const before = house.store.journal.length;
    addCard(ana.now.editor, cell, { text: 'Lost with the server' });
    await ana.shows('saved');
    await house.close();
    await ana.shows('offline');
    addCard(ana.now.editor, cell, { text: 'Made later' });
    close(ana);
    await restart(before);
    const again = open('ana');
    await again.shows('held');
    expect(again.lost).toEqual([['no-base', 'Made later']]);
  });

  test('that remove a card are described as a removal', async () => {
    const before = house.store.journal.length;
    await addBase();
    await anaWritesOffline((ana) => removeCards(ana.now.editor, [idOf(ana, 'Base')]));
    await restart(before);
    const ana = open('ana');
    await ana.shows('held');
    expect(ana.kept.losses.flatMap(({ records }) => lostChanges(records))).toEqual(['card removed: “Base”']);
  });

  test.each([['olga'], ['ben'], ['lea']])(
    'of Ana are shown to %s too, who joined by another link',
    async (other) => {
      await addBase();
      await anaWritesOffline((ana) => addCard(ana.now.editor, cell, { text: 'Of Ana' }));
      await restart();
      const page = open(other);
      await page.shows('held');
      expect(page.lost).toEqual([['other-person', 'Of Ana']]);
      expect(page.kept.losses[0]?.person).toBe('ana');
      close(page);
      expect(await onBoard()).toEqual(['Base']);
      const ana = await opened('ana');
      expect(ana.lost).toEqual([]);
      expect(await onBoard()).toEqual(['Base', 'Of Ana']);
    },
  );

  test("of an older or newer generation than the board's are shown and not applied", async () => {
    await anaWritesOffline((ana) => addCard(ana.now.editor, cell, { text: 'Of the first' }));
    await restart(Infinity, 2);
    const later = open('ana');
    await later.shows('held');
    expect(later.lost).toEqual([['outdated', 'Of the first']]);
    later.kept.discard();
    await later.shows('saved');
    await house.close();
    await later.shows('offline');
    addCard(later.now.editor, cell, { text: 'Of the second' });
    close(later);
    await restart();
    const earlier = open('ana');
    await earlier.shows('held');
    expect(earlier.lost).toEqual([['fallen-back', 'Of the second']]);
    expect(await onBoard()).toEqual([]);
  });

  test('C4 of an open page belong to that page; after it closes, the next page takes them over', async () => {
    const first = await opened('ana');
    house.rooms.freeze(board, true);
    addCard(first.now.editor, cell, { text: 'Of the first page' });
    await vi.waitFor(() => expect(device.words).toContain('Of the first page'));
    const [second, beside] = await Promise.all([opened('ana'), opened('olga')]);
    expect([second, beside].map((page) => readAll(page.now.editor.doc, cards))).toEqual([[], []]);
    expect([second.lost, beside.lost]).toEqual([[], []]);
    close(first);
    close(second);
    const third = open('ana');
    await third.shows('held');
    expect([third.lost, idOf(third, 'Of the first page')]).toEqual([[], expect.stringMatching(/./)]);
    house.rooms.freeze(board, false);
    await third.shows('saved');
    expect(await onBoard()).toEqual(['Of the first page']);
    await vi.waitFor(() => expect(device.rows.size).toBe(0));
  });

  test('that two pages find at the same time are applied once', async () => {
    await addBase();
    await anaWritesOffline((ana) => {
      writeText(ana.now.editor, cards, idOf(ana, 'Base'), 'text', 'Base, and more');
    });
    await restart();
    await Promise.all([open('ana'), open('ana')].map((page) => page.shows('saved')));
    expect(await onBoard()).toEqual(['Base, and more']);
    await vi.waitFor(() => expect(device.rows.size).toBe(0));
  });

  test('of an hour, in thousands of rows, are sent in a few frames', async () => {
    const doc = new Y.Doc();
    openRoots(doc);
    const rows: Uint8Array[] = [];
    doc.on('update', (update: Uint8Array) => rows.push(update));
    const editor = new PlainEditor(doc, 'ana');
    const id = addCard(editor, cell);
    const words = Array.from({ length: 2_000 }, (_, index) => `w${index % 10}`);
    for (const word of words) doc.transact(() => textOf(doc, cards, id, 'text')?.insert(0, word));
    for (const bytes of rows) device.put({ room: `${board}/ana`, bytes, generation: 1 });
    const ana = await opened('ana');
    expect(ana.lost).toEqual([]);
    expect(await onBoard()).toEqual([words.toReversed().join('')]);
    expect(house.rooms.counters.updates).toBeLessThan(10);
    await vi.waitFor(() => expect(device.rows.size).toBe(0), 5_000);
  });

  test('C6 do not count as saved while they are being read', async () => {
    device.isStuck = true;
    const ana = open('ana');
    await vi.waitFor(() => expect(ana.now.connection.unsaved).toBe(false));
    expect(ana.light).toBe('sending');
  });
});

describe('C3 rows that an earlier release wrote, or that are damaged', () => {
  const doc = new Y.Doc();
  doc.getMap('cards').set('x', new Y.Map([['text', new Y.Text('Only in the bytes')]]));
  /** An update without the half that it depends on. */
  const half = (() => {
    const before = Y.encodeStateVector(doc);
    (doc.getMap<Y.Map<Y.Text>>('cards').get('x')?.get('text') as Y.Text).insert(4, ' really');
    return Y.encodeStateAsUpdate(doc, before);
  })();

  test('are shown as far as they can be read, until the person decides', async () => {
    const room = `${board}/ana`;
    device.put({ room, bytes: half, generation: 1, texts: [['"name"', 'As the last release kept it']] });
    device.put({ room, bytes: half });
    device.put({ room, bytes: new Uint8Array([1, 2, 3]), texts: [['"name"', 'Cut short']] });
    device.put({ room, bytes: 'no bytes', generation: 'none', records: 7, texts: [['"name"', 'No bytes']] });
    device.put({ room });
    device.unreadable.add(device.put({ room, bytes: half }));
    device.put({ room: `${board}x/ana`, bytes: half, texts: [['"name"', 'Of another board']] });
    const ana = open('ana');
    await ana.shows('held');
    expect(ana.lost.flatMap(([, ...texts]) => texts).sort()).toEqual([
      ' really',
      'As the last release kept it',
      'Cut short',
      'No bytes',
    ]);
    expect(ana.kept.losses.map(({ why }) => why).sort()).toEqual(['no-base', 'unreadable']);
    expect(device.rows.size).toBe(7);
    ana.kept.discard();
    await ana.shows('saved');
    await vi.waitFor(() => expect(device.rows.size).toBe(1));
    expect(ana.now.editor.doc.store.pendingStructs).toBeNull();
  });
});

/** Adds a card at a place that the server refuses, and that no honest page makes. */
const addMisplaced = command('add-card', (step, { text }: { text: string }) =>
  addRecord(step, cards, { text, place: { ...cell, order: 'a'.repeat(300) } }),
);

describe('C5 an edit that the server refuses', () => {
  test('is shown with its text, stays on the device, and never counts as saved', async () => {
    const ana = await opened('ana');
    ana.lights.length = 0;
    addMisplaced(ana.now.editor, { text: 'Misplaced' });
    await ana.shows('held');
    expect(ana.endings).toEqual([{ kind: 'refused', reason: 'bad-value' }]);
    expect(ana.lost).toEqual([['bad-value', 'Misplaced']]);
    expect(ana.lights).not.toContain('saved');
    await vi.waitFor(() => expect(device.words).toContain('Misplaced'));
    close(ana);

    const again = open('ana');
    await again.shows('held');
    expect(again.lost).toEqual([['bad-value', 'Misplaced']]);
    expect(again.endings).toEqual([]);
    const file = again.kept.losses[0]?.file;
    const saved = new Y.Doc();
    Y.applyUpdate(saved, file?.bytes() ?? new Uint8Array());
    expect(JSON.stringify(saved.getMap('cards').toJSON())).toContain('Misplaced');
    again.kept.discard();
    await again.shows('saved');
    await vi.waitFor(() => expect(device.rows.size).toBe(0));
  });

  test('without a text is described in words: which card was to be moved', async () => {
    await addBase('ana');
    const ana = await opened('ana');
    const id = idOf(ana, 'Base');
    const misplace = command('move-card', (step, card: string) =>
      step.change(() => setField(step, cards, card, 'place', { ...cell, order: 'a'.repeat(300) })),
    );
    misplace(ana.now.editor, id);
    await ana.shows('held');
    expect(ana.kept.losses.map(({ why }) => why)).toEqual(['bad-value']);
    expect(ana.kept.losses.flatMap(({ records }) => lostChanges(records))).toEqual(['card moved: “Base”']);
    expect(readRecord(ana.now.editor.doc, cards, id)?.place.order.length).toBeLessThan(10);
  });

  test('does not make edits saved before it look lost', async () => {
    const ana = await opened('ana');
    addCard(ana.now.editor, cell, { text: 'Taken' });
    addPhase(ana.now.editor, 'during', 'Refused', { after: null, before: null });
    await ana.shows('held');
    expect(ana.lost).toEqual([['role', 'Refused']]);
    expect(await onBoard()).toEqual(['Taken']);
  });

  test('twice is shown twice, and again after both pages are closed', async () => {
    const ana = await opened('ana');
    addMisplaced(ana.now.editor, { text: 'First' });
    await ana.shows('held');
    addMisplaced(ana.now.editor, { text: 'Second' });
    await vi.waitFor(() =>
      expect(ana.lost).toEqual([
        ['bad-value', 'First'],
        ['bad-value', 'Second'],
      ]),
    );
    await ana.shows('held');
    close(ana);
    const again = open('ana');
    await again.shows('held');
    expect(again.lost).toEqual([
      ['bad-value', 'First'],
      ['bad-value', 'Second'],
    ]);
  });

  test('is shown with text still being composed, as every word is on a phone', async () => {
    const ana = await opened('ana');
    const id = addCard(ana.now.editor, cell, { text: 'Begun, ' });
    await ana.shows('saved');
    const area = document.createElement('textarea');
    ana.now.edit(textBinding, { of: cards, id, field: 'text' }, area, 'write');
    area.dispatchEvent(new CompositionEvent('compositionstart'));
    area.value = 'Begun, and not';
    addMisplaced(ana.now.editor, { text: 'Refused' });
    await ana.shows('held');
    expect(ana.lost).toEqual([['bad-value', 'Refused', 'Begun, and not']]);
  });

  test('of an observer is shown too, though the socket stays open', async () => {
    const olga = await opened('olga');
    addCard(olga.now.editor, cell, { text: 'Nobody hears' });
    await olga.shows('held');
    expect(olga.lost).toEqual([['observer', 'Nobody hears']]);
    expect(readAll(olga.now.editor.doc, cards)).toEqual([]);
  });

  test('is shown even if the device storage is full, and marked as lost if the page closes', async () => {
    device.isFull = true;
    const ana = await opened('ana');
    addPhase(ana.now.editor, 'during', 'No room for it', { after: null, before: null });
    await ana.shows('held');
    expect(ana.lost).toEqual([['role', 'No room for it']]);
    expect(ana.kept.isVolatile).toBe(true);
    expect(ana.now.keepsEdits).toBe(false);
    ana.kept.discard();
    await ana.shows('saved');
    expect(ana.kept.isVolatile).toBe(false);
  });

  test('a card can be placed after one with the longest order key', async () => {
    const lea = await opened('lea');
    const long = addCard(lea.now.editor, cell, { text: 'Long' });
    setField(lea.now.editor, cards, long, 'place', { ...cell, order: 'z'.repeat(256) });
    await lea.shows('saved');
    const ana = await opened('ana');
    const { editor } = ana.now;
    const behind = addCard(editor, cell, { text: 'Behind', gap: { after: long, before: null } });
    const moved = addCard(editor, cell, { text: 'Moved' });
    moveCards(editor, [moved], cell, { after: long, before: behind });
    await ana.shows('saved');
    expect([ana.endings, ana.lost]).toEqual([[], []]);
    expect(
      ana.now
        .by(cardsByCell)
        .at(cellKey(cell))
        .ids.map((id) => ana.now.of(cards).get(id)?.text),
    ).toEqual(['Long', 'Moved', 'Behind']);
  });
});
