import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { addCard, cards, moveCards } from '../../shared/collections/card.ts';
import { readAll, textOf } from '../../shared/schema/read.ts';
import { writeText } from '../../shared/schema/text-splice.ts';
import type { PolicyChange } from '../../shared/session/policy.ts';
import { changedPolicy, idlePolicies } from '../../shared/session/policy.ts';
import { closeCode } from '../../shared/wire/protocol.ts';
import type { House } from '../server/live/harness.ts';
import { board, openHouse } from '../server/live/harness.ts';
import type { StockClient } from '../server/live/stock-client.ts';
import { mergePutBacks } from '../../client/model/sync/put-back.ts';
import type { Touched } from '../../client/model/sync/touched.ts';
import { looseText } from '../../client/model/sync/touched.ts';
import { FakeDevice } from './fake-indexeddb.ts';
import { Page } from './page.svelte.ts';

const cell = { lane: 'doing', phase: 'arrive', step: null };
const elsewhere = { ...cell, lane: 'other' };

vi.setConfig({ testTimeout: 20_000 });

let house: House;
const pages: Page[] = [];
let ana: StockClient;
let ben: Page;
/** Ana's card. */
let hers: string;

beforeEach(async () => {
  new FakeDevice().use();
  house = await openHouse();
  for (const person of ['ana', 'ben']) house.membership(person);
  house.membership('lea', 'facilitator');
  ana = await house.stock('ana').synced();
  hers = addCard(ana.editor, cell, { text: 'hers' });
  ben = await opened();
  await vi.waitFor(() => expect(ben.now.of(cards).get(hers)?.text).toBe('hers'));
});

afterEach(async () => {
  for (const page of pages.splice(0)) page.close();
  await house.close();
  vi.unstubAllGlobals();
});

async function opened(): Promise<Page> {
  const page = new Page(house, 'ben');
  pages.push(page);
  await vi.waitFor(() => expect(page.now.connection.unsaved).toBe(false));
  return page;
}

const govern = (change: PolicyChange) =>
  house.rooms.govern(board, { policy: changedPolicy(idlePolicies.everything, change), roles: {} }, true);

/** The cards that somebody sees who joins now: lane and text. */
async function onBoard(): Promise<string[]> {
  const lea = await house.stock('lea').synced();
  const seen = readAll(lea.doc, cards).map(({ place, text }) => `${place.lane}: ${text}`);
  lea.close();
  return seen.toSorted();
}

test('C9 what is taken out is kept with its text, and the page goes on with its document', async () => {
  const { now } = ben;
  govern({ add: false });
  const card = addCard(now.editor, cell, { text: 'not now' });
  await vi.waitFor(() => expect(ben.lost).toEqual([['not-now', 'not now']]));
  await vi.waitFor(() => expect(now.of(cards).get(card)).toBe(null));
  expect(ben.now).toBe(now);
  expect(ben.kept.losses).toMatchObject([{ isPutBack: true, file: null }]);
  expect(ben.endings).toEqual([]);
  writeText(now.editor, cards, hers, 'text', 'hers, and his');
  await ana.sees(() => readAll(ana.doc, cards)[0]?.text === 'hers, and his');
  await vi.waitFor(() => expect(now.connection.unsaved).toBe(false));
  expect(await onBoard()).toEqual(['doing: hers, and his']);

  // It is on the device too.
  await vi.waitFor(() => expect(ben.kept.isVolatile).toBe(false));
  ben.close();
  pages.splice(0);
  const again = await opened();
  await vi.waitFor(() => expect(again.lost).toEqual([['not-now', 'not now']]));
});

test('C9 letters that are put back one by one are one loss, with the text as it was last', async () => {
  govern({ editOthers: false });
  for (const text of ['hers a', 'hers ab', 'hers abc']) writeText(ben.now.editor, cards, hers, 'text', text);
  await vi.waitFor(() => expect(ben.lost).toEqual([['not-yours', 'hers abc']]));
  await vi.waitFor(() => expect(ben.now.of(cards).get(hers)?.text).toBe('hers'));
  expect(ben.endings).toEqual([]);
  expect(await onBoard()).toEqual(['doing: hers']);
});

test('C9 what is emptied ends the document of the page, and the board opens again', async () => {
  govern({ moveOthers: false });
  moveCards(ben.now.editor, [hers], elsewhere);
  await vi.waitFor(() => expect(ben.endings).toEqual([{ kind: 'refused', reason: 'not-yours' }]));
  await vi.waitFor(() => expect(ben.now.of(cards).get(hers)?.place.lane).toBe('doing'));
  expect(ben.lost).toHaveLength(1);
  govern({});
  moveCards(ben.now.editor, [hers], elsewhere);
  await ana.sees(() => readAll(ana.doc, cards)[0]?.place.lane === 'other');
});

test('C9 a text that is put back letter by letter, while its writer types on, is kept whole', () => {
  const touched = (text: string): Touched => ({ ...looseText(text), of: 'cards', id: 'a' });
  const merged = (...texts: string[]) =>
    texts.reduce<readonly Touched[]>((all, text) => mergePutBacks(all, [touched(text)]), [])[0]
      ?.texts[0]?.[1];
  expect(merged('hers abc', 'hersbc', 'hersc')).toBe('hers abc');
  expect(merged('hers a', 'hers ab')).toBe('hers ab');
  expect(merged('hers abc', 'hers d')).toBe('hers abc\nhers d');
  expect(merged('hers abc', 'hers d', 'hers')).toBe('hers abc\nhers d');
});

/** Ben moves Ana's card, and the server puts it back without Ben hearing of it. */
async function moveUnheard(): Promise<void> {
  govern({ moveOthers: false });
  house.store.hold();
  moveCards(ben.now.editor, [hers], elsewhere);
  await vi.waitFor(() => expect(house.rooms.counters.refusals['not-yours']).toBe(1));
}

test('C9 a page that did not hear of it hears it after a break; the card keeps its place', async () => {
  await moveUnheard();
  house.rooms.dismiss(board, ({ person }) => person === 'ben', closeCode.restart, 'restart');
  govern({});
  house.store.release();
  await vi.waitFor(() => expect(ben.endings).toEqual([{ kind: 'refused', reason: 'not-yours' }]), 5_000);
  await vi.waitFor(() => expect(ben.now.of(cards).get(hers)?.place.lane).toBe('doing'));
  expect(await onBoard()).toEqual(['doing: hers']);
});

test('C9 the next page does not send what it finds on the device of it; the card keeps its place', async () => {
  await moveUnheard();
  await vi.waitFor(async () => expect((await ben.kept.rows.read()).length).toBe(1));
  ben.close();
  pages.splice(0);
  house.store.release();
  govern({});
  const again = await opened();
  await vi.waitFor(() => expect(again.lost).toHaveLength(1));
  expect(again.now.of(cards).get(hers)?.place.lane).toBe('doing');
  expect(await onBoard()).toEqual(['doing: hers']);
  textOf(ana.doc, cards, hers, 'text')?.insert(0, 'still ');
  await vi.waitFor(() => expect(again.now.of(cards).get(hers)?.text).toBe('still hers'));
});
