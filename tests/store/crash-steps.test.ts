import { cpSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Store } from '../../server/store/contract.ts';
import { openWorker } from '../../server/worker/worker-client.ts';
import { boardRecord } from './board-record.ts';
import { Journalist, notes, openStore, temporaryFolder, Writer } from './open-store.ts';
import { sessionRecord } from './session-record.ts';
import { SteppingDisk } from './stepping-disk.ts';

/** A folder as left by a process that was killed at one moment, and what that process had acknowledged. */
interface Wreck {
  readonly folder: string;
  /** The step it was about to take. */
  readonly next: string;
  readonly promised: ReadonlySet<string>;
}

/** Ana's edits, with a note of each that the store has acknowledged. */
class Witness {
  readonly ana = new Writer();
  readonly promised = new Set<string>();
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  async write(note: string, room = 'b1/board'): Promise<void> {
    await this.#store.append({ room, person: 'ana', update: this.ana.write(note, 'saved') });
    this.promised.add(note);
  }
}

/** Runs an operation on a store, and copies the folder at each moment at which the process could have died. */
async function wrecks(
  before: (witness: Witness, store: Store) => Promise<void>,
  act: (witness: Witness, store: Store) => Promise<void>,
  options: { readonly segmentBytes?: number } = {},
): Promise<readonly Wreck[]> {
  const [folder, copies] = [await temporaryFolder(), await temporaryFolder()];
  const disk = new SteppingDisk();
  const { store } = await openStore(folder, { disk, ...options });
  const witness = new Witness(store);
  await store.createBoard(boardRecord('b1', 'before'), new Writer().state);
  await before(witness, store);
  const found: Wreck[] = [];
  disk.onStep = (next) => {
    const copy = join(copies, String(found.length));
    // Synchronous, like a kill: no other step is taken meanwhile.
    cpSync(folder, copy, { recursive: true, filter: (path) => !path.endsWith('/lock') });
    found.push({ folder: copy, next: next.replace(folder, ''), promised: new Set(witness.promised) });
  };
  await act(witness, store);
  disk.onStep('nothing more');
  disk.onStep = () => undefined;
  return found;
}

/** Opens the folder twice: the second opening must find repaired what the first repaired. */
async function inspect(
  { folder, next, promised }: Wreck,
  look: (store: Store, at: string) => Promise<void>,
): Promise<void> {
  for (const time of ['first', 'second']) {
    const { store, journalist } = await openStore(folder, { worker: shared() });
    const read = notes(await store.load('b1/board'));
    const lost = [...promised].filter((note) => !(note in read));
    expect(lost, `killed before: ${next}`).toEqual([]);
    await look(store, `killed before: ${next} (${time} opening)`);
    expect(
      journalist.lines.filter(({ level }) => level === 'error'),
      next,
    ).toEqual([]);
    await store.close();
  }
  await rm(folder, { recursive: true });
}

/** One worker for the many stores of a test. */
let worker: ReturnType<typeof openWorker> | null = null;
function shared() {
  if (!worker) {
    const opened = openWorker({ log: new Journalist().log });
    worker = opened;
    onTestFinished(async () => {
      worker = null;
      await opened.close();
    });
  }
  return worker;
}

const twenty = Array.from({ length: 20 }, (_, n) => `note ${n}`);

test('killed at any step of a checkpoint, of the segment it frees and the next: all acknowledged edits are there', async () => {
  const found = await wrecks(
    async (witness, store) => {
      for (const note of twenty) await witness.write(note);
      await store.checkpoint('b1/board');
      for (const note of twenty) await witness.write(`${note}, again`);
    },
    async (witness, store) => {
      // The checkpoint, and concurrent writes.
      await Promise.all([store.checkpoint('b1/board'), witness.write('meanwhile')]);
      await witness.write('after');
      await store.checkpoint('b1/board');
    },
    { segmentBytes: 1_000 },
  );
  expect(found.map(({ next }) => next).filter((next) => next.startsWith('remove /journal'))).not.toEqual([]);
  for (const wreck of found) {
    await inspect(wreck, async (store, at) => {
      await store.append({ room: 'b1/board', person: 'ben', update: new Writer().write('late', 'Ben') });
      expect(notes(await store.load('b1/board')), at).toMatchObject({ late: 'Ben' });
    });
  }
});

test('killed at any step of storing a version: it is whole or absent; earlier ones stay', async () => {
  let first = '';
  const label = { kind: 'named', name: 'Lunch', person: 'ana' } as const;
  const found = await wrecks(
    async (witness, store) => {
      await witness.write('one');
      first = (await store.keepVersion('b1/board', label))?.id ?? '';
      await witness.write('two');
    },
    async (witness, store) => {
      await store.keepVersion('b1/board', { ...label, name: 'Tea' });
      witness.promised.add('two');
    },
  );
  for (const [n, wreck] of found.entries()) {
    await inspect(wreck, async (store, at) => {
      const kept = await store.versions('b1/board');
      expect(kept.at(-1), at).toMatchObject({ id: first, ...label });
      if (n === found.length - 1) expect(kept[0], at).toMatchObject({ name: 'Tea' });
      const read = await Promise.all(kept.map(({ id }) => store.readVersion('b1/board', id)));
      const states = read.map((snapshot) => notes({ snapshot, updates: [] }));
      const both = { one: 'saved', two: 'saved' };
      expect(states, at).toEqual(kept.length === 2 ? [both, { one: 'saved' }] : [{ one: 'saved' }]);
    });
  }
});

