import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { addCard, cards, moveCards, removeCards } from '../../../shared/collections/card.ts';
import { markEmotion } from '../../../shared/collections/emotion.ts';
import { addLane } from '../../../shared/collections/lane.ts';
import { openRoots } from '../../../shared/documents.ts';
import { buildRecord } from '../../../shared/schema/collection.ts';
import { readAll, rootOf, storedRecord, textOf } from '../../../shared/schema/read.ts';
import { maxCardText } from '../../../shared/limits.ts';
import type { PolicyChange } from '../../../shared/session/policy.ts';
import { changedPolicy, idlePolicies, presets } from '../../../shared/session/policy.ts';
import type { Control } from '../../../shared/wire/protocol.ts';
import { closeCode } from '../../../shared/wire/protocol.ts';
import { putBacksPerDay, putBacksPerMinute } from '../../../server/live/limits.ts';
import { PutBackLimits } from '../../../server/live/room/put-back-limits.ts';
import { FakeClock } from './fake-clock.ts';
import type { House } from './harness.ts';
import { board, openHouse } from './harness.ts';
import { PageClient } from './page-client.ts';
import { reading } from './stock-client.ts';

const cell = { lane: 'lane', phase: 'phase', step: null };
const elsewhere = { ...cell, lane: 'other' };

let house: House;
const pages: PageClient[] = [];
let ana: PageClient;
let ben: PageClient;
/** Ana's card. */
let hers: string;

beforeEach(async () => {
  house = await openHouse();
  house.membership('fia', 'facilitator');
  house.membership('ana');
  house.membership('ben');
  ana = await page('ana');
  ben = await page('ben');
  hers = addCard(ana.editor, cell, { text: 'hers' });
  await ben.sees(() => texts(ben.doc).length === 1);
});

afterEach(async () => {
  for (const one of pages.splice(0)) one.close();
  await house.close();
});

async function page(person: string, takesPutBacks = true): Promise<PageClient> {
  const client = new PageClient(`ws://127.0.0.1:${house.port}/sync/${board}`, person, takesPutBacks);
  pages.push(client);
  return client.synced();
}

const isPutBack = ({ control }: { control: Control }) => control.kind === 'put-back';

const texts = (doc: Y.Doc) =>
  readAll(doc, cards)
    .map(({ text }) => text)
    .toSorted();

const govern = (change: PolicyChange, roles = {}) =>
  house.rooms.govern(board, { policy: changedPolicy(idlePolicies.everything, change), roles }, true);

/** The document as the disk has it. */
async function stored(): Promise<Y.Doc> {
  const { snapshot, updates } = await house.store.load(`${board}/board`);
  const doc = new Y.Doc();
  openRoots(doc);
  for (const update of [...(snapshot ? [snapshot] : []), ...updates]) Y.applyUpdate(doc, update);
  expect(doc.store.pendingStructs).toBe(null);
  expect(doc.store.pendingDs).toBe(null);
  return doc;
}

/** Ana and the disk agree with a page that has just opened. */
async function expectAgreement(): Promise<void> {
  const fresh = await page('fia');
  await expect.poll(() => ana.state).toBe(fresh.state);
  expect(reading(await stored())).toBe(fresh.state);
}

