import { beforeEach, describe, expect, test } from 'vitest';
import type * as Y from 'yjs';
import { addCard, cards, lockCards, moveCards, removeCards } from '../../../shared/collections/card.ts';
import { markEmotion } from '../../../shared/collections/emotion.ts';
import { addIdea, lockIdea, setIdeaState } from '../../../shared/collections/idea.ts';
import { addLane, lockLane } from '../../../shared/collections/lane.ts';
import { buildRecord } from '../../../shared/schema/collection.ts';
import { rootOf, storedRecord, textOf } from '../../../shared/schema/read.ts';
import { writeText } from '../../../shared/schema/text-splice.ts';
import type { PolicyChange } from '../../../shared/session/policy.ts';
import { changedPolicy, idlePolicies, presets } from '../../../shared/session/policy.ts';
import { anyOf, policyFrom } from '../../../server/live/guard/session-policy.ts';
import type { Person } from './guarded.ts';
import { Guarded } from './guarded.ts';

const cell = { lane: 'lane', phase: 'phase', step: null };
const elsewhere = { ...cell, lane: 'other' };
const atEnd = { after: null, before: null };
const later = { ...cell, phase: 'later' };

let board: Guarded;
let ana: Person;
let ben: Person;
let fia: Person;
/** Ana's card, Ben's card, and a card of Ben's that is removed. */
let hers: string;
let his: string;
let removed: string;

beforeEach(() => {
  board = new Guarded();
  fia = board.person('fia', 'facilitator');
  ana = board.person('ana');
  ben = board.person('ben');
  hers = addCard(ana.editor, cell, { text: 'hers' });
  expect(ana.say()).toBe('pass');
  his = addCard(ben.editor, cell, { text: 'his' });
  removed = addCard(ben.editor, cell, { text: 'removed' });
  removeCards(ben.editor, [removed]);
  expect(ben.say()).toBe('pass');
});

const under = (change: PolicyChange) =>
  (board.policy = policyFrom(changedPolicy(idlePolicies.everything, change)));
const types = (who: Person, card: string) =>
  who.does((doc) => textOf(doc, cards, card, 'text')?.insert(0, 'x'));
const moves = (who: Person, card: string, to = elsewhere) => {
  moveCards(who.editor, [card], to);
  return who.say();
};
const removes = (who: Person, card: string) => {
  removeCards(who.editor, [card]);
  return who.say();
};
const adds = (who: Person, to = cell) => {
  addCard(who.editor, to, { text: 'new' });
  return who.say();
};
const marks = (who: Person, on: 'present' | null) => {
  markEmotion(who.editor, { persona: 'p', phase: 'q', emotion: 'calm' }, on);
  return who.say();
};

