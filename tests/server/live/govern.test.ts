import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type * as Y from 'yjs';
import { addCard, cards } from '../../../shared/collections/card.ts';
import { board as boardDocument } from '../../../shared/documents.ts';
import { people } from '../../../shared/collections/person.ts';
import { readAll, storedRecord, textOf } from '../../../shared/schema/read.ts';
import { writeText } from '../../../shared/schema/text-splice.ts';
import { idlePolicies, presets } from '../../../shared/session/policy.ts';
import type { BoardRules } from '../../../server/live/contract.ts';
import { LiveRules } from '../../../server/live/room/board-rules.ts';
import { maxPoliciesKept, policyGraceMs } from '../../../server/live/limits.ts';
import type { PolicyOperation } from '../../../server/live/guard/policy.ts';
import { served } from '../../../server/documents/served.ts';
import { research } from '../trial-documents.ts';
import { FakeClock } from './fake-clock.ts';
import type { House, HouseOptions } from './harness.ts';
import { board, openHouse } from './harness.ts';
import { PageClient } from './page-client.ts';

const cell = { lane: 'lane', phase: 'phase', step: null };
const everything: BoardRules = { policy: idlePolicies.everything, roles: {} };
const open: BoardRules = { policy: idlePolicies.open, roles: {} };
const talk: BoardRules = { policy: presets.talk, roles: {} };

let house: House;
const pages: PageClient[] = [];

async function opened(options: HouseOptions = {}): Promise<House> {
  house = await openHouse(options);
  house.membership('fia', 'facilitator');
  house.membership('ana');
  house.membership('ben');
  house.membership('olle', 'observer');
  return house;
}

afterEach(async () => {
  for (const page of pages.splice(0)) page.close();
  await house.close();
});

async function page(person: string): Promise<PageClient> {
  const client = new PageClient(`ws://127.0.0.1:${house.port}/sync/${board}`, person);
  pages.push(client);
  await client.synced();
  return client;
}

const texts = (doc: Y.Doc) => readAll(doc, cards).map(({ text }) => text);

describe('the rules of a session, over sockets', () => {
  test('G22 a room asks for the rules when it opens, and a stock client is closed with the reason', async () => {
    const asked: string[] = [];
    const refused: string[] = [];
    await opened({
      rulesOf: (name) => Promise.resolve((asked.push(name), open)),
      refused: (...of) => refused.push(of.join(' ')),
    });
    const ana = await house.stock('ana').synced();
    const card = addCard(ana.editor, cell, { text: 'hers' });
    const ben = await house.stock('ben').synced();
    const fia = await house.stock('fia').synced();
    await ben.sees(() => texts(ben.doc).length === 1);
    const ended = ben.ended();
    writeText(ben.editor, cards, card, 'text', 'his');
    expect(await ended).toEqual({ code: 4422, reason: 'not-yours' });
    writeText(fia.editor, cards, card, 'text', 'Fia’s');
    await ana.sees(() => texts(ana.doc)[0] === 'Fia’s');
    expect(asked).toEqual([board]);
    expect(refused).toEqual([`${board} ben G25`]);
    expect(house.rooms.counters.refusals['not-yours']).toBe(1);
    const line = house.log.find((one) => one.includes('update refused')) ?? '';
    expect(JSON.parse(line)).toMatchObject({ reason: 'not-yours', rule: 'G25' });
  });

  test('G33 govern binds an open room: with grace after 2 s, otherwise at once', async () => {
    const clock = new FakeClock();
    await opened({ clock, rulesOf: () => Promise.resolve(everything) });
    const ana = await house.stock('ana').synced();
    const ben = await house.stock('ben').synced();
    house.rooms.govern(board, talk, false);
    clock.advance(policyGraceMs - 100);
    addCard(ben.editor, cell, { text: 'in time' });
    await ana.sees(() => texts(ana.doc).length === 1);
    clock.advance(200);
    const ended = ben.ended();
    addCard(ben.editor, cell, { text: 'late' });
    expect(await ended).toEqual({ code: 4422, reason: 'not-now' });

    house.rooms.govern(board, everything, false);
    addCard(ana.editor, cell, { text: 'allowed again' });
    const again = await house.stock('ben').synced();
    await again.sees(() => texts(again.doc).length === 2);
    house.rooms.govern(board, talk, true);
    const over = again.ended();
    addCard(again.editor, cell, { text: 'frozen' });
    expect(await over).toEqual({ code: 4422, reason: 'not-now' });
    expect(texts(ana.doc).toSorted()).toEqual(['allowed again', 'in time']);
  });

  test('G22 the rules of the session win over older ones that are still being read', async () => {
    let answer: (rules: BoardRules) => void = () => {};
    await opened({ rulesOf: () => new Promise((resolve) => (answer = resolve)) });
    const ben = house.stock('ben');
    await expect.poll(() => house.rooms.report().length).toBe(1);
    house.rooms.govern(board, talk, true);
    answer(everything);
    await ben.synced();
    const ended = ben.ended();
    addCard(ben.editor, cell, { text: 'late' });
    expect(await ended).toEqual({ code: 4422, reason: 'not-now' });
  });

  test('G30 a role changes live on the same socket, for every rule, and back', async () => {
    await opened({ rulesOf: () => Promise.resolve(open) });
    const ana = await page('ana');
    const ben = await page('ben');
    expect(await ben.told('welcome')).toMatchObject({ role: 'participant' });
    const card = addCard(ana.editor, cell, { text: 'hers' });
    await ben.sees(() => texts(ben.doc).length === 1);

    house.rooms.govern(board, { ...open, roles: { ben: 'facilitator' } }, false);
    expect(await ben.told('welcome')).toMatchObject({ role: 'facilitator' });
    await ben.sees(() => storedRecord(ben.doc, people, 'ben')?.get('role') === 'facilitator');
    textOf(ben.doc, cards, card, 'text')?.insert(0, 'Ben: ');
    await ana.sees(() => texts(ana.doc)[0] === 'Ben: hers');
    expect(house.rooms.sockets(board).find(({ person }) => person === 'ben')?.role).toBe('facilitator');

    house.rooms.govern(board, open, false);
    expect(await ben.told('welcome')).toMatchObject({ role: 'participant' });
    const ended = ben.ended();
    textOf(ben.doc, cards, card, 'text')?.insert(0, 'not ');
    expect(await ended).toMatchObject({ code: 4422 });
  });

  test('G30 an observer who becomes a participant is asked for edits, and writes; a participant who becomes one does not', async () => {
    await opened({ rulesOf: () => Promise.resolve(open) });
    const ana = await house.stock('ana').synced();
    const olle = await house.stock('olle').synced();
    addCard(olle.editor, cell, { text: 'too early' });
    await expect.poll(() => house.rooms.counters.observerUpdates).toBeGreaterThan(0);
    house.rooms.govern(board, { ...open, roles: { olle: 'participant' } }, false);
    await ana.sees(() => texts(ana.doc).includes('too early'));
    addCard(olle.editor, cell, { text: 'now' });
    await ana.sees(() => texts(ana.doc).includes('now'));

    house.rooms.govern(board, { ...open, roles: { ana: 'observer', olle: 'participant' } }, false);
    const before = house.rooms.counters.observerUpdates;
    addCard(ana.editor, cell, { text: 'not any more' });
    await expect.poll(() => house.rooms.counters.observerUpdates).toBeGreaterThan(before);
    addCard(olle.editor, cell, { text: 'still' });
    await ana.sees(() => texts(ana.doc).includes('still'));
    expect(texts(olle.doc)).not.toContain('not any more');
  });

  test('G30 R9 who may no longer read a document by role is closed', async () => {
    await opened({
      documents: [served(boardDocument), served(research)],
      rulesOf: () => Promise.resolve(open),
    });
    const ana = await house.raw('ana', { document: 'research', control: true });
    await ana.next('control');
    house.rooms.govern(board, { ...open, roles: { ana: 'observer' } }, false);
    expect(await ana.closed).toMatchObject({ code: 4403 });
  });
});

