import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { cards, addCard, moveCards } from '../../../shared/collections/card.ts';
import { addPhase } from '../../../shared/collections/phase.ts';
import { readRecord, storedRecord, textOf } from '../../../shared/schema/read.ts';
import { writeText } from '../../../shared/schema/text-splice.ts';
import { Marks } from '../../../server/live/recovery/marks.ts';
import { beatMs, markMs, maxUnprovenBytes } from '../../../server/live/limits.ts';
import type { HandStruct } from './hand-update.ts';
import { handUpdate } from './hand-update.ts';
import { board } from './harness.ts';
import type { StockClient } from './stock-client.ts';
import { agree } from './stock-client.ts';
import {
  backUp,
  beatUntil,
  cell,
  clock,
  comeBack,
  goAway,
  house,
  marked,
  page,
  restart,
  restoreBackup,
  setScene,
  shown,
  stock,
  texts,
} from './fallback-scene.ts';

setScene();

describe('L1 a page proves that the server lost edits', () => {
  test('L1 people bring their own edits back in any order, without a decision of a facilitator', async () => {
    const ana = await page('ana');
    const ben = await page('ben');
    const first = addCard(ben.editor, cell, { text: 'before the backup' });
    await agree(ana, ben);
    backUp();
    const card = addCard(ana.editor, cell, { text: 'Ana’s' });
    await agree(ana, ben);
    moveCards(ben.editor, [first], { ...cell, phase: 'later' });
    writeText(ben.editor, cards, card, 'text', 'Ana’s, and Ben’s');
    await agree(ana, ben);
    await marked(ana, ben);
    goAway(ana);
    await restoreBackup();

    // Ben’s text depends on Ana’s card, which is still missing; the move of his own card does not.
    await ben.told('held', ({ state }) => state === 'waiting');
    await beatUntil(() => house.rooms.counters.updates > 0);
    expect(readRecord(await shown(), cards, first)?.place.phase).toBe('later');
    comeBack(ana);
    await beatUntil(() => ben.heard.some((one) => one.kind === 'held' && one.state === 'none'));
    const after = await shown();
    expect(texts(after)).toEqual(['Ana’s, and Ben’s', 'before the backup']);
    await agree(ana, ben);
    await beatUntil(() => house.rooms.report()[0]?.lost.people === 0);
    expect(house.rooms.counters.refusals['not-author']).toBe(0);
  });

  test('L1 a card moved by another person comes back whole, with its author, if its author comes first', async () => {
    const ana = await page('ana');
    const ben = await page('ben');
    backUp();
    const card = addCard(ana.editor, cell, { text: 'Ana’s' });
    await agree(ana, ben);
    moveCards(ben.editor, [card], { ...cell, phase: 'later' });
    addCard(ana.editor, cell, { text: 'Ana’s second' });
    await agree(ana, ben);
    await marked(ana, ben);
    goAway(ben);
    await restoreBackup();
    await ana.told('held', ({ state }) => state === 'waiting');
    comeBack(ben);
    await beatUntil(async () => texts(await shown()).length === 2);
    await beatUntil(() => ana.heard.some((one) => one.kind === 'held' && one.state === 'none'));
    expect(readRecord(await shown(), cards, card)).toMatchObject({
      author: 'ana',
      place: { phase: 'later' },
    });
    expect(house.rooms.counters.refusals['not-author']).toBe(0);
    await agree(ana, ben);
  });

  test('L1 a facilitator restores edits of an absent author, who later continues under the same client id', async () => {
    const fred = await page('fred');
    const ana = await page('ana');
    const ben = await page('ben');
    addCard(ana.editor, cell, { text: 'old' });
    await agree(ana, ben, fred);
    backUp();
    const card = addCard(ben.editor, cell, { text: 'Ben’s' });
    addPhase(fred.editor, 'before', 'New phase', { after: null, before: null });
    await agree(ana, ben, fred);
    await marked(ana, ben, fred);
    goAway(ben);
    goAway(fred);
    await restoreBackup();
    await ana.told('held', ({ state }) => state === 'waiting');
    expect(texts(await shown())).toEqual(['old']);
    comeBack(fred);
    expect(await fred.told('loss', ({ people }) => people === 2)).toBeTruthy();

    const loss = await house.rooms.loss(board, 'board');
    expect(loss).toMatchObject({ isProven: true, held: [{ person: 'ana' }, { person: 'fred' }] });
    expect(await house.rooms.settleLoss(board, 'board', ['ana'], 'restore')).toEqual(['ana']);
    expect(texts(await shown())).toEqual(['Ben’s', 'old']);
    await beatUntil(() => ana.heard.some((one) => one.kind === 'held' && one.state === 'none'));
    await fred.told('loss', ({ people }) => people === 0);
    comeBack(ben);
    await ben.told('welcome');
    writeText(ben.editor, cards, card, 'text', 'Ben’s again');
    await ana.sees(() => texts(ana.doc).includes('Ben’s again'));
    await agree(ana, ben, fred);
  });

  test('L1 discarded edits stay away, and the page starts over', async () => {
    const ana = await page('ana');
    const ben = await page('ben');
    addCard(ben.editor, cell, { text: 'old' });
    await agree(ana, ben);
    backUp();
    addCard(ben.editor, cell, { text: 'new' });
    await agree(ana, ben);
    await marked(ana, ben);
    goAway(ben);
    await restoreBackup();
    await ana.told('held', ({ state }) => state === 'waiting');
    const ended = ana.ended();
    expect(await house.rooms.settleLoss(board, 'board', ['ana'], 'discard')).toEqual(['ana']);
    expect(await ended).toMatchObject({ code: 4422, reason: 'discarded' });
    expect(texts(await shown())).toEqual(['old']);
    expect(await house.store.held(`${board}/board`)).toEqual([]);
  });

  test('L1 a stock client that comes first waits, and is announced after a page has proven the loss', async () => {
    const stan = await stock('cara');
    const ben = await page('ben');
    const ana = await page('ana');
    addCard(ben.editor, cell, { text: 'old' });
    await agree(stan, ben, ana);
    backUp();
    addCard(ben.editor, cell, { text: 'Ben’s' });
    addCard(stan.editor, cell, { text: 'Stan’s' });
    await agree(stan, ben, ana);
    await marked(ben, ana);
    goAway(ben);
    goAway(ana);
    await restoreBackup();
    const fred = await page('fred');
    await beatUntil(() => house.rooms.counters.offersHeld > 0);
    expect(stan.provider.wsconnected).toBe(true);
    expect((await house.rooms.loss(board, 'board')).isProven).toBe(false);
    expect(fred.heard.some(({ kind }) => kind === 'loss')).toBe(false);
    comeBack(ana);
    await fred.told('loss');
    await house.rooms.settleLoss(board, 'board', ['cara'], 'restore');
    expect(texts(await shown())).toEqual(['Ben’s', 'Stan’s', 'old']);
    comeBack(ben);
    await beatUntil(() => !house.rooms.report()[0]?.lost.people);
    addCard(stan.editor, cell, { text: 'goes on' });
    addCard(ben.editor, cell, { text: 'Ben too' });
    await ben.sees(() => texts(ben.doc).includes('goes on'));
    await agree(stan, ben, ana);
  });

  test('L1 a copy is kept after its page has closed and the server has restarted', async () => {
    const ana = await page('ana');
    const ben = await page('ben');
    addCard(ben.editor, cell, { text: 'old' });
    await agree(ana, ben);
    backUp();
    addCard(ben.editor, cell, { text: 'Ben’s' });
    await agree(ana, ben);
    await marked(ana, ben);
    goAway(ben);
    await restoreBackup();
    await ana.told('held', ({ state }) => state === 'waiting');
    goAway(ana);
    await restart();
    const fred = await page('fred');
    expect(await fred.told('loss')).toMatchObject({ people: 1 });
    await house.rooms.settleLoss(board, 'board', ['ana'], 'restore');
    expect(texts(await shown())).toEqual(['Ben’s', 'old']);
  });

  test('L1 an observer’s page from before the loss gets a stale notice', async () => {
    const olga = await page('olga');
    const ana = await page('ana');
    addCard(ana.editor, cell, { text: 'old' });
    await agree(ana, olga);
    backUp();
    addCard(ana.editor, cell, { text: 'new' });
    await agree(ana, olga);
    await marked(ana, olga);
    await restoreBackup();
    await olga.told('stale');
  });

  test('L1 a server that knows of its loss accepts lost edits without proof', async () => {
    const ben = await stock('ben');
    const stan = await stock('cara');
    addCard(ben.editor, cell, { text: 'old' });
    await agree(ben, stan);
    backUp();
    addCard(ben.editor, cell, { text: 'Ben’s' });
    await agree(ben, stan);
    goAway(ben);
    await restoreBackup(true);
    const fred = await page('fred');
    await fred.told('loss');
    await house.rooms.settleLoss(board, 'board', ['cara'], 'restore');
    expect(texts(await shown())).toEqual(['Ben’s', 'old']);
  });
});

