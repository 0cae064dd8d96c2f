import { pino } from 'pino';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { HeldEdits } from '../../../server/live/recovery/held-edits.ts';
import {
  maxHeldBytesPerPerson,
  maxHeldCopies,
  maxHeldEffort,
  maxUnprovenCopies,
  tariff,
} from '../../../server/live/limits.ts';
import type { HeldRecord } from '../../../server/store/contract.ts';
import { handUpdate } from './hand-update.ts';
import { board } from './harness.ts';
import { MemoryStore } from './memory-store.ts';

const room = `${board}/board`;

let store: MemoryStore;
let held: HeldEdits;

beforeEach(() => {
  store = new MemoryStore();
  store.addBoard(board);
  held = new HeldEdits(room, { store, log: pino({ level: 'silent' }) });
});

/** An update of a few bytes: this many structs under a client id. */
const tiny = (client = 7, structs = 1) =>
  handUpdate([
    { client, clock: 0, structs: Array.from({ length: structs }, () => ({ content: { gc: 1 } })) },
  ]);

const copy = (person: string, update = tiny(), isProven = false): HeldRecord => ({
  person,
  name: person,
  at: 7,
  isProven,
  update,
});

const stored = async () => new Map((await store.held(room)).map((one) => [one.person, one]));

describe('L2 the copies on disk', () => {
  test('L2 are the newest of each person, however many come while the disk is slow', async () => {
    const keeping = vi.spyOn(store, 'keepHeld');
    store.hold();
    for (let n = 1; n <= 1_000; n++)
      for (const person of ['m1', 'm2', 'm3']) expect(held.keep(copy(person, tiny(7, n)))).toBe(true);
    await new Promise(setImmediate);
    for (let n = 1_001; n <= 2_000; n++) held.keep(copy('m1', tiny(7, n)));
    store.release();
    await held.written();
    expect(keeping.mock.calls.length).toBeLessThanOrEqual(4);
    const kept = await stored();
    expect(kept.get('m1')?.update).toEqual(tiny(7, 2_000));
    expect(kept.get('m3')?.update).toEqual(tiny(7, 1_000));
  });

  test('L2 are not rewritten if unchanged, except for a new proof', async () => {
    const keeping = vi.spyOn(store, 'keepHeld');
    for (let n = 0; n < 5; n++) {
      expect(held.keep(copy('ana'))).toBe(true);
      await held.written();
    }
    expect(keeping).toHaveBeenCalledTimes(1);
    held.keep(copy('ana', tiny(), true));
    await held.written();
    expect((await stored()).get('ana')?.isProven).toBe(true);
    held.keep(copy('ana'));
    await held.written();
    expect(keeping).toHaveBeenCalledTimes(2);
    // Two alternating copies that make up one.
    for (let n = 0; n < 10; n++) held.keep(copy('ana', tiny(n % 2 ? 7 : 8), true));
    await held.written();
    for (let n = 0; n < 10; n++) held.keep(copy('ana', tiny(n % 2 ? 7 : 8), true));
    await held.written();
    expect(keeping).toHaveBeenCalledTimes(3);
  });

  test('L2 are awaited as they are now: later offers do not extend the wait', async () => {
    const keep = store.keepHeld.bind(store);
    let isOffering = true;
    let structs = 1;
    store.keepHeld = async (...given) => {
      await keep(...given);
      if (isOffering) held.keep(copy('mallory', tiny(7, ++structs)));
    };
    held.keep(copy('mallory'));
    held.keep(copy('ana'));
    await held.written();
    expect((await stored()).has('ana')).toBe(true);
    isOffering = false;
    await held.written();
  });

  test('L2 are not written if they are dropped meanwhile, and are written if offered again', async () => {
    held.keep(copy('ana'));
    held.keep(copy('ben'));
    await held.written();
    store.hold();
    held.keep(copy('ana', tiny(7, 2)));
    held.keep(copy('cara'));
    await new Promise(setImmediate);
    held.drop(['ana', 'ben', 'cara', 'nobody']);
    held.keep(copy('ben', tiny(7, 3)));
    store.release();
    await held.written();
    expect([...(await stored()).values()]).toEqual([copy('ben', tiny(7, 3))]);
  });

  test('L2 are still written after one write failed', async () => {
    store.break();
    held.keep(copy('ana'));
    await held.written();
    store.break(null);
    held.keep(copy('ben'));
    await held.written();
    expect([...(await stored()).keys()]).toEqual(['ben']);
    expect(held.size).toBe(2);
    // The server requests it again from the client once the disk works.
    held.keep(copy('ana'));
    await held.written();
    expect([...(await stored()).keys()]).toEqual(['ben', 'ana']);
  });
});

describe('L2 the number of copies of a board', () => {
  test('L2 is limited, and copies of people who proved the loss displace others', () => {
    const kept = (from: number, to: number, isProven: boolean) => {
      let count = 0;
      for (let n = from; n < to; n++) if (held.keep(copy(`p${n}`, tiny(), isProven))) count++;
      return count;
    };
    expect(kept(0, 1_000, false)).toBe(maxUnprovenCopies);
    // A person who already has a copy may add to it.
    expect(held.keep(copy('p0', tiny(7, 2)))).toBe(true);
    expect(kept(1_000, 2_000, true)).toBe(maxHeldCopies);
    expect(held.size).toBe(maxHeldCopies);
    expect(held.all.every(({ isProven }) => isProven)).toBe(true);
    expect(kept(2_000, 2_001, false)).toBe(0);
  });

  test('L2 is limited per person by the time to read them, even if they come in small pieces', () => {
    const structs = Math.floor((0.6 * maxHeldEffort) / tariff.struct);
    expect(held.keep(copy('mallory', tiny(7, structs), true))).toBe(true);
    expect(held.keep(copy('mallory', tiny(8, structs), true))).toBe(false);
    expect(held.bytes).toBe(tiny(7, structs).length);
    // Too large ones are not even parsed: these bytes are not an update.
    const rubbish = new Uint8Array(maxHeldBytesPerPerson + 1).fill(0xff);
    expect(held.keep(copy('mallory', rubbish, true))).toBe(false);
  });
});
