import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, onTestFailed, test } from 'vitest';
import * as Y from 'yjs';
import type { Store } from '../../server/store/contract.ts';
import { openDiskStore } from '../../server/store/disk/disk-store.ts';
import { openRoots } from '../../shared/documents.ts';
import { readAll } from '../../shared/schema/read.ts';
import { ideas } from '../../shared/collections/idea.ts';
import { closeCode } from '../../shared/wire/protocol.ts';
import type { Role } from '../../shared/roles.ts';
import { FakeClock } from '../server/live/fake-clock.ts';
import type { House } from '../server/live/harness.ts';
import { openHouseOn } from '../server/live/harness.ts';
import { seeded } from '../server/live/random-yjs.ts';
import { reading } from '../server/live/stock-client.ts';
import { contraband, CrowdPerson } from './crowd-person.ts';
import { RoughNet } from './rough-net.ts';
import { UnsteadyStore } from './unsteady-store.ts';

/** Seeds that once failed, each for a different bug; run every time. */
const keptSeeds = [
  // An edit typed while the document thawed, or the disk recovered, was refused because the earlier ones were missing.
  5_001,
];
const seeds = process.env.SEED
  ? [Number(process.env.SEED)]
  : [...keptSeeds, ...Array.from({ length: 30 }, (_, i) => 5_010 + i)];
const stepsEach = 40;
const people: [string, Role][] = [
  ['fia', 'facilitator'],
  ['ana', 'participant'],
  ['ben', 'participant'],
  ['cleo', 'participant'],
  ['olga', 'observer'],
];
/** A port without a listener. */
const nowhere = 0;
const log = pino({ level: 'silent' });

let folder: string;
let disk: Store;
/** The final state of everybody, by board; the reopened disk must have the same. */
const agreed = new Map<string, string>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'resa-crowd-'));
  disk = await openDiskStore({ folder, log });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** A board with its people, and everything that may happen to both. */
class Crowd {
  readonly people: CrowdPerson[] = [];
  readonly #board: string;
  readonly #random: () => number;
  readonly #store: UnsteadyStore;
  readonly #clock = new FakeClock();
  #house: House<UnsteadyStore> | null = null;
  #isFrozen = false;

  constructor(board: string, random: () => number) {
    this.#board = board;
    this.#random = random;
    this.#store = new UnsteadyStore(disk, random);
  }

  get room(): string {
    return `${this.#board}/board`;
  }