describe('the policy of a session', () => {
  test('G24 records are added only while `add` is on; facilitators always may', () => {
    under({ add: false });
    expect(adds(ben)).toBe('not-now');
    expect(adds(fia)).toBe('pass');
    const tab = board.person('ben');
    addIdea(tab.editor, { title: 'A sign' });
    expect(tab.say()).toBe('not-now');
    under({});
    expect(adds(board.person('ben'))).toBe('pass');
  });

  test('G24 showing a record for the first time is part of adding it; showing it again is not', () => {
    under({ removeOwn: false });
    const hidden = buildRecord(cards, { text: 'new', author: 'ben' }, true);
    expect(ben.does((doc) => rootOf(doc, cards).set('new', hidden))).toBe('pass');
    const show = (who: Person, card: string) =>
      who.does((doc) => storedRecord(doc, cards, card)?.set('gone', false));
    expect(show(board.person('ana'), 'new')).toBe('pass');
    expect(ben.does((doc) => storedRecord(doc, cards, 'new')?.set('gone', true))).toBe('not-now');
    expect(show(board.person('ben'), removed)).toBe('not-now');

    under({ removeOwn: false, removeOthers: false });
    const other = buildRecord(cards, { text: 'new', author: 'ben' }, true);
    const tab = board.person('ben');
    expect(tab.does((doc) => rootOf(doc, cards).set('other', other))).toBe('pass');
    expect(show(board.person('ana'), 'other')).toBe('not-now');
    expect(show(tab, 'other')).toBe('pass');
  });

  test('G25 own and others’ fields, texts and sets change by `editOwn` and `editOthers`', () => {
    under({ editOthers: false });
    expect(types(ben, his)).toBe('pass');
    expect(types(ben, hers)).toBe('not-yours');
    const sets: ((doc: Y.Doc) => unknown)[] = [
      (doc) => storedRecord(doc, cards, hers)?.set('mode', 'online'),
      (doc) => textOf(doc, cards, hers, 'text')?.delete(0, 1),
      (doc) => (storedRecord(doc, cards, hers)?.get('personas') as Y.Map<true>).set('commuter', true),
    ];
    for (const set of sets) expect(board.person('ben').does(set)).toBe('not-yours');
    under({ editOwn: false, editOthers: false });
    expect(types(board.person('ben'), his)).toBe('not-now');
    expect(types(board.person('ben'), hers)).toBe('not-now');
    under({ editOwn: false });
    expect(types(board.person('ben'), hers)).toBe('pass');
    expect(types(fia, his)).toBe('pass');
  });

  test('G25 a record without an author is another’s', () => {
    expect(fia.does((doc) => rootOf(doc, cards).set('nobodys', buildRecord(cards, { text: 'a' })))).toBe(
      'pass',
    );
    under({ editOthers: false });
    expect(types(ben, 'nobodys')).toBe('not-yours');
  });

  test('G26 places and order change by `moveOwn` and `moveOthers`', () => {
    under({ editOwn: false, editOthers: false, moveOthers: false });
    expect(moves(ben, his)).toBe('pass');
    expect(moves(ben, hers)).toBe('not-yours');
    under({ moveOwn: false, moveOthers: false });
    expect(moves(board.person('ben'), his, cell)).toBe('not-now');
    under({ editOwn: false, editOthers: false });
    expect(moves(board.person('ben'), hers)).toBe('pass');
  });

  test('G27 records are removed and restored by `removeOwn` and `removeOthers`', () => {
    under({ removeOthers: false });
    expect(removes(ben, his)).toBe('pass');
    expect(removes(ben, hers)).toBe('not-yours');
    under({ removeOwn: false, removeOthers: false });
    expect(board.person('ben').does((doc) => storedRecord(doc, cards, removed)?.set('gone', false))).toBe(
      'not-now',
    );
    under({});
    expect(removes(board.person('ben'), hers)).toBe('pass');
  });

  test('G28 values change by `mark`', () => {
    under({ mark: false });
    expect(marks(ben, 'present')).toBe('not-now');
    under({ editOwn: false, editOthers: false, add: false });
    const tab = board.person('ben');
    expect(marks(tab, 'present')).toBe('pass');
    expect(marks(tab, null)).toBe('pass');
  });

  test('G29 a card’s place before and after is in the lanes and phases in focus', () => {
    const lane = addLane(fia.editor, { type: 'text', group: 'customer', title: 'in focus' }, atEnd);
    expect(fia.say()).toBe('pass');
    under({ focus: { lanes: [lane], phases: [] } });
    const inFocus = { ...cell, lane };
    expect(types(ben, hers)).toBe('out-of-focus');
    expect(removes(board.person('ben'), his)).toBe('out-of-focus');
    expect(moves(board.person('ben'), his, inFocus)).toBe('out-of-focus');
    expect(adds(board.person('ben'))).toBe('out-of-focus');
    const tab = board.person('ben');
    const mine = addCard(tab.editor, inFocus, { text: 'mine' });
    expect(tab.say()).toBe('pass');
    expect(types(tab, mine)).toBe('pass');
    expect(moves(tab, mine, { ...inFocus, phase: 'later' })).toBe('pass');
    addIdea(tab.editor, { title: 'Ideas have no lane' });
    expect(tab.say()).toBe('pass');
    expect(moves(tab, mine, cell)).toBe('out-of-focus');

    under({ focus: { lanes: [lane], phases: ['later'] } });
    const other = board.person('ben');
    expect(types(other, mine)).toBe('pass');
    expect(adds(other, { ...later, lane })).toBe('pass');
    expect(moves(other, mine, inFocus)).toBe('pass');
  });

  test('G29 if no lane in focus is left, all are in focus', () => {
    const lane = addLane(fia.editor, { type: 'text', group: 'customer', title: 'in focus' }, atEnd);
    expect(fia.say()).toBe('pass');
    under({ focus: { lanes: [lane], phases: [] } });
    expect(types(board.person('ben'), hers)).toBe('out-of-focus');
    fia.does((doc) => storedRecord(doc, { name: 'lanes' }, lane)?.set('gone', true));
    expect(types(board.person('ben'), hers)).toBe('pass');
  });

  test('G31 nobody gives an author to a record that has none', () => {
    ben.does((doc) => rootOf(doc, cards).set('a', buildRecord(cards, { text: 'whose?' })));
    under({});
    const claims = (who: Person) => who.does((doc) => storedRecord(doc, cards, 'a')?.set('author', who.id));
    expect(claims(ana)).toBe('not-author');
    expect(claims(ben)).toBe('not-author');
  });

  test('G33 what one of several policies allows is allowed; the first one gives the reason', () => {
    const talk = policyFrom(presets.talk);
    const open = policyFrom(presets['open-work']);
    board.policy = anyOf([talk, open]);
    expect(types(ben, his)).toBe('pass');
    expect(types(ben, hers)).toBe('not-now');
    board.policy = anyOf([open, talk]);
    expect(types(board.person('ben'), hers)).toBe('not-yours');
  });

  test('G22 a board without a session allows what the roles allow', () => {
    under({});
    expect(types(ben, hers)).toBe('pass');
    expect(moves(ben, hers)).toBe('pass');
    expect(removes(ben, hers)).toBe('pass');
    expect(adds(ben)).toBe('pass');
    expect(marks(ben, 'present')).toBe('pass');
    writeText(ben.editor, cards, his, 'text', 'changed');
    expect(ben.say()).toBe('pass');
    addLane(ben.editor, { type: 'text', group: 'customer', title: 'no' }, atEnd);
    expect(ben.say()).toBe('role');
  });
});

