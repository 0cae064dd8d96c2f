import { cp, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { pino } from 'pino';
import { beatMs, markMs } from '../../server/live/limits.ts';
import type { Store } from '../../server/store/contract.ts';
import { openDiskStore } from '../../server/store/disk/disk-store.ts';
import { cards, addCard } from '../../shared/collections/card.ts';
import { openRoots } from '../../shared/documents.ts';
import { readAll } from '../../shared/schema/read.ts';
import { writeText } from '../../shared/schema/text-splice.ts';
import { FakeClock } from '../server/live/fake-clock.ts';
import type { House } from '../server/live/harness.ts';
import { board, openHouseOn } from '../server/live/harness.ts';
import { PageClient } from '../server/live/page-client.ts';
import { agree, StockClient, until } from '../server/live/stock-client.ts';
import { boardRecord } from '../store/board-record.ts';
import { codeOf } from '../../server/errors.ts';

/** The disk falls back, in each possible way, while pages and programs continue. */

const cell = { lane: 'lane', phase: 'phase', step: null };
const room = `${board}/board`;
const texts = (doc: Y.Doc) =>
  readAll(doc, cards)
    .map(({ text }) => text)
    .sort();

let folder: string;
let house: House<Store>;
let clock: FakeClock;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'resa-back-'));
  await start();
});

afterEach(async () => {
  await house.close();
  for (const path of [folder, `${folder}-backup`]) await rm(path, { recursive: true, force: true });
});

async function start(): Promise<void> {
  const store = await openDiskStore({ folder, log: pino({ level: 'silent' }) });
  if (!(await store.board(board))) {
    const doc = new Y.Doc();
    openRoots(doc);
    await store.createBoard({ ...boardRecord(board), id: board }, Y.encodeStateAsUpdate(doc));
  }
  clock = new FakeClock();
  house = await openHouseOn(store, { clock });
  for (const person of ['ana', 'ben', 'stan', 'look']) house.membership(person);
}

/** What was done to the data folder; each way keeps the first card and loses the rest. */
const ways: readonly {
  readonly name: string;
  /** At the moment to which the disk falls back. */
  readonly before: () => Promise<void>;
  /** At the end, while the process still runs. */
  readonly atEnd?: () => Promise<void>;
  /** After the process has ended. */
  readonly after: () => Promise<void>;
}[] = [
  {
    name: 'the whole folder is replaced by a backup',
    before: () => copy(''),
    after: () => putBack(''),
  },
  {
    name: 'the folder of one board is replaced by a backup',
    before: async () => {
      await house.store.checkpoint(room);
      await copy(`boards/${board}`);
    },
    after: async () => {
      await checkpointed();
      await putBack(`boards/${board}`);
    },
  },
  {
    name: 'the journal is deleted',
    before: async () => {
      await house.store.checkpoint(room);
    },
    after: () => rm(join(folder, 'journal'), { recursive: true }),
  },
  {
    name: 'the end of the journal was never written, though the disk confirmed it',
    before: async () => {
      const path = await lastSegment();
      const { length } = await readFile(path);
      cut = { path, length };
    },
    // The folder of a killed process; one that stops in order empties the journal.
    atEnd: () => copy(''),
    after: async () => {
      await putBack('');
      await truncate(cut.path, cut.length);
    },
  },
  {
    name: 'the newest snapshot is damaged, and the previous copy is used',
    before: async () => {
      await house.store.checkpoint(room);
    },
    after: async () => {
      await checkpointed();
      const path = join(folder, 'boards', board, 'board.snapshot');
      const bytes = await readFile(path);
      bytes[bytes.length - 3] = (bytes[bytes.length - 3] ?? 0) ^ 4;
      await writeFile(path, bytes);
    },
  },
];

let cut = { path: '', length: 0 };

