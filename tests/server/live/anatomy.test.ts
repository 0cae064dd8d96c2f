import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import type { Change } from '../../../server/live/guard/changes.ts';
import { dissect } from '../../../server/live/guard/changes.ts';
import { keysOf, Roots } from '../../../server/live/guard/type-paths.ts';
import { Refused } from '../../../server/live/guard/refused.ts';
import { Scribes } from './random-yjs.ts';

/** Seeds that once failed, run every time. */
const keptSeeds: number[] = [2147483647];

/** A path as one string, in the same form for predicted and for actual changes. */
type Way = string;
const way = (root: string, keys: readonly (string | null)[]): Way => JSON.stringify([root, ...keys]);

describe('G2 the changes of an update', { timeout: 60_000 }, () => {
  test('G2 the predicted changes are exactly those that happen, over random updates of real Yjs', () => {
    const seen = { structs: 0, deletes: 0, missing: 0, collected: 0 };
    const run = (seed: number) => {
      const scribes = new Scribes(seed);
      const server = new Y.Doc({ gc: scribes.random() < 0.8 });
      for (const update of scribes.updates(40)) {
        const found = tryDissect(server, update);
        if (found === 'missing-dependency') {
          seen.missing++;
          expect(leavesGap(server, update), `seed ${seed}`).toBe(true);
          continue;
        }
        if (typeof found === 'string') throw new Error(`seed ${seed}: refused as ${found}`);
        compare(server, update, found, seen, seed);
      }
    };
    for (const seed of keptSeeds) run(seed);
    fc.assert(fc.property(fc.noShrink(fc.integer({ min: 1, max: 2 ** 31 - 1 })), run), { numRuns: 70 });
    // Ensures that the test has seen all kinds of changes.
    expect(seen.structs).toBeGreaterThan(5_000);
    expect(seen.deletes).toBeGreaterThan(2_000);
    expect(seen.missing).toBeGreaterThan(100);
    expect(seen.collected).toBeGreaterThan(100);
  });

  test('G2 an update with changed bytes is refused, or does exactly and completely what was predicted', () => {
    const seen = { structs: 0, deletes: 0, missing: 0, collected: 0 };
    let refused = 0;
    const run = (seed: number) => {
      const scribes = new Scribes(seed);
      const server = new Y.Doc();
      for (const update of scribes.updates(12)) {
        const damaged = scribes.damage(update);
        const copy = new Y.Doc();
        Y.applyUpdate(copy, Y.encodeStateAsUpdate(server));
        const found = tryDissect(copy, damaged);
        if (typeof found === 'string') refused++;
        else compare(copy, damaged, found, seen, seed);
        if (typeof tryDissect(server, update) !== 'string') Y.applyUpdate(server, update);
      }
    };
    for (const seed of keptSeeds) run(seed);
    fc.assert(fc.property(fc.noShrink(fc.integer({ min: 1, max: 2 ** 31 - 1 })), run), { numRuns: 120 });
    expect(refused).toBeGreaterThan(500);
    expect(seen.structs).toBeGreaterThan(500);
  });
});

/** The predicted changes of an update. */
interface Anatomy {
  readonly changes: Change[];
  readonly writers: Set<number>;
}

/** The predicted changes, or the reason of the refusal; the document is unchanged in both cases. */
function tryDissect(doc: Y.Doc, update: Uint8Array): Anatomy | string {
  const before = Y.encodeStateAsUpdate(doc);
  const roots = [...doc.share.keys()].join();
  const found = dissectOrSay(doc, update);
  if (Buffer.compare(Y.encodeStateAsUpdate(doc), before) !== 0) throw new Error('the document was touched');
  if ([...doc.share.keys()].join() !== roots) throw new Error('a root was made');
  return found;
}

function dissectOrSay(doc: Y.Doc, update: Uint8Array): Anatomy | string {
  try {
    const anatomy: Anatomy = { changes: [], writers: new Set() };
    dissect(doc.store, new Roots(doc), update, {
      writer: (client) => anatomy.writers.add(client),
      change: (change) => anatomy.changes.push(change),
    });
    return anatomy;
  } catch (error) {
    if (error instanceof Refused) return error.reason;
    throw error;
  }
}