  async open(): Promise<void> {
    const house = await this.#openHouse();
    for (const [name, role] of people) {
      house.membership(name, role, { board: this.#board });
      const net = await RoughNet.open(house.port, this.#random);
      const isOnDisk = (update: Uint8Array) => this.#store.has(this.room, update);
      this.people.push(new CrowdPerson({ name, board: this.#board, role, net }, this.#random, isOnDisk));
    }
  }

  /** Causes a random fault, for one person or for all. */
  async trouble(): Promise<void> {
    const troubles: (() => unknown)[] = [
      () => this.#one(this.people)?.getIntoTrouble(),
      () => this.#one(this.people)?.getIntoTrouble(),
      () => this.#one(this.people)?.comeBack(),
      () => this.#one(this.people)?.comeBack(),
      () => this.#one(this.people)?.smuggle(),
      () => this.#changeRole(),
      () => this.#freeze(!this.#isFrozen),
      () => this.#store.fail(),
      () => this.#heal(),
      () => this.#heal(),
      () => this.#store.blip(this.#random() < 0.5 ? 'lost' : 'unsure'),
      () => this.#house?.rooms.checkpoint(this.room),
      () => this.#clock.advance(this.#random() * 6_000),
    ];
    if (this.#random() < 0.04) await this.#restart();
    else this.#one(troubles)?.();
  }

  pass(ms: number): void {
    this.#clock.advance(ms);
  }

  /** Ends all faults, and reconnects everybody. */
  calm(): void {
    for (const person of this.people) {
      person.net.isRough = false;
      person.comeBack();
    }
    this.#heal();
    this.#freeze(false);
  }

  /**
   * True if all have everything, and it is on disk. An edit that is still being sent, or kept by a person who is not
   * back yet, is missing for the others.
   */
  get isAgreed(): boolean {
    const [first] = this.people;
    if (!first || !this.people.every((one) => one.isSynced && one.vector === first.vector)) return false;
    return (
      this.people.every(({ state }) => state === first.state) &&
      this.#store.has(this.room, Y.encodeStateAsUpdate(first.doc)) &&
      readAll(first.doc, ideas).every(({ number }) => number > 0)
    );
  }

  async close(): Promise<void> {
    await this.#closeHouse();
    for (const person of this.people) person.close();
  }

  /** Restarts the live server on the stored data. */
  async #restart(): Promise<void> {
    await this.#closeHouse();
    await this.#store.reopen();
    const house = await this.#openHouse();
    for (const { name, role, net } of this.people) {
      house.membership(name, role, { board: this.#board });
      net.target = house.port;
    }
    // As its record would say.
    house.rooms.freeze(this.#board, this.#isFrozen);
  }

  /** Sends a close frame to all sockets and then cuts them off, as when a process ends. */
  async #closeHouse(): Promise<void> {
    await this.#passUntil(this.#house?.rooms.close());
    for (const { net } of this.people) {
      net.target = nowhere;
      net.break(false);
    }
    await this.#passUntil(this.#house?.close());
  }

  /** Advances time until something is done: the last commits wait for their tick on this clock. */
  async #passUntil(done: Promise<void> | undefined): Promise<void> {
    const state = { isDone: false };
    void done?.finally(() => (state.isDone = true));
    while (!state.isDone) {
      await turn();
      this.#clock.advance(1);
    }
    await done;
  }

  async #openHouse(): Promise<House<UnsteadyStore>> {
    this.#house = await openHouseOn(this.#store, { clock: this.#clock });
    return this.#house;
  }

  #changeRole(): void {
    const person = this.#one(this.people);
    const role = this.#one(['facilitator', 'participant', 'observer'] as const);
    if (!person || !role || person.role === role) return;
    this.#house?.membership(person.name, role, { board: this.#board });
    this.#house?.rooms.dismiss(
      this.#board,
      (membership) => membership.person === person.name,
      closeCode.ticket,
      'link-revoked',
    );
    person.become(role);
  }

  #freeze(isFrozen: boolean): void {
    this.#isFrozen = isFrozen;
    this.#house?.rooms.freeze(this.#board, isFrozen);
  }

  /** The room checks on each heartbeat whether the disk works again. */
  #heal(): void {
    this.#store.heal();
    this.#clock.advance(4_000);
  }

  #one<T>(of: readonly T[]): T | undefined {
    return of[Math.floor(this.#random() * of.length)];
  }
}

describe('a crowd on a rough network, with server restarts and disk failures, agrees in the end', () => {
  test.each(seeds)('D2 D3 D5 G17 R4 seed %i', async (seed) => {
    onTestFailed(() => console.error(`SEED=${seed} runs this again`));
    const random = seeded(seed);
    const board = `crowd${seed}`;
    await disk.createBoard(newBoard(board), Y.encodeStateAsUpdate(new Y.Doc()));
    const crowd = new Crowd(board, random);
    await crowd.open();
    for (let step = 0; step < stepsEach * people.length; step++) {
      crowd.people[Math.floor(random() * crowd.people.length)]?.act();
      if (random() < 0.12) await crowd.trouble();
      if (random() < 0.6) await turn();
      if (random() < 0.1) crowd.pass(random() * 100);
    }
    crowd.calm();
    while (!crowd.isAgreed && crowd.people.every(({ wrongs }) => wrongs.length === 0)) {
      await turn();
      // Presence, pauses of senders and checks of the disk use this clock.
      crowd.pass(20);
    }

    expect(crowd.people.flatMap(({ wrongs }) => wrongs)).toEqual([]);
    const [first] = crowd.people;
    // The server's own last edits may be on disk a moment before everybody has them.
    for (let tries = 0; tries < 200; tries++) {
      if (reading(await docOnDisk(disk, crowd.room)) === first?.state) break;
      await turn();
      crowd.pass(20);
    }
    const state = first?.state ?? '';
    expect(state).not.toContain(contraband);
    const numbers = readAll(first?.doc ?? new Y.Doc(), ideas).map((idea) => idea.number);
    expect(new Set(numbers).size).toBe(numbers.length);
    const onDisk = await docOnDisk(disk, crowd.room);
    expect(reading(onDisk)).toBe(state);
    const acknowledged = crowd.people.flatMap((one) => one.acknowledged);
    expect(acknowledged.length).toBeGreaterThan(0);
    expect(acknowledged.filter((update) => !isIn(onDisk, update))).toEqual([]);
    agreed.set(board, state);
    await crowd.close();
  });

  test('and the reopened disk agrees with them', async () => {
    await disk.close();
    const store = await openDiskStore({ folder, log });
    expect(agreed.size).toBe(seeds.length);
    for (const [board, state] of agreed)
      expect(reading(await docOnDisk(store, `${board}/board`)), board).toBe(state);
    await store.close();
  });
});

function newBoard(id: string) {
  const fixed = { template: 'journey', language: 'en', start: 'map', createdAt: 0, links: [] } as const;
  return { ...fixed, id, title: id, generation: 1, frozen: false };
}

async function docOnDisk(store: Store, room: string): Promise<Y.Doc> {
  const { snapshot, updates } = await store.load(room);
  const doc = new Y.Doc();
  openRoots(doc);
  for (const update of [snapshot, ...updates]) if (update) Y.applyUpdate(doc, update);
  return doc;
}

/** True if a document has everything that an update adds, and has deleted everything that it deletes. */
function isIn(doc: Y.Doc, update: Uint8Array): boolean {
  const { structs, ds } = Y.decodeUpdate(update);
  const deleted = Y.createDeleteSetFromStructStore(doc.store);
  return (
    structs.every(({ id, length }) => id.clock + length <= Y.getState(doc.store, id.client)) &&
    [...ds.clients].every(([client, ranges]) =>
      ranges.every(({ clock, len }) =>
        Array.from({ length: len }, (_, i) => Y.createID(client, clock + i)).every((id) =>
          Y.isDeleted(deleted, id),
        ),
      ),
    )
  );
}