describe('an update that is taken out', () => {
  test('G24 G34 a new card disappears from its author’s page too; socket, document and later edits stay', async () => {
    govern({ add: false });
    const card = addCard(ben.editor, cell, { text: 'not now' });
    expect(await ben.told('put-back')).toMatchObject({
      reason: 'not-now',
      rule: 'G24',
      anew: false,
      places: [{ collection: 'cards', record: card, field: '' }],
    });
    await ben.sees(() => storedRecord(ben.doc, cards, card) === null);
    textOf(ben.doc, cards, hers, 'text')?.insert(0, 'still ');
    await ana.sees(() => texts(ana.doc)[0] === 'still hers');
    expect(storedRecord(ana.doc, cards, card)).toBe(null);
    expect(ben.heard.filter(({ kind }) => kind === 'put-back')).toEqual([]);
    await ben.told('saved', ({ frames }) => frames >= 4);
    await expect.poll(() => ben.state).toBe(ana.state);
    await expectAgreement();
    const bytes = house.store.journal.map(({ update }) => Buffer.from(update).toString('latin1')).join('');
    expect(bytes).toContain('still');
    expect(bytes).not.toContain('not now');
  });

  test('G25 letters in another’s text go, and what others type beside them stays', async () => {
    govern({ editOthers: false });
    textOf(ben.doc, cards, hers, 'text')?.insert(2, 'xyz');
    textOf(ana.doc, cards, hers, 'text')?.insert(2, '-');
    expect(await ben.told('put-back')).toMatchObject({
      reason: 'not-yours',
      rule: 'G25',
      anew: false,
      places: [{ collection: 'cards', record: hers, field: 'text' }],
    });
    await ben.sees(() => texts(ben.doc)[0] === 'he-rs');
    govern({});
    textOf(ben.doc, cards, hers, 'text')?.insert(0, 'all ');
    await ana.sees(() => texts(ana.doc)[0] === 'all he-rs');
    await expectAgreement();
  });

  test('G35 what is written into a card that was taken out, before its author knew, comes to nothing', async () => {
    govern({ add: false, editOthers: false });
    const fresh = await page('ben');
    const card = addCard(fresh.editor, cell, { text: 'not now' });
    for (const letter of 'more') textOf(fresh.doc, cards, card, 'text')?.insert(0, letter);
    moveCards(fresh.editor, [card], elsewhere);
    expect(await fresh.told('put-back')).toMatchObject({ anew: false });
    await fresh.told('saved', ({ frames }) => frames >= 8);
    expect(fresh.heard.filter(({ kind }) => kind === 'put-back')).toEqual([]);
    govern({});
    textOf(fresh.doc, cards, hers, 'text')?.insert(0, 'on ');
    await ana.sees(() => texts(ana.doc)[0] === 'on hers');
    await expectAgreement();
  });

  test('G30 a page whose person has become an observer hears it, and G7 is the rule', async () => {
    govern({}, { ben: 'observer' });
    addCard(ben.editor, cell, { text: 'under way' });
    expect(await ben.told('put-back')).toMatchObject({ reason: 'role', rule: 'G7', anew: false });
    await ben.sees(() => texts(ben.doc).length === 1);
    await expectAgreement();
  });
});