function leavesGap(doc: Y.Doc, update: Uint8Array): boolean {
  const copy = new Y.Doc();
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
  Y.applyUpdate(copy, update);
  return leftGap(copy);
}

function leftGap({ store }: Y.Doc): boolean {
  return store.pendingStructs !== null || store.pendingDs !== null;
}

/** Applies an update and compares its changes with the predicted ones. */
function compare(
  doc: Y.Doc,
  update: Uint8Array,
  anatomy: Anatomy,
  seen: { structs: number; deletes: number; collected: number },
  seed: number,
): void {
  const inserted = new Map<string, Way>();
  const removed = new Map<string, Way>();
  const overwritten = new Set<Way>();
  for (const change of anatomy.changes) {
    const to = way(change.home.root, [...keysOf(change.home), change.key]);
    const named = change.does === 'insert' ? inserted : removed;
    for (let i = 0; i < change.length; i++) named.set(`${change.client}:${change.clock + i}`, to);
    if (change.does === 'insert' && change.key !== null) overwritten.add(to);
  }
  const faults: string[] = [];
  let isFirst = true;
  const onTransaction = (transaction: Y.Transaction) => {
    // Yjs may clean up formats in a transaction of its own afterwards.
    if (!isFirst) return;
    isFirst = false;
    for (const [client, after] of transaction.afterState) {
      for (let clock = transaction.beforeState.get(client) ?? 0; clock < after; clock++) {
        const id = `${client}:${clock}`;
        const struct = Y.getItem(doc.store, Y.createID(client, clock)) as Y.Item | Y.GC;
        if (struct instanceof Y.Item) {
          seen.structs++;
          if (inserted.get(id) !== wayOf(struct))
            faults.push(`${id} went to ${wayOf(struct)}, not ${inserted.get(id)}`);
        } else {
          seen.collected++;
          if (inserted.has(id)) faults.push(`${id} was collected, not put to ${inserted.get(id)}`);
        }
        inserted.delete(id);
        if (!anatomy.writers.has(client)) faults.push(`${client} wrote unnamed`);
      }
    }
    for (const [id, to] of inserted) faults.push(`${id} did not go to ${to}`);
    for (const [client, ranges] of transaction.deleteSet.clients) {
      for (const { clock: from, len } of ranges) {
        for (let clock = from; clock < from + len; clock++) {
          const struct = Y.getItem(doc.store, Y.createID(client, clock)) as Y.Item | Y.GC;
          const id = `${client}:${clock}`;
          const name = removed.get(id);
          removed.delete(id);
          if (!(struct instanceof Y.Item)) continue;
          seen.deletes++;
          if (name !== undefined) {
            if (name !== wayOf(struct)) faults.push(`${id} went from ${wayOf(struct)}, not ${name}`);
          } else
            expect(
              isImplied(transaction, struct, clock, overwritten),
              `seed ${seed} delete ${id} unnamed`,
            ).toBe(true);
        }
      }
    }
    for (const [id, from] of removed) faults.push(`${id} did not go from ${from}`);
  };
  doc.on('afterTransaction', onTransaction);
  Y.applyUpdate(doc, update);
  doc.off('afterTransaction', onTransaction);
  if (leftGap(doc)) faults.push('a gap was left');
  expect(faults, `seed ${seed}`).toEqual([]);
}

/** Deleted without being predicted: it was sent deleted, is inside something deleted, or was replaced. */
function isImplied(
  transaction: Y.Transaction,
  item: Y.Item,
  clock: number,
  overwritten: ReadonlySet<Way>,
): boolean {
  if (clock >= (transaction.beforeState.get(item.id.client) ?? 0)) return true;
  if ((item.parent as Y.AbstractType<unknown>)._item?.deleted) return true;
  return item.parentSub !== null && overwritten.has(wayOf(item));
}

function wayOf(item: Y.Item): Way {
  const keys: (string | null)[] = [];
  for (let at: Y.Item = item; ;) {
    keys.unshift(at.parentSub);
    const parent = at.parent as Parameters<typeof Y.findRootTypeKey>[0];
    if (parent._item === null) return way(Y.findRootTypeKey(parent), keys);
    at = parent._item;
  }
}
