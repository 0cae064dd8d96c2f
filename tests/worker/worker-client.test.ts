import { expect, onTestFinished, test } from 'vitest';
import * as Y from 'yjs';
import type { WorkerOptions } from '../../server/worker/worker-client.ts';
import { openWorker } from '../../server/worker/worker-client.ts';
import { act, copyOf, readingOf, smallBoard } from '../server/history/board-edits.ts';
import { manyClientIds } from '../server/history/many-client-ids.ts';
import { Journalist, Writer } from '../store/open-store.ts';

function worker(more: Partial<WorkerOptions> = {}) {
  const journalist = new Journalist();
  const opened = openWorker({ log: journalist.log, ...more });
  onTestFinished(() => opened.close());
  return { worker: opened, journalist };
}

const read = (state: Uint8Array) => {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, state);
  return doc.getMap('notes').toJSON();
};

/** Each note as a separate update, as a page sends them. */
function typed(count: number): Uint8Array[] {
  const doc = new Y.Doc();
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  for (let n = 0; n < count; n++) doc.getMap('notes').set(`note ${n}`, 'x'.repeat(20));
  return updates;
}

/** Keeps the worker busy for a few tenths of a second. */
const muchWork = typed(40_000);

test('updates are merged in a thread, and the main thread continues meanwhile', async () => {
  const { worker: work } = worker();
  const updates = muchWork;
  let turns = 0;
  const counting = setInterval(() => turns++, 1);
  const state = await work.merge(null, updates);
  clearInterval(counting);
  expect(Object.keys(read(state))).toHaveLength(40_000);
  expect(turns).toBeGreaterThan(10);
  // The caller's updates were copied, so the caller still owns them.
  expect(updates.every((update) => update.byteLength > 0)).toBe(true);
});

test('jobs run in the order of the calls', async () => {
  const { worker: work } = worker();
  const done: number[] = [];
  await Promise.all(
    [3_000, 1, 500].map((count, n) => work.merge(null, muchWork.slice(0, count)).then(() => done.push(n))),
  );
  expect(done).toEqual([0, 1, 2]);
});

test('a job that throws is rejected, and affects no other', async () => {
  const { worker: work, journalist } = worker();
  const bad = work.merge(new Uint8Array([1, 200, 3, 4]), []);
  const good = work.merge(null, [new Writer().write('one', 'Ana')]);
  await expect(bad).rejects.toThrow();
  expect(read(await good)).toEqual({ one: 'Ana' });
  expect(journalist.lines).toEqual([]);
});

test('updates that wait for a lost one are reported, and kept', async () => {
  const { worker: work } = worker();
  const ana = new Writer();
  const [one, two] = [ana.write('one', 'Ana'), ana.write('two', 'Ana')];
  const torn = await work.compact(null, [two]);
  expect(torn.isWhole).toBe(false);
  const healed = await work.compact({ bytes: torn.deflated, size: torn.state.byteLength }, [one]);
  expect(healed.isWhole).toBe(true);
  expect(read(healed.state)).toEqual({ one: 'Ana', two: 'Ana' });
});

test('a thread that runs out of memory fails only its own job, not the next and not the process', async () => {
  const { worker: work, journalist } = worker({ heapMegabytes: 8 });
  const lost = work.merge(null, muchWork);
  const next = work.merge(null, [new Writer().write('one', 'Ana')]);
  await expect(lost).rejects.toThrow(/memory/);
  expect(read(await next)).toEqual({ one: 'Ana' });
  expect(journalist.said('the worker thread was lost')).toBe(true);
});

test('a job that does not end is stopped, and the next gets another thread', async () => {
  const { worker: work, journalist } = worker({ limitMs: 1_000 });
  const tooMuch = Array.from({ length: 20 }, () => muchWork).flat();
  const lost = work.merge(null, tooMuch);
  const next = work.merge(null, [new Writer().write('one', 'Ana')]);
  await expect(lost).rejects.toThrow('more than 1000 ms');
  expect(read(await next)).toEqual({ one: 'Ana' });
  expect(journalist.lines).toHaveLength(1);
});

test('a closed worker rejects waiting and new jobs', async () => {
  const { worker: work, journalist } = worker();
  const waiting = [work.merge(null, muchWork), work.merge(null, [])];
  const rejected = Promise.all(waiting.map((each) => expect(each).rejects.toThrow('closed')));
  await work.close();
  await rejected;
  await expect(work.merge(null, [])).rejects.toThrow('closed');
  expect(journalist.lines).toEqual([]);
});

// Slow, because these are the longest jobs, which must stay within the limits of time and memory.
test(
  'a board with 200,000 client ids is rebuilt, restored and cleaned of one person’s work',
  { timeout: 120_000 },
  async () => {
    const { worker: work, journalist } = worker();
    const doc = copyOf(smallBoard);
    act(doc, [{ kind: 'add card', which: 0, at: 0, text: 'Hers' }]);
    const version = Y.encodeStateAsUpdate(doc);
    const ids = 200_000;
    Y.applyUpdate(doc, manyClientIds(ids));
    const ruined = Y.encodeStateAsUpdate(doc);
    const { state, before, after } = await work.rebuild('board', ruined);
    expect(before.clientIds).toBeGreaterThan(ids);
    expect(after.clientIds).toBe(1);
    expect(readingOf(state)).toEqual(readingOf(version));
    const everyId = Array.from({ length: ids }, (_, n) => 4_000_000_000 - n);
    const { removed, update } = await work.removeAdded('board', ruined, ruined, [...everyId, doc.clientID]);
    expect([removed.records, update]).toEqual([0, null]);
    expect(
      (await work.removeAdded('board', ruined, smallBoard, [...everyId, doc.clientID])).removed.records,
    ).toBe(1);
    expect(await work.restore('board', ruined, state)).toBeNull();
    expect(journalist.lines).toEqual([]);
  },
);