describe('an update that is emptied', () => {
  test.each<[string, string, (page: PageClient) => unknown]>([
    ['G25', 'not-yours', ({ doc }) => textOf(doc, cards, hers, 'text')?.delete(0, 2)],
    ['G25', 'not-yours', ({ doc }) => storedRecord(doc, cards, hers)?.set('mode', 'online')],
    ['G26', 'not-yours', ({ editor }) => moveCards(editor, [hers], elsewhere)],
    ['G27', 'not-yours', ({ editor }) => removeCards(editor, [hers])],
    [
      'G28',
      'not-now',
      ({ editor }) => markEmotion(editor, { persona: 'p', phase: 'q', emotion: 'calm' }, 'present'),
    ],
  ])(
    '%s nothing of it is seen by others, and its author must make the document anew',
    async (rule, reason, edit) => {
      govern({ editOthers: false, moveOthers: false, removeOthers: false, mark: false });
      const before = ana.state;
      edit(ben);
      expect(await ben.told('put-back')).toMatchObject({ rule, reason, anew: true });
      await ben.told('saved', ({ frames }) => frames >= 2);
      expect(ana.state).toBe(before);
      await expectAgreement();
      // Another page of the same person works on.
      const again = await page('ben');
      addCard(again.editor, cell, { text: 'his' });
      await ana.sees(() => texts(ana.doc).includes('his'));
    },
  );

  test('G7 a participant’s lane is put back', async () => {
    const lane = { type: 'text', group: 'customer', title: 'mine' } as const;
    addLane(ben.editor, lane, { after: null, before: null });
    expect(await ben.told('put-back')).toMatchObject({ reason: 'role', rule: 'G7' });
    await expectAgreement();
  });

  test('G16 a text that is too long', async () => {
    textOf(ben.doc, cards, hers, 'text')?.insert(0, 'x'.repeat(2 * maxCardText));
    expect(await ben.told('put-back')).toMatchObject({ rule: 'G16', reason: 'too-long', anew: true });
    await expectAgreement();
  });

  test('G20 G21 what a full board, or the allowance of the day, does not take', async () => {
    await house.close();
    const all = { clients: 50, records: 50, keys: 50, bytes: 50_000 };
    const leads = { person: 100, board: 100 };
    const table = { person: all, leads, newcomers: 50, renamings: { person: 5, role: 5 } };
    house = await openHouse({
      maxDocumentBytes: 7_000,
      allowances: { ...table, board: { ...all, records: 1 } },
    });
    house.membership('ben');
    house.membership('fia', 'facilitator');
    const client = await page('ben');
    const card = addCard(client.editor, cell, { text: 'one' });
    await client.told('saved', ({ frames }) => frames >= 3);
    addCard(client.editor, cell, { text: 'two' });
    const told = await client.told('put-back');
    expect(told).toMatchObject({ rule: 'G21', reason: 'allowance', anew: true, of: 'records', limit: 1 });
    const fia = await page('fia');
    const letters = () => textOf(fia.doc, cards, card, 'text')?.insert(0, 'x'.repeat(3_500));
    for (let i = 0; i < 2; i++) letters();
    await fia.told('saved', ({ frames }) => frames >= 3);
    const again = await page('ben');
    storedRecord(again.doc, cards, card)?.set('mode', 'online');
    expect(await again.told('put-back')).toMatchObject({
      rule: 'G20',
      reason: 'document-full',
      anew: true,
    });
  });

  test('G35 what rests on it is put back with the same reason, and what it deletes stays', async () => {
    const card = addCard(ana.editor, cell, { text: 'second' });
    await ben.sees(() => texts(ben.doc).length === 2);
    govern({ moveOthers: false });
    moveCards(ben.editor, [hers], elsewhere);
    expect(await ben.told('put-back')).toMatchObject({ rule: 'G26' });
    govern({});
    ben.doc.transact(() => {
      moveCards(ben.editor, [hers], { ...elsewhere, phase: 'later' });
      removeCards(ben.editor, [card]);
    });
    expect(await ben.told('put-back')).toMatchObject({ rule: 'G35', reason: 'not-yours', anew: true });
    await ben.told('saved', ({ frames }) => frames >= 3);
    expect(readAll(ana.doc, cards).map(({ place }) => place.lane)).toEqual(['lane', 'lane']);
    await expectAgreement();
  });

  test('G35 the same frame sent again, after a break and a restart, is told again', async () => {
    govern({ moveOthers: false });
    const frames: Uint8Array[] = [];
    ben.doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== ben.provider) frames.push(update);
    });
    moveCards(ben.editor, [hers], elsewhere);
    await ben.told('put-back');
    govern({});
    const raw = await house.raw('ben', { control: true, putBack: true });
    raw.update(frames[0] ?? new Uint8Array());
    const { control } = await raw.next('control', isPutBack);
    expect(control).toMatchObject({ kind: 'put-back', rule: 'G35', reason: 'not-yours', anew: true });
    ben.close();
    await house.rooms.evict(board, closeCode.restart, 'restart');
    const later = await house.raw('ben', { control: true, putBack: true });
    later.update(frames[0] ?? new Uint8Array());
    const { control: again } = await later.next('control', isPutBack);
    expect(again).toMatchObject({ kind: 'put-back', rule: 'G35', reason: 'not-now', anew: true });
    await expectAgreement();
  });

  test('G35 the state of a document that must be made anew is not taken: it bears deletes without what replaced them', async () => {
    govern({ moveOthers: false });
    const raw = await house.raw('ben', { control: true, putBack: true });
    const doc = new Y.Doc();
    openRoots(doc);
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(ben.doc));
    const before = Y.encodeStateVector(doc);
    storedRecord(doc, cards, hers)?.set('place', { ...elsewhere, order: 'a0' });
    raw.update(Y.encodeStateAsUpdate(doc, before));
    await raw.next('control', isPutBack);
    govern({});
    raw.step2(Y.encodeStateAsUpdate(doc, Y.encodeStateVector(doc)));
    const { control } = await raw.next('control', isPutBack);
    expect(control).toMatchObject({ rule: 'G35' });
    expect(readAll(ana.doc, cards)[0]?.place.lane).toBe('lane');
    await expectAgreement();
  });
});