/** Copies a part of the folder while the server may be at work: again if a temporary file is renamed meanwhile. */
async function copy(part: string): Promise<void> {
  for (;;) {
    try {
      return await cp(join(folder, part), join(`${folder}-backup`, part), { recursive: true });
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
    }
  }
}

async function putBack(part: string): Promise<void> {
  await rm(join(folder, part), { recursive: true });
  await cp(join(`${folder}-backup`, part), join(folder, part), { recursive: true });
  await rm(join(folder, 'lock'), { force: true });
}

/** After an orderly stop the journal's records are in the snapshot. */
async function checkpointed(): Promise<void> {
  const store = await openDiskStore({ folder, log: pino({ level: 'silent' }) });
  await store.checkpoint(room);
  await store.close();
}

async function lastSegment(): Promise<string> {
  const names = (await readdir(join(folder, 'journal'))).sort();
  return join(folder, 'journal', names.at(-1) ?? '');
}

const url = () => `ws://127.0.0.1:${house.port}/sync/${board}`;

async function comeBack(client: StockClient): Promise<void> {
  client.provider.serverUrl = url();
  client.provider.connect();
  await until(
    () => client.provider.synced,
    (check) => client.provider.on('sync', check),
  );
}

async function beatUntil(what: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await what())) {
    clock.advance(beatMs);
    // Long enough for a pong to each ping, so that the clock does not outrun the clients.
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const orders = [
  ['ana', 'ben', 'stan'],
  ['ben', 'stan', 'ana'],
  ['stan', 'ana', 'ben'],
  ['stan', 'ben', 'ana'],
] as const;

describe.each(ways)('if $name', ({ before, atEnd, after }) => {
  test.each(orders)(
    '%s reconnects first, then %s, then %s: everything is restored, and nobody is refused',
    async (...order) => {
      const ana = await new PageClient(url(), 'ana').synced();
      const ben = await new PageClient(url(), 'ben').synced();
      const stan = await new StockClient(url(), 'stan').synced();
      const people = { ana, ben, stan };
      try {
        addCard(ana.editor, cell, { text: 'old' });
        await agree(ana, ben, stan);
        await beatUntil(() => house.rooms.report()[0]?.unsaved === 0);
        await before();
        const card = addCard(ana.editor, cell, { text: 'Ana’s' });
        await agree(ana, ben, stan);
        writeText(ben.editor, cards, card, 'text', 'Ana’s and Ben’s');
        await agree(ana, ben, stan);
        addCard(stan.editor, cell, { text: 'Stan’s' });
        writeText(stan.editor, cards, card, 'text', 'Ana’s and Ben’s and Stan’s');
        await agree(ana, ben, stan);
        for (const page of [ana, ben]) page.forget('mark');
        clock.advance(markMs);
        await Promise.all([ana.told('mark'), ben.told('mark')]);
        for (const client of Object.values(people)) client.provider.disconnect();
        await atEnd?.();
        await house.close();
        await after();
        await start();

        for (const person of order) await comeBack(people[person]);
        await beatUntil(async () => {
          const { held } = await house.rooms.loss(board, 'board');
          return held.length === 0 && texts(await seen()).length === 3;
        });
        expect(texts(await seen())).toEqual(['Ana’s and Ben’s and Stan’s', 'Stan’s', 'old']);
        addCard(stan.editor, cell, { text: 'goes on' });
        addCard(ben.editor, cell, { text: 'goes on too' });
        await agree(ana, ben, stan);
        expect(texts(ana.doc)).toHaveLength(5);
        for (const client of Object.values(people)) expect(client.provider.wsconnected).toBe(true);
        expect(Object.values(house.rooms.counters.refusals).every((count) => count === 0)).toBe(true);
      } finally {
        for (const client of Object.values(people)) client.close();
      }
    },
  );
});

/** The state that a newcomer gets. */
async function seen(): Promise<Y.Doc> {
  const look = await house.raw('look');
  const doc = await look.state();
  look.close();
  return doc;
}
