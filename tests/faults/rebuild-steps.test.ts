import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import * as Y from 'yjs';
import { Repairs } from '../../server/history/repairs.ts';
import type { Store } from '../../server/store/contract.ts';
import { openWorker } from '../../server/worker/worker-client.ts';
import { cards } from '../../shared/collections/card.ts';
import { rootOf } from '../../shared/schema/read.ts';
import { copyOf, readingOf, smallBoard } from '../server/history/board-edits.ts';
import { RecordingLive } from '../server/recording-live.ts';
import { workHere } from '../server/work-here.ts';
import { boardRecord } from '../store/board-record.ts';
import { Journalist, openStore, temporaryFolder } from '../store/open-store.ts';
import { SteppingDisk } from '../store/stepping-disk.ts';

const room = 'b1/board';

async function rebuild(store: Store) {
  const record = await store.board('b1');
  if (!record) throw new Error('the board is gone');
  const log = pino({ level: 'silent' });
  return new Repairs({ store, live: new RecordingLive(), work: workHere, log }).rebuild(
    record,
    'board',
    'fay',
  );
}

/** The document as the next process reads it. */
async function found(store: Store) {
  const { snapshot, updates, owners } = await store.load(room);
  const doc = new Y.Doc();
  for (const update of snapshot ? [snapshot, ...updates] : updates) Y.applyUpdate(doc, update);
  const isWhole = doc.store.pendingStructs === null && doc.store.pendingDs === null;
  return {
    state: Y.encodeStateAsUpdate(doc),
    isWhole,
    owners,
    generation: (await store.board('b1'))?.generation,
  };
}

test('killed at any step of a rebuild: the board is wholly old or new, and never new under an old generation', async () => {
  const [folder, copies] = [await temporaryFolder(), await temporaryFolder()];
  const disk = new SteppingDisk();
  // One worker for all stores.
  const worker = openWorker({ log: new Journalist().log });
  onTestFinished(() => worker.close());
  const { store } = await openStore(folder, { disk, worker });
  await store.createBoard(boardRecord('b1'), smallBoard);
  // Ana writes, part of it is already in a snapshot, and she removes a card.
  const ana = copyOf(smallBoard);
  const owners = new Map([[ana.clientID, 'ana']]);
  const write = async (edit: () => void) => {
    const before = Y.encodeStateVector(ana);
    edit();
    const update = Y.encodeStateAsUpdate(ana, before);
    await store.append({ room, person: 'ana', update, owners });
  };
  const [card = ''] = rootOf(ana, cards).keys();
  await write(() => (rootOf(ana, cards).get(card) as Y.Map<unknown>).set('evidence', 'data'));
  await store.checkpoint(room);
  await write(() => (rootOf(ana, cards).get(card) as Y.Map<unknown>).set('gone', true));
  const old = Y.encodeStateAsUpdate(ana);

  const wrecks: { readonly at: string; readonly next: string }[] = [];
  disk.onStep = (next) => {
    const at = join(copies, String(wrecks.length));
    cpSync(folder, at, { recursive: true, filter: (path) => !path.endsWith('/lock') });
    wrecks.push({ at, next: next.replace(folder, '') });
  };
  expect(await rebuild(store)).toMatchObject({ kind: 'rebuilt' });
  disk.onStep('nothing more');
  disk.onStep = () => undefined;

  const outcomes: string[] = [];
  for (const { at, next } of wrecks) {
    const after = (await openStore(at, { worker })).store;
    const { state, isWhole, owners: left, generation } = await found(after);
    expect(isWhole, next).toBe(true);
    expect(readingOf(state), next).toEqual(readingOf(old));
    const isNew = copyOf(state).store.clients.size === 1;
    expect(left, next).toEqual(isNew ? new Map() : owners);
    outcomes.push(`${isNew ? 'new' : 'old'} document, generation ${generation}`);
    if (generation === 2) {
      // The version has what the new document omits.
      const [version] = await after.versions(room);
      const kept = copyOf((await after.readVersion(room, version?.id ?? '')) ?? new Uint8Array([0, 0]));
      expect(rootOf(kept, cards).has(card), next).toBe(true);
    }
    // Whatever is left can be rebuilt.
    expect(await rebuild(after), next).toMatchObject({ kind: 'rebuilt', after: { clientIds: 1 } });
    expect(readingOf((await found(after)).state), next).toEqual(readingOf(old));
    await after.close();
  }
  expect([...new Set(outcomes)]).toEqual([
    'old document, generation 1',
    'old document, generation 2',
    'new document, generation 2',
  ]);
});