describe('G33 the policies that allow something', () => {
  const operation = (by: Partial<PolicyOperation>) => by as PolicyOperation;
  const adding = operation({
    membership: { person: 'ana', role: 'participant' },
    collection: cards,
    depth: 1,
    record: {
      id: 'a',
      author: 'ana',
      isNew: true,
      isLocked: false,
      valueOf: () => undefined,
      wasNeverShown: () => false,
    },
  });
  let clock: FakeClock;
  let rules: LiveRules;
  const mayAdd = () => rules.policy()?.broken(adding) === null;

  beforeEach(async () => {
    await opened();
    clock = new FakeClock();
    rules = new LiveRules(clock, () => Promise.resolve(everything));
    await rules.load();
  });

  test('G33 a change at t allows at t + 1.9 s what the earlier policy allowed, and not at t + 2.1 s', () => {
    expect(mayAdd()).toBe(true);
    rules.govern(talk, false);
    clock.advance(1_900);
    expect(mayAdd()).toBe(true);
    clock.advance(200);
    expect(mayAdd()).toBe(false);
    rules.govern(open, false);
    expect(mayAdd()).toBe(true);
  });

  test('G33 each earlier policy has its own end, and governing with the same policy prolongs nothing', () => {
    rules.govern(talk, false);
    clock.advance(1_500);
    rules.govern({ ...talk, roles: { ana: 'observer' } }, false);
    clock.advance(400);
    expect(mayAdd()).toBe(true);
    clock.advance(200);
    expect(mayAdd()).toBe(false);
    rules.govern(open, false);
    clock.advance(1_000);
    rules.govern(talk, false);
    rules.govern({ policy: presets.review, roles: {} }, false);
    clock.advance(1_900);
    expect(mayAdd()).toBe(true);
    clock.advance(200);
    expect(mayAdd()).toBe(false);
  });

  test('G33 what binds at once ends every grace', () => {
    rules.govern(talk, false);
    expect(mayAdd()).toBe(true);
    rules.govern(talk, true);
    expect(mayAdd()).toBe(false);
  });

  test('G33 at most 8 policies allow something at the same time', () => {
    for (let i = 0; i < maxPoliciesKept - 1; i++)
      rules.govern(i % 2 === 0 ? talk : { policy: presets.review, roles: {} }, false);
    expect(mayAdd()).toBe(true);
    rules.govern({ policy: presets.pause, roles: {} }, false);
    expect(mayAdd()).toBe(false);
  });

  test('G30 a role is that of the session, else that of the link', () => {
    expect(rules.roleOf('ana', 'participant')).toBe('participant');
    rules.govern({ ...open, roles: { ana: 'facilitator' } }, false);
    expect(rules.roleOf('ana', 'participant')).toBe('facilitator');
    expect(rules.roleOf('toString', 'observer')).toBe('observer');
  });
});
