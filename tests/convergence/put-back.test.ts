import { afterEach, expect, test } from 'vitest';
import * as Y from 'yjs';
import { openRoots } from '../../shared/documents.ts';
import { changedPolicy, idlePolicies, policyPowers, presets } from '../../shared/session/policy.ts';
import type { House } from '../server/live/harness.ts';
import { board, openHouseOn } from '../server/live/harness.ts';
import { MemoryStore } from '../server/live/memory-store.ts';
import { PageClient } from '../server/live/page-client.ts';
import { seeded } from '../server/live/random-yjs.ts';
import type { StockClient } from '../server/live/stock-client.ts';
import { reading } from '../server/live/stock-client.ts';
import { Hands } from './hands.ts';

const names = ['fia', 'ana', 'ben', 'cleo', 'dan'];
const rounds = 12;
const stepsEach = 20;

let house: House;
const crowd: Seat[] = [];

afterEach(async () => {
  for (const seat of crowd.splice(0)) seat.close();
  await house.close();
});

/** A person who opens another page when the server says that the document must be made anew, or closes the socket. */
class Seat {
  client: StockClient;
  hands: Hands;
  putBacks = 0;
  refusals = 0;
  readonly #person: string;
  readonly #random: () => number;

  constructor(person: string, random: () => number) {
    this.#person = person;
    this.#random = random;
    [this.client, this.hands] = this.#open();
  }

  act(): void {
    // Several commands in one transaction come as one update.
    const count = this.#random() < 0.2 ? 3 : 1;
    this.client.doc.transact(() => {
      for (let i = 0; i < count; i++) this.hands.act();
    });
  }

  cut(): void {
    this.client.provider.disconnect();
    this.client.provider.connect();
  }

  /** Opens another page if the present one must not go on. */
  settle(): void {
    const { client } = this;
    if (!(client instanceof PageClient)) return;
    const putBacks = client.heard.filter((one) => one.kind === 'put-back');
    this.putBacks += putBacks.length;
    client.forget('put-back');
    if (putBacks.some(({ anew }) => anew)) this.#renew();
  }

  close(): void {
    this.client.close();
  }

  #renew(): void {
    this.client.close();
    [this.client, this.hands] = this.#open();
  }

  #open(): [StockClient, Hands] {
    // Dan has a stock client.
    const client =
      this.#person === 'dan'
        ? house.stock('dan')
        : new PageClient(`ws://127.0.0.1:${house.port}/sync/${board}`, this.#person, true);
    client.provider.on('closed', () => {
      if (this.client !== client) return;
      this.refusals++;
      this.#renew();
    });
    // Ben also tries what only facilitators may.
    const isFacilitator = this.#person === 'fia' || this.#person === 'ben';
    return [client, new Hands(client.editor, isFacilitator, this.#random)];
  }
}

test.each([1, 2, 3, 4])(
  'G34 G35 all peers and the disk agree under policies that change at random, with seed %i',
  { timeout: 60_000 },
  async (seed) => {
    const random = seeded(seed);
    const store = new MemoryStore();
    store.addBoard(board);
    house = await openHouseOn(store);
    for (const name of names) house.membership(name, name === 'fia' ? 'facilitator' : 'participant');
    for (const name of names) crowd.push(new Seat(name, random));
    const isSynced = () => crowd.every(({ client }) => client.provider.synced);
    await expect.poll(isSynced).toBe(true);

    const policies = [...Object.values(idlePolicies), ...Object.values(presets)];
    const govern = () => {
      const base = policies[Math.floor(random() * policies.length)] ?? idlePolicies.everything;
      const power = policyPowers[Math.floor(random() * policyPowers.length)] ?? 'add';
      const policy = changedPolicy(base, { [power]: random() < 0.5 });
      const roles = random() < 0.2 ? { ana: random() < 0.5 ? 'observer' : 'facilitator' } : {};
      house.rooms.govern(
        board,
        { policy, roles } as Parameters<typeof house.rooms.govern>[1],
        random() < 0.7,
      );
    };
    for (let round = 0; round < rounds; round++) {
      govern();
      for (let step = 0; step < stepsEach; step++) {
        const seat = crowd[Math.floor(random() * crowd.length)];
        seat?.act();
        if (random() < 0.05) seat?.cut();
        if (random() < 0.3) await new Promise((resolve) => setImmediate(resolve));
      }
      await expect.poll(isSynced).toBe(true);
      for (const seat of crowd) seat.settle();
    }

    house.rooms.govern(board, { policy: idlePolicies.everything, roles: {} }, true);
    await expect
      .poll(
        () => {
          for (const seat of crowd) seat.settle();
          return isSynced() && new Set(crowd.map(({ client }) => client.state)).size;
        },
        { timeout: 20_000 },
      )
      .toBe(1);
    for (const { client } of crowd) {
      expect(client.doc.store.pendingStructs).toBe(null);
      expect(client.doc.store.pendingDs).toBe(null);
    }
    const { snapshot, updates } = await store.load(`${board}/board`);
    const stored = new Y.Doc();
    openRoots(stored);
    for (const update of [...(snapshot ? [snapshot] : []), ...updates]) Y.applyUpdate(stored, update);
    expect(stored.store.pendingStructs ?? stored.store.pendingDs).toBe(null);
    expect(reading(stored)).toBe(crowd[0]?.client.state);
    expect(crowd.reduce((sum, { putBacks }) => sum + putBacks, 0)).toBeGreaterThan(10);
  },
);