describe('L2 forged proofs have no effect', () => {
  /** An update under Ben’s client id that continues his edits, and a mark for it that this server did not sign. */
  function forged(ben: StockClient, card: string): { update: Uint8Array; mark: string } {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(ben.doc));
    doc.clientID = ben.doc.clientID;
    const before = Y.encodeStateVector(doc);
    storedRecord(doc, cards, card)?.set('evidence', 'data');
    const clocks = [{ client: doc.clientID, clock: 1_000, person: 'mallory' }];
    const mark = new Marks(new Uint8Array(32)).sign({ room: `${board}/board`, at: 0, generation: 1, clocks });
    return { update: Y.encodeStateAsUpdate(doc, before), mark };
  }

  test('L2 forged marks, marks of another board and marks of existing edits are not proofs', async () => {
    const ben = await page('ben');
    const card = addCard(ben.editor, cell, { text: 'here' });
    clock.advance(markMs);
    const { mark: genuine } = await ben.told('mark');
    const { update, mark } = forged(ben, card);
    const other = new Marks(house.store.secret).sign({
      room: 'other/board',
      at: 0,
      generation: 1,
      clocks: [{ client: ben.doc.clientID, clock: 1_000, person: 'mallory' }],
    });
    const fred = await page('fred');
    const mallory = await house.raw('mallory', { control: true });
    mallory.prove([mark, other, genuine, 'rubbish', '.']);
    mallory.step2(update);
    expect(await mallory.told('held')).toMatchObject({ state: 'waiting' });
    clock.advance(beatMs);
    expect((await house.rooms.loss(board, 'board')).isProven).toBe(false);
    expect(house.rooms.counters.lossesProven).toBe(0);
    expect(readRecord(await shown(), cards, card)?.evidence).toBe('hypothesis');
    expect(fred.heard.some(({ kind }) => kind === 'loss')).toBe(false);
    addCard(ben.editor, cell, { text: 'Ben goes on' });
    await fred.sees(() => texts(fred.doc).includes('Ben goes on'));
  });

  test('L2 a part that would need thousands of cuts is held as a whole', async () => {
    const ben = await page('ben');
    addCard(ben.editor, cell, { text: 'here' });
    const there = Y.getState((await shown()).store, ben.doc.clientID);
    const mallory = await house.raw('mallory', { control: true });
    const client = 77;
    const map = (key: string): HandStruct => ({ parent: 'cards', key, content: { type: 'map' } });
    const author = (clock: number): HandStruct => ({
      parent: { client, clock },
      key: 'author',
      content: { any: ['mallory'] },
    });
    // The author of each record comes after the next record, and the last one never comes. A cut before the last record
    // leaves the one before it without its author, and so on.
    const records = 5_000;
    const structs = [map('r0')];
    for (let n = 1; n < records; n++) structs.push(map(`r${n}`), author(Math.max(0, 2 * n - 3)));
    structs.push({ origin: { client: 78, clock: 0 }, content: { string: 'x' } }, author(2 * records - 3));
    mallory.presence([{ client, clock: 1, state: {} }]);
    await mallory.next('presence');
    // Processor time, so that other processes do not matter.
    const began = process.cpuUsage();
    mallory.step2(
      handUpdate([
        { client: ben.doc.clientID, clock: there, structs: [{ content: { gc: 1 } }] },
        { client, clock: 0, structs },
      ]),
    );
    expect(await mallory.told('held')).toMatchObject({ state: 'waiting' });
    const { user, system } = process.cpuUsage(began);
    expect((user + system) / 1_000).toBeLessThan(1_000);
    expect(house.rooms.counters).toMatchObject({ failedCommits: 0, offersHeld: 1 });
    expect(texts(await shown())).toEqual(['here']);
  });

  test('L2 the space for unproven copies is limited, however many people offer them', async () => {
    const ben = await page('ben');
    const card = addCard(ben.editor, cell, { text: 'here' });
    const fred = await page('fred');
    await agree(ben, fred);
    const doc = new Y.Doc();
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(ben.doc));
    doc.clientID = ben.doc.clientID;
    const before = Y.encodeStateVector(doc);
    const text = textOf(doc, cards, card, 'text');
    for (let n = 0; n < 8; n++) text?.insert(0, 'x'.repeat(100_000));
    const large = Y.encodeStateAsUpdate(doc, before);
    for (const person of ['m1', 'm2', 'm3', 'm4']) {
      house.membership(person);
      const mallory = await house.raw(person, { control: true });
      mallory.step2(large);
      await mallory.told('held');
    }
    const { held } = await house.rooms.loss(board, 'board');
    const bytes = held.reduce((sum, { update }) => sum + update.length, 0);
    expect(bytes).toBeLessThanOrEqual(maxUnprovenBytes);
    expect(held).toHaveLength(2);
  });

  test('L2 a person who brings Ben’s edits first does not keep his client id', async () => {
    const ben = await page('ben');
    const ana = await page('ana');
    const card = addCard(ana.editor, cell, { text: 'old' });
    await agree(ana, ben);
    backUp();
    writeText(ben.editor, cards, card, 'text', 'Ben’s');
    await agree(ana, ben);
    await marked(ana, ben);
    const stolen = Y.encodeStateAsUpdate(ben.doc);
    goAway(ben);
    goAway(ana);
    await restoreBackup();
    const mallory = await house.raw('mallory');
    mallory.presence([{ client: ben.doc.clientID, clock: 1, state: {} }]);
    mallory.step2(stolen);
    await beatUntil(() => house.rooms.counters.updates + house.rooms.counters.offersHeld > 0);
    // Ben’s page may differ from the server: it starts over, with its own texts to copy, and Mallory keeps nothing.
    const ended = ben.ended();
    comeBack(ben);
    expect(await ended).toMatchObject({ code: 4422, reason: 'fallen-back' });
    const doc = await mallory.state();
    doc.clientID = ben.doc.clientID;
    const before = Y.encodeStateVector(doc);
    storedRecord(doc, cards, card)?.set('evidence', 'data');
    mallory.update(Y.encodeStateAsUpdate(doc, before));
    expect(await mallory.closed).toMatchObject({ code: 4422, reason: 'not-author' });
  });
});