test('killed at any step of a deletion: the whole board is there, or no part of it', async () => {
  const found = await wrecks(
    async (witness, store) => {
      await witness.write('one');
      await store.keepVersion('b1/board', { kind: 'named', name: 'Lunch', person: 'ana' });
      await witness.write('two');
      await store.append({ room: 'b1/draft/ana', person: 'ana', update: new Writer().write('draft', 'Ana') });
    },
    async (witness, store) => {
      // From here on it may be deleted: its content is checked below.
      witness.promised.clear();
      await store.deleteBoard('b1');
    },
  );
  const outcomes: string[] = [];
  for (const wreck of found) {
    await inspect(wreck, async (store, at) => {
      const board = await store.board('b1');
      const seen = {
        notes: Object.keys(notes(await store.load('b1/board'))),
        draft: Object.keys(notes(await store.load('b1/draft/ana'))),
        versions: (await store.versions('b1/board')).length,
        boards: await store.boards(),
      };
      const whole = { notes: ['one', 'two'], draft: ['draft'], versions: 1, boards: ['b1'] };
      const none = { notes: [], draft: [], versions: 0, boards: [] };
      expect(seen, at).toEqual(board ? whole : none);
      if (!board)
        await expect(store.createBoard(boardRecord('b1'), new Writer().state)).rejects.toThrow(
          'not used again',
        );
      outcomes.push(board ? 'whole' : 'none');
    });
  }
  expect(outcomes.at(0)).toBe('whole');
  expect(outcomes.at(-1)).toBe('none');
  expect([...new Set(outcomes)]).toEqual(['whole', 'none']);
});

test('killed at any step of a reset: document and owners are both old or both new', async () => {
  const fresh = new Writer();
  fresh.write('fresh', 'Ben');
  const found = await wrecks(
    async (witness, store) => {
      const owners = new Map([[witness.ana.client, 'ana']]);
      const update = witness.ana.write('one', 'saved');
      await store.append({ room: 'b1/board', person: 'ana', update, owners });
      await store.checkpoint('b1/board');
      await witness.write('two');
    },
    async (witness, store) => {
      witness.promised.clear();
      await store.resetDocument('b1/board', fresh.state, new Map([[fresh.client, 'ben']]));
    },
  );
  const outcomes: string[] = [];
  for (const wreck of found) {
    await inspect(wreck, async (store) => {
      const stored = await store.load('b1/board');
      outcomes.push([...Object.keys(notes(stored)).sort(), ...stored.owners.values()].join());
    });
  }
  expect(outcomes.at(0)).toBe('one,two,ana');
  expect(outcomes.at(-1)).toBe('fresh,ben');
  expect([...new Set(outcomes)]).toEqual(['one,two,ana', 'fresh,ben']);
});

test('killed at any step of creating or changing a board: it is old or new', async () => {
  const found = await wrecks(
    (witness) => witness.write('one'),
    async (_witness, store) => {
      await store.createBoard(boardRecord('b2', 'made'), new Writer().state);
      await store.changeBoard('b1', (now) => ({ ...now, title: 'after', generation: 2 }));
    },
  );
  const titles = new Set<string>();
  for (const wreck of found) {
    await inspect(wreck, async (store) => {
      const [b1, b2] = [await store.board('b1'), await store.board('b2')];
      titles.add(`${b1?.title} ${b1?.generation}, ${b2?.title}`);
    });
  }
  expect([...titles]).toEqual(['before 1, undefined', 'before 1, made', 'after 2, made']);
});

test('killed at any step of starting and ending a timer: old or new, whole, and listed while the timer runs', async () => {
  const found = await wrecks(
    (_witness, store) => store.keepSession('b1', sessionRecord(1)),
    async (_witness, store) => {
      await store.keepSession('b1', sessionRecord(2, true));
      await store.keepSession('b1', sessionRecord(3));
    },
  );
  const versions = new Set<number>();
  for (const wreck of found) {
    await inspect(wreck, async (store, at) => {
      const timed = await store.timedBoards();
      const { record, isBehind } = await store.session('b1');
      const version = record?.session.version ?? 0;
      versions.add(version);
      expect({ record, isBehind }, at).toEqual({
        record: sessionRecord(version, version === 2),
        isBehind: false,
      });
      if (version === 2) expect(timed, at).toEqual(['b1']);
    });
  }
  expect([...versions]).toEqual([1, 2, 3]);
});