describe('G37 a lock', () => {
  test('keeps participants from a card in any way, its author too, until a facilitator takes it off', () => {
    lockCards(fia.editor, [hers], true);
    expect(fia.say()).toBe('pass');
    expect(types(board.person('ana'), hers)).toBe('locked');
    expect(moves(board.person('ana'), hers)).toBe('locked');
    expect(removes(board.person('ben'), hers)).toBe('locked');
    expect(types(board.person('ben'), his)).toBe('pass');
    expect(types(fia, hers)).toBe('pass');
    lockCards(fia.editor, [hers], false);
    expect(fia.say()).toBe('pass');
    expect(types(board.person('ana'), hers)).toBe('pass');
  });

  test('is for facilitators to set', () => {
    lockCards(ana.editor, [hers], true);
    expect(ana.say()).toBe('role');
  });

  test('of a lane keeps its cards as they are, and others out', () => {
    const lane = addLane(fia.editor, { type: 'text', group: 'customer', title: 'Locked' }, atEnd);
    const within = addCard(fia.editor, { ...cell, lane }, { text: 'within' });
    lockLane(fia.editor, lane, true);
    expect(fia.say()).toBe('pass');
    expect(types(board.person('ana'), within)).toBe('locked');
    expect(moves(board.person('ana'), within)).toBe('locked');
    expect(moves(board.person('ana'), hers, { ...cell, lane })).toBe('locked');
    expect(adds(board.person('ana'), { ...cell, lane })).toBe('locked');
    expect(moves(board.person('ana'), hers)).toBe('pass');
  });

  test('of an idea keeps its state as it is', () => {
    const idea = addIdea(ana.editor, { title: 'A sign' });
    expect(ana.say()).toBe('pass');
    lockIdea(fia.editor, idea, true);
    expect(fia.say()).toBe('pass');
    const tab = board.person('ana');
    setIdeaState(tab.editor, idea, 'done');
    expect(tab.say()).toBe('locked');
  });
});
