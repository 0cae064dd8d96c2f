// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import * as Y from 'yjs';
import { Connection } from '../../client/model/sync/connection.svelte.ts';
import { UndoableEditor } from '../../client/model/sync/undo.svelte.ts';
import { cards, moveCards, removeCards } from '../../shared/collections/card.ts';
import { restoreRecords } from '../../shared/workflows/restore-records.ts';
import { openRoots } from '../../shared/documents.ts';
import { readAll, readRecord } from '../../shared/schema/read.ts';
import { addCards } from '../shared/commands.ts';
import { writeText } from '../../shared/schema/text-splice.ts';
import { maxCardText, maxFrameBytes } from '../../shared/limits.ts';
import type { House } from '../server/live/harness.ts';
import { board, openHouse } from '../server/live/harness.ts';
import type { StockClient } from '../server/live/stock-client.ts';
import { reading } from '../server/live/stock-client.ts';

let house: House;
let ana: Page;
let ben: StockClient;

/** The frames that Ana's page sends; while the line is cut they reach nobody. */
const line = { isCut: false, sockets: new Set<WebSocket>(), sent: [] as Uint8Array[] };

class Line extends WebSocket {
  constructor(url: string, protocols: string[]) {
    // The first port has no listener.
    super(line.isCut ? 'ws://127.0.0.1:1' : url, protocols);
    line.sockets.add(this);
    this.on('error', () => this.terminate());
  }

  override send(frame: Uint8Array): void {
    line.sent.push(frame);
    super.send(frame);
  }
}

/** A page without its views: the document, the editor and the connection. */
class Page {
  readonly doc = new Y.Doc();
  readonly editor = new UndoableEditor(this.doc, 'ana');
  readonly ended = vi.fn();
  readonly connection: Connection;

  constructor(port: number) {
    openRoots(this.doc);
    this.connection = new Connection(
      this.doc,
      { board, person: 'ana', origin: `http://127.0.0.1:${port}` },
      { ready: () => {}, saved: () => {}, holding: () => null, ended: this.ended },
    );
    this.connection.open();
  }

  /** Waits until everything is on the server's disk, and Ben has it. */
  async saved(): Promise<void> {
    await this.editor.settled();
    await vi.waitFor(() => {
      expect([this.connection.status, this.ended.mock.calls]).toEqual(['saved', []]);
      expect(Y.encodeStateVector(ben.doc)).toEqual(Y.encodeStateVector(this.doc));
    }, 30_000);
    await vi.waitFor(() => expect(ben.state).toBe(reading(this.doc)), 30_000);
  }

  close(): void {
    this.connection.close();
    this.editor.close();
    this.doc.destroy();
  }
}

function cut(): void {
  line.isCut = true;
  for (const socket of line.sockets) socket.terminate();
  line.sockets.clear();
}

function mend(): void {
  line.isCut = false;
  line.sent = [];
  dispatchEvent(new Event('online'));
}

beforeEach(async () => {
  vi.stubGlobal('WebSocket', Line);
  house = await openHouse();
  house.membership('ana', 'facilitator');
  house.membership('ben');
  ben = await house.stock('ben').synced();
  ana = new Page(house.port);
  await ana.saved();
});

afterEach(async () => {
  ana.close();
  await house.close();
  expect(house.log.filter((entry) => entry.includes('refused'))).toEqual([]);
  line.isCut = false;
  line.sockets.clear();
  vi.unstubAllGlobals();
});

const cell = (lane: string) => ({ lane, phase: 'p', step: null });
const placed = (count: number, text: string) =>
  Array.from({ length: count }, () => ({ text, author: 'ana', place: { ...cell('a'), order: 'a0' } }));
const count = (lane: string) => readAll(ben.doc, cards).filter((card) => card.place.lane === lane).length;

test('5,000 cards are added, moved, removed and restored, and all of it is undone and redone', async () => {
  const { editor } = ana;
  const ids = addCards(editor, placed(5_000, 'A card of many'));
  await ana.saved();
  expect(count('a')).toBe(5_000);
  moveCards(editor, ids, cell('b'));
  await ana.saved();
  expect([count('a'), count('b')]).toEqual([0, 5_000]);
  removeCards(editor, ids);
  await ana.saved();
  expect(count('b')).toBe(0);
  restoreRecords(
    editor,
    ids.map((id) => ({ of: cards, id })),
  );
  await ana.saved();
  expect(count('b')).toBe(5_000);

  const all = (label: string) => ({ command: label, all: 5_000, left: 0 });
  expect(await editor.undo()).toEqual(all('restore-record'));
  expect(await editor.undo()).toEqual(all('remove-card'));
  await ana.saved();
  expect(count('b')).toBe(5_000);
  expect(await editor.undo()).toEqual(all('move-card'));
  await ana.saved();
  expect(count('a')).toBe(5_000);
  expect(await editor.redo()).toEqual(all('move-card'));
  expect(await editor.redo()).toEqual(all('remove-card'));
  await ana.saved();
  expect(count('b')).toBe(0);
  for (let i = 0; i < 3; i++) await editor.undo();
  await ana.saved();
  expect([count('a'), await editor.undo()]).toEqual([0, null]);
}, 60_000);

test('hours of offline work arrive completely, in parts, and are acknowledged', async () => {
  const { editor } = ana;
  const [first = '', ...others] = addCards(editor, placed(300, 'Before'));
  await ana.saved();
  cut();
  const made = addCards(editor, placed(2_500, 'x'.repeat(600)));
  moveCards(editor, made, cell('b'));
  await editor.undo();
  await editor.redo();
  removeCards(editor, others.slice(0, 100));
  for (const id of others) writeText(editor, cards, id, 'text', `Be${id}fore`);
  // More characters than a card may have, one text after another: undo keeps them on the page.
  for (let i = 0; i < 6; i++) writeText(editor, cards, first, 'text', String(i).repeat(maxCardText));
  for (const id of others) writeText(ben.editor, cards, id, 'text', 'Ben was here');
  await editor.settled();

  mend();
  await ana.saved();
  expect(readRecord(ben.doc, cards, first)?.text).toBe('5'.repeat(maxCardText));
  expect(count('b')).toBe(2_500);
  const large = line.sent.filter((frame) => frame.length > 1_000);
  expect(large.reduce((sum, frame) => sum + frame.length, 0)).toBeGreaterThan(maxFrameBytes);
  expect(Math.max(...large.map((frame) => frame.length))).toBeLessThan(maxFrameBytes / 4);
}, 60_000);