describe('what still closes the socket', () => {
  test('G34 a client that does not ask for put-backs, with the reason', async () => {
    govern({ moveOthers: false });
    const old = await page('ben', false);
    const ended = old.ended();
    moveCards(old.editor, [hers], elsewhere);
    expect(await ended).toEqual({ code: 4422, reason: 'not-yours' });
    const stock = await house.stock('ben').synced();
    const gone = stock.ended();
    moveCards(stock.editor, [hers], elsewhere);
    expect(await gone).toEqual({ code: 4422, reason: 'not-yours' });
  });

  test('G34 a break that no honest page makes, also behind one that is put back', async () => {
    govern({ add: false });
    const ended = ben.ended();
    ben.doc.transact(() => {
      rootOf(ben.doc, cards).set('new', buildRecord(cards, { text: 'new', author: 'ben' }));
      storedRecord(ben.doc, cards, hers)?.set('author', 'ben');
    });
    expect(await ended).toEqual({ code: 4422, reason: 'not-author' });
  });

  test('G34 more than 100 places', async () => {
    const all = Array.from({ length: 101 }, () => addCard(ana.editor, cell, { text: 'hers' }));
    await ben.sees(() => texts(ben.doc).length === 102);
    govern({ removeOthers: false });
    removeCards(ben.editor, all.slice(1));
    expect((await ben.told('put-back')).places).toHaveLength(100);
    const again = await page('ben');
    const ended = again.ended();
    removeCards(again.editor, all);
    expect(await ended).toEqual({ code: 4422, reason: 'not-yours' });
    await expectAgreement();
  });

  test('G34 the 21st in a minute', async () => {
    govern({ editOthers: false });
    const ended = ben.ended();
    for (let i = 0; i <= putBacksPerMinute; i++) textOf(ben.doc, cards, hers, 'text')?.insert(0, 'x');
    expect(await ended).toEqual({ code: 4422, reason: 'not-yours' });
    await expectAgreement();
  });

  test('G34 the limits are by person, for a minute and a day', () => {
    const clock = new FakeClock();
    const limits = new PutBackLimits(clock);
    const taken = (person: string, count: number) =>
      Array.from({ length: count }, () => limits.take(person)).filter(Boolean).length;
    expect(taken('ana', putBacksPerMinute + 1)).toBe(putBacksPerMinute);
    expect(taken('ben', 1)).toBe(1);
    for (let i = 1; i < putBacksPerDay / putBacksPerMinute; i++) {
      clock.advance(60_000);
      expect(taken('ana', putBacksPerMinute + 1)).toBe(putBacksPerMinute);
    }
    clock.advance(60_000);
    expect(taken('ana', 1)).toBe(0);
    clock.advance(86_400_000);
    limits.sweep();
    expect(taken('ana', 1)).toBe(1);
  });

  test('G34 the policy of a session lets nobody else out: a hundred letters of others arrive meanwhile', async () => {
    house.rooms.govern(board, { policy: presets.talk, roles: { ana: 'facilitator' } }, true);
    for (let i = 0; i < 10; i++) {
      textOf(ana.doc, cards, hers, 'text')?.insert(0, 'a');
      textOf(ben.doc, cards, hers, 'text')?.insert(0, 'b');
    }
    await ben.sees(() => texts(ben.doc)[0] === `${'a'.repeat(10)}hers`);
    await expectAgreement();
  });
});
