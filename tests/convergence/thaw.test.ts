import { afterEach, beforeEach, expect, test } from 'vitest';
import * as Y from 'yjs';
import { cards, addCard } from '../../shared/collections/card.ts';
import { readRecord } from '../../shared/schema/read.ts';
import { PlainEditor } from '../../shared/schema/editor.ts';
import { FakeClock } from '../server/live/fake-clock.ts';
import type { House } from '../server/live/harness.ts';
import { board, openHouse } from '../server/live/harness.ts';
import type { RawClient } from '../server/live/raw-client.ts';

const cell = { lane: 'doing', phase: 'arrive', step: null };

let house: House;
let clock: FakeClock;
let ana: RawClient;
let doc: Y.Doc;
let card: string;
/** The updates that Ana's page sends, in order. */
let sent: Uint8Array[];

/** Ana has a card on the board, and has sent everything. */
beforeEach(async () => {
  clock = new FakeClock();
  house = await openHouse({ clock });
  house.membership('ana');
  ana = await house.raw('ana', { control: true });
  doc = new Y.Doc();
  sent = [];
  doc.on('update', (update: Uint8Array) => sent.push(update));
  await ana.next('step1');
  ana.step2();
  card = addCard(new PlainEditor(doc, 'ana'), cell, { text: 'one' });
  for (const update of sent) ana.update(update);
  while ((await ana.told('saved')).frames <= sent.length);
});

afterEach(() => house.close());

/** Ana types; `sent` has the updates of her page. */
function type(words: string): Uint8Array {
  const text = doc.getMap<Y.Map<unknown>>(cards.name).get(card)?.get('text') as Y.Text;
  text.insert(text.length, words);
  return sent.at(-1) ?? new Uint8Array();
}

/** The server has processed everything sent before. */
async function isHeard(): Promise<void> {
  await ana.state();
}

async function stored(): Promise<string | undefined> {
  const whole = new Y.Doc();
  const { snapshot, updates } = await house.store.load(`${board}/board`);
  for (const update of [snapshot, ...updates]) if (update) Y.applyUpdate(whole, update);
  return readRecord(whole, cards, card)?.text;
}

/** Document frames that Ana's page has sent: the first step 2, each update, and the step 2 that the server requests. */
const framesSent = () => 1 + sent.length + 1;

/**
 * Waits until the server acknowledges all frames. An update that waited for the lost one may need one more commit, so
 * the frames before it can be acknowledged first: what was lost is on disk by then.
 */
async function allSaved(): Promise<void> {
  for (;;) {
    const { frames } = await ana.told('saved');
    expect(await stored()).toContain(', two');
    if (frames === framesSent()) return;
    expect(frames).toBeLessThan(framesSent());
  }
}

test('R4 edits made during a thaw are held until the edits made while frozen have arrived', async () => {
  house.rooms.freeze(board, true);
  ana.update(type(', two'));
  await isHeard();
  house.rooms.freeze(board, false);
  // Sent before the server requests it.
  ana.update(type(', three'));
  await isHeard();
  expect(ana.heard.filter(({ kind }) => kind === 'denied')).toEqual([]);
  ana.step2(Y.encodeStateAsUpdate(doc));
  await allSaved();
  expect(await stored()).toBe('one, two, three');
});

test('D5 edits made while the disk recovers are held until the edits lost with it have arrived', async () => {
  house.store.fail(new Error('no space left'));
  ana.update(type(', two'));
  await ana.told('read-only');
  house.store.fail(null);
  await isHeard();
  clock.advance(4_000);
  ana.update(type(', three'));
  await isHeard();
  expect(ana.heard.filter(({ kind }) => kind === 'denied')).toEqual([]);
  ana.step2(Y.encodeStateAsUpdate(doc));
  await allSaved();
  expect(await stored()).toBe('one, two, three');
});

test('D3 a deletion that depends on nothing lost does not acknowledge the lost edits before it', async () => {
  house.rooms.freeze(board, true);
  ana.update(type(', two'));
  await isHeard();
  house.rooms.freeze(board, false);
  const text = doc.getMap<Y.Map<unknown>>(cards.name).get(card)?.get('text') as Y.Text;
  text.delete(0, 1);
  ana.update(sent.at(-1) ?? new Uint8Array());
  await isHeard();
  expect(await stored()).toBe('ne');
  expect(ana.heard.filter((one) => one.kind === 'control' && one.control.kind === 'saved')).toEqual([]);
  ana.step2(Y.encodeStateAsUpdate(doc));
  await allSaved();
  expect(await stored()).toBe('ne, two');
});
