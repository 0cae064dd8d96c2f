import { writeSync } from 'node:fs';
import * as Y from 'yjs';
import { openDiskStore } from '../../server/store/disk/disk-store.ts';
import { boardRecord } from './board-record.ts';

/*
 * The program that kill.test.ts kills. It writes three rooms at once, creates boards, and checkpoints rooms now and
 * then. A line on standard output (`note <room> <key>`, `board <id>`) is an acknowledgement.
 */
const [folder = '', round = ''] = process.argv.slice(2);
const say = (line: string) => writeSync(1, `${line}\n`);
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const store = await openDiskStore({ folder, log: silent, segmentBytes: 4_000, journalBytes: 30_000 });

async function write(room: string): Promise<never> {
  const doc = new Y.Doc();
  const stored = await store.load(room);
  if (stored.snapshot) Y.applyUpdate(doc, stored.snapshot);
  for (const update of stored.updates) Y.applyUpdate(doc, update);
  for (let n = 1; ; n++) {
    const key = `${round}-${n}`;
    const before = Y.encodeStateVector(doc);
    doc.getMap('notes').set(key, 'saved');
    await store.append({ room, person: 'ana', update: Y.encodeStateAsUpdate(doc, before) });
    say(`note ${room} ${key}`);
    if (n % 25 === 0) await store.checkpoint(room);
    if (n % 40 === 0 && room === 'b1/board') {
      const id = `made-${key}`;
      await store.createBoard(boardRecord(id), Y.encodeStateAsUpdate(doc));
      say(`board ${id}`);
      await store.changeBoard(id, (now) => ({ ...now, title: 'changed' }));
      say(`changed ${id}`);
    }
  }
}

// Nobody checkpoints `b4/board`: the store compacts it itself, also while it is killed.
async function fill(): Promise<never> {
  for (let n = 1; ; n++) {
    const doc = new Y.Doc();
    const key = `${round}-${n}`;
    doc.getMap('notes').set(key, 'x'.repeat(100));
    await store.append({ room: 'b4/board', person: 'ben', update: Y.encodeStateAsUpdate(doc) });
    say(`note b4/board ${key}`);
  }
}

await Promise.all([write('b1/board'), write('b2/board'), write('b2/draft/ana'), fill()]);
