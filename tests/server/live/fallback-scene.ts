import { afterEach, beforeEach } from 'vitest';
import type * as Y from 'yjs';
import { beatMs, markMs } from '../../../server/live/limits.ts';
import type { CellAt } from '../../../shared/collections/card.ts';
import { cards } from '../../../shared/collections/card.ts';
import { readAll } from '../../../shared/schema/read.ts';
import { FakeClock } from './fake-clock.ts';
import type { House } from './harness.ts';
import { board, openHouse, openHouseOn } from './harness.ts';
import { MemoryStore } from './memory-store.ts';
import { PageClient } from './page-client.ts';
import { StockClient } from './stock-client.ts';

/** A server that is reset to a backup while its clients stay. Each test has its own. */

export const cell: CellAt = { lane: 'lane', phase: 'phase', step: null };
export const texts = (doc: Y.Doc) =>
  readAll(doc, cards)
    .map(({ text }) => text)
    .sort();

export let house: House;
export let clock: FakeClock;
/** The journal's entries at the time of the backup, and the installation's secret. */
let backup: { entries: MemoryStore['journal']; secret: Uint8Array };

/** Sets up the scene for the tests of a file. */
export function setScene(): void {
  beforeEach(async () => {
    clock = new FakeClock();
    house = await openHouse({ clock });
    addMembers();
  });

  afterEach(async () => {
    for (const { client } of clients.splice(0)) {
      try {
        client.close();
      } catch {
        // Yjs has given a client a new id that its provider does not know.
      }
    }
    await house.close();
  });
}

export function addMembers(): void {
  for (const person of ['ana', 'ben', 'cara', 'dora', 'mallory']) house.membership(person);
  house.membership('fred', 'facilitator');
  house.membership('olga', 'observer');
}

export function backUp(): void {
  backup = { entries: [...house.store.journal], secret: house.store.secret };
}

/** Restores the backup: clients are disconnected, and come back to a server that knows less. */
export async function restoreBackup(isBehind = false): Promise<void> {
  await house.close();
  const store = new MemoryStore();
  store.secret = backup.secret;
  store.addBoard(board);
  for (const entry of backup.entries) await store.append(entry);
  store.isBehind = isBehind;
  clock = new FakeClock();
  house = await openHouseOn(store, { clock });
  addMembers();
  for (const client of clients) if (client.isBack) comeBack(client.client);
}

/** Clients that outlive the server, and whether they reconnect as soon as it runs again. */
const clients: { client: StockClient; isBack: boolean }[] = [];

function join<C extends StockClient>(Client: new (url: string, person: string) => C, person: string): C {
  const client = new Client(url(), person);
  clients.push({ client, isBack: true });
  return client;
}
export const page = (person: string) => join(PageClient, person).synced();
export const stock = (person: string) => join(StockClient, person).synced();

const url = () => `ws://127.0.0.1:${house.port}/sync/${board}`;

export function comeBack(client: StockClient): void {
  for (const one of clients) if (one.client === client) one.isBack = true;
  client.provider.serverUrl = url();
  client.provider.connect();
}

/** Ends the process, and starts another on the stored data. */
export async function restart(): Promise<void> {
  const { store } = house;
  await house.close();
  house = await openHouseOn(store.reopened(), { clock });
  addMembers();
}

/** The client stays away until it is reconnected by hand. */
export function goAway(client: StockClient): void {
  client.provider.disconnect();
  for (const one of clients) if (one.client === client) one.isBack = false;
}

/** Lets the server mark what is on disk, and waits until everybody has the mark. */
export async function marked(...pages: PageClient[]): Promise<void> {
  for (const one of pages) one.forget('mark');
  clock.advance(markMs);
  await Promise.all(pages.map((one) => one.told('mark')));
}

/** The state that a newcomer gets. */
export async function shown(): Promise<Y.Doc> {
  return (await house.raw('dora')).state();
}

/** Runs heartbeats until a condition holds. */
export async function beatUntil(what: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await what())) {
    clock.advance(beatMs);
    // Long enough for a pong to each ping, so that the clock does not outrun the clients.
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
