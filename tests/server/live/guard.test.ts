import { beforeEach, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { cards, addCard, markPersona, moveCards, removeCards } from '../../../shared/collections/card.ts';
import { markEmotion } from '../../../shared/collections/emotion.ts';
import { ideas, addIdea, setIdeaState } from '../../../shared/collections/idea.ts';
import { addLane } from '../../../shared/collections/lane.ts';
import { addPersona } from '../../../shared/collections/persona.ts';
import { phases, addPhase, addStep } from '../../../shared/collections/phase.ts';
import { buildRecord } from '../../../shared/schema/collection.ts';
import { board as boardDocument, collections } from '../../../shared/documents.ts';
import { rootOf, storedRecord, textOf } from '../../../shared/schema/read.ts';
import { writeText } from '../../../shared/schema/text-splice.ts';
import { maxCardText, maxSetSize, maxTitleText } from '../../../shared/limits.ts';
import { Guard } from '../../../server/live/guard/guard.ts';
import { lastRules, rules } from '../../../server/live/guard/rules.ts';
import type { Role } from '../../../shared/roles.ts';
import type { Person } from './guarded.ts';
import { Guarded } from './guarded.ts';
import type { HandNumber } from './hand-update.ts';
import { handUpdate, notANumber, pastAllNumbers } from './hand-update.ts';

const cell = { lane: 'lane', phase: 'phase', step: null };

let board: Guarded;
let ana: Person;
let ben: Person;
let fia: Person;

beforeEach(() => {
  board = new Guarded();
  fia = board.person('fia', 'facilitator');
  ana = board.person('ana');
  ben = board.person('ben');
});

describe('edits made by commands are accepted', () => {
  test('Ana writes, moves, marks, removes and restores; Fia builds the frame', () => {
    const phase = addPhase(fia.editor, 'before', 'Arrive', { after: null, before: null });
    addStep(fia.editor, phase, 'Find the door', { after: null, before: null });
    addLane(fia.editor, { title: 'Doing', type: 'text', group: 'customer' }, { after: null, before: null });
    const persona = addPersona(fia.editor, 'Commuter');
    expect(fia.say()).toBe('pass');

    const card = addCard(ana.editor, { ...cell, phase }, { text: 'Where is the entrance?' });
    expect(ana.say()).toBe('pass');
    moveCards(ben.editor, [card], cell);
    markPersona(ben.editor, [card], persona, true);
    writeText(ben.editor, cards, card, 'text', 'Where is the door?');
    expect(ben.say()).toBe('pass');
    removeCards(ana.editor, [card]);
    markEmotion(ana.editor, { persona, phase, emotion: 'unsure' }, 'present');
    const idea = addIdea(ana.editor, { title: 'A sign', cards: [card] });
    setIdeaState(ana.editor, idea, 'shortlisted');
    markEmotion(ana.editor, { persona, phase, emotion: 'unsure' }, null);
    expect(ana.say()).toBe('pass');
  });

  test('Ana undoes and redoes with the stock undo manager', () => {
    const undo = new Y.UndoManager(rootOf(ana.doc, cards), {
      trackedOrigins: new Set([ana.editor]),
      captureTimeout: 0,
    });
    const card = addCard(ana.editor, cell, { text: 'one' });
    writeText(ana.editor, cards, card, 'text', 'one two');
    moveCards(ana.editor, [card], { ...cell, lane: 'other' });
    moveCards(ana.editor, [card], cell);
    for (let i = 0; i < 4; i++) undo.undo();
    expect(ana.say()).toBe('pass');
    for (let i = 0; i < 4; i++) undo.redo();
    expect(ana.say()).toBe('pass');
    expect(textOf(board.doc, cards, card, 'text')?.toJSON()).toBe('one two');
  });

  test('Ana’s offline edits are accepted as one difference, with everything she overwrote and undid', () => {
    const undo = new Y.UndoManager(rootOf(ana.doc, cards), { captureTimeout: 0 });
    const card = addCard(ana.editor, cell, { text: 'draft' });
    for (const lane of ['a', 'b', 'c', 'd']) moveCards(ana.editor, [card], { ...cell, lane });
    markPersona(ana.editor, [card], 'p1', true);
    markPersona(ana.editor, [card], 'p1', false);
    undo.undo();
    expect(ana.send(Y.encodeStateAsUpdate(ana.doc, Y.encodeStateVector(board.doc)))).toBe('pass');
    expect(ana.send(Y.encodeStateAsUpdate(ana.doc))).toBe('pass');
  });
});

describe('G2 an update reads as Yjs would apply it', () => {
  const me = 77;
  const element = { content: { any: [true] } } as const;

  test.each([
    ['no bytes', new Uint8Array()],
    ['a cut', Y.encodeStateAsUpdate(withCard()).slice(0, -9)],
    [
      'two sections of one client id, of which Yjs applies the last',
      handUpdate([
        { client: me, clock: 0, structs: [{ parent: 'cards', key: 'a', content: { type: 'map' } }] },
        { client: me, clock: 1, structs: [{ parent: 'cards', key: 'b', content: { type: 'map' } }] },
      ]),
    ],
    ['a section without structs', handUpdate([{ client: me, clock: 0, structs: [] }])],
    [
      'a struct of length 0',
      handUpdate([{ client: me, clock: 0, structs: [{ parent: 'cards', key: 'a', content: { any: [] } }] }]),
    ],
    [
      'a clock above the limit',
      handUpdate([{ client: me, clock: 0, structs: [{ content: { gc: 2 ** 40 } }] }]),
    ],
    [
      'an item that depends on itself',
      handUpdate([{ client: me, clock: 0, structs: [{ origin: { client: me, clock: 0 }, ...element }] }]),
    ],
    ['an empty deleted range', handUpdate([], [{ client: me, clock: 0, length: 0 }])],
    ['bytes after the end', new Uint8Array([0, 0, 0])],
  ])('%s is malformed', (_, update) => {
    expect(ana.send(update)).toBe('malformed');
  });

  test('an item is refused if its parent differs from that of its stored beginning', () => {
    const [other, card] = [addCard(ana.editor, cell), addCard(ana.editor, cell)];
    writeText(ana.editor, cards, card, 'text', 'abc');
    ana.say();
    const here = textOf(ana.doc, cards, card, 'text');
    const elsewhere = textOf(ana.doc, cards, other, 'text');
    if (!here?._item || !here._start || !elsewhere?._item) throw new Error('no text');
    const typed = idOf(here._start.id);
    const goOn = (into: Y.Item) =>
      handUpdate([{ ...typed, structs: [{ parent: idOf(into.id), content: { string: 'abcdef' } }] }]);
    expect(ana.send(goOn(elsewhere._item))).toBe('wrong-parent');
    expect(ana.send(goOn(here._item))).toBe('pass');
    expect(textOf(board.doc, cards, card, 'text')?.toJSON()).toBe('abcdef');
  });

  test('G5 a known item does not create the root that it names', () => {
    addCard(ana.editor, cell);
    ana.say();
    const known = { parent: 'backdoor', key: 'a', content: { type: 'map' } } as const;
    expect(ana.send(handUpdate([{ client: ana.doc.clientID, clock: 0, structs: [known] }]))).toBe(
      'unknown-root',
    );
    expect(board.doc.share.has('backdoor')).toBe(false);
  });

  test('an item inside something that is not a type is refused', () => {
    const card = addCard(ana.editor, cell);
    ana.say();
    const value = storedRecord(ana.doc, cards, card)?._map.get('place');
    if (!value) throw new Error('no place');
    expect(
      ana.send(handUpdate([{ client: me, clock: 0, structs: [{ parent: idOf(value.id), ...element }] }])),
    ).toBe('wrong-parent');
  });
});

describe('G18 client ids and clocks', () => {
  const map = { parent: 'cards', key: 'a', content: { type: 'map' } } as const;
  const element = { content: { any: [true] } } as const;
  const under = (client: HandNumber, clock: HandNumber = 0) =>
    handUpdate([{ client, clock, structs: [map] }]);
  const beside = (
    id: { client: HandNumber; clock: HandNumber },
    place: 'origin' | 'rightOrigin' | 'parent',
  ) => handUpdate([{ client: 77, clock: 0, structs: [{ [place]: id, ...element }] }]);
  const without = (client: HandNumber, clock: HandNumber, length: HandNumber) =>
    handUpdate([], [{ client, clock, length }]);

  test.each<[string, HandNumber, HandNumber]>([
    ['above all numbers', pastAllNumbers, pastAllNumbers],
    ['not a number', notANumber, notANumber],
    ['one above the limit', 2 ** 32, 2 ** 31],
  ])('G18 %s is malformed wherever it is', (_, client, clock) => {
    expect(ana.send(under(client))).toBe('malformed');
    expect(ana.send(under(7, clock))).toBe('malformed');
    for (const place of ['origin', 'rightOrigin', 'parent'] as const) {
      expect(ana.send(beside({ client, clock: 0 }, place)), place).toBe('malformed');
      expect(ana.send(beside({ client: 7, clock }, place)), place).toBe('malformed');
    }
    expect(ana.send(without(client, 0, 1))).toBe('malformed');
    expect(ana.send(without(7, clock, 1))).toBe('malformed');
    expect(ana.send(without(7, 0, clock))).toBe('malformed');
  });

  test('G18 the highest client id of Yjs is valid', () => {
    expect(ana.send(under(2 ** 32 - 1))).toBe('pass');
  });
});

describe('G3 the dependencies of an update exist', () => {
  test('a later update before an earlier one has a missing dependency', () => {
    addCard(ana.editor, cell);
    const later = Y.encodeStateAsUpdate(ana.doc, new Uint8Array([1, ...varUint(ana.doc.clientID), 3]));
    expect(ana.send(later)).toBe('missing-dependency');
    expect(ana.say()).toBe('pass');
  });

  test('a deletion of missing content has a missing dependency', () => {
    expect(ana.send(handUpdate([], [{ client: 5, clock: 0, length: 1 }]))).toBe('missing-dependency');
  });

  test('two items that depend on each other have a missing dependency', () => {
    const text = (client: number, other: number) => ({
      client,
      clock: 0,
      structs: [{ origin: { client: other, clock: 0 }, content: { string: 'x' } }],
    });
    expect(ana.send(handUpdate([text(2, 1), text(1, 2)]))).toBe('missing-dependency');
  });
});

describe('G4 a client id has one owner', () => {
  test('Ben cannot write under Ana’s client id, Ana can from her second tab', () => {
    addCard(ana.editor, cell);
    ana.say();
    const forged = new Y.Doc();
    Y.applyUpdate(forged, Y.encodeStateAsUpdate(board.doc));
    forged.clientID = ana.doc.clientID;
    const before = Y.encodeStateVector(forged);
    rootOf(forged, cards).set('forged', buildRecord(cards, { author: 'ben' }));
    expect(ben.send(Y.encodeStateAsUpdate(forged, before))).toBe('not-author');

    const tab = board.person('ana');
    addCard(tab.editor, cell);
    expect(tab.say()).toBe('pass');
  });

  test('nobody writes under the server’s client id', () => {
    const forged = new Y.Doc();
    forged.clientID = board.doc.clientID;
    rootOf(forged, cards).set('forged', buildRecord(cards, {}));
    expect(ana.send(Y.encodeStateAsUpdate(forged))).toBe('not-author');
  });
});

describe('G4 the owner of a client id is the same after a restart', () => {
  const participant = (person: string) => ({ person, role: 'participant' }) as const;
  /** A card by the writer under that client id; the second update depends on the first. */
  function written(client: number, author: string): [first: Uint8Array, second: Uint8Array] {
    const doc = new Y.Doc();
    doc.clientID = client;
    rootOf(doc, cards).set('a', buildRecord(cards, { author }));
    const before = Y.encodeStateVector(doc);
    const first = Y.encodeStateAsUpdate(doc);
    storedRecord(doc, cards, 'a')?.set('evidence', 'data');
    return [first, Y.encodeStateAsUpdate(doc, before)];
  }

  function restarted(state: Uint8Array, owners: ReadonlyMap<number, string>): Guard {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, state);
    return new Guard(doc, owners, boardDocument);
  }

  test('G4 the first person to write there is reported once, for the journal', () => {
    const [first, second] = written(7, 'ana');
    const verdict = board.guard.judge(first, ana.membership);
    expect(verdict).toMatchObject({ kind: 'pass', owners: new Map([[7, 'ana']]) });
    Y.applyUpdate(board.doc, first);
    expect(board.guard.judge(second, ana.membership)).toMatchObject({ kind: 'pass', owners: null });
  });

  test('G4 with the journal’s owners Ana continues, and Ben cannot', () => {
    const [first, second] = written(7, 'ana');
    const guard = restarted(first, new Map([[7, 'ana']]));
    expect(guard.judge(second, participant('ben'))).toMatchObject({ reason: 'not-author', rule: 'G4' });
    expect(guard.judge(second, participant('ana')).kind).toBe('pass');
  });

  test('G4 an id without a record has no owner: an earlier server wrote it', () => {
    const [first, second] = written(7, 'ana');
    const guard = restarted(first, new Map());
    expect(guard.judge(second, participant('ana'))).toMatchObject({ reason: 'not-author', rule: 'G4' });
    expect(guard.judge(first, participant('ana'))).toMatchObject({ kind: 'pass', hasEffect: false });
  });

  test('G4 nobody takes a client id that presence has shown before its owner wrote', () => {
    const [first] = written(7, 'ben');
    const nobody = () => new Set<string>();
    board.guard.reserve(7, 'ana', nobody);
    board.guard.reserve(7, 'ben', nobody);
    expect(board.guard.judge(first, ben.membership)).toMatchObject({ reason: 'not-author', rule: 'G4' });
    expect(board.guard.judge(written(7, 'ana')[0], ana.membership)).toMatchObject({
      kind: 'pass',
      owners: new Map([[7, 'ana']]),
    });
  });

  test('G4 a refused update gives nobody a client id', () => {
    const forged = handUpdate([
      { client: 7, clock: 0, structs: [{ parent: 'backdoor', key: 'a', content: { type: 'map' } }] },
    ]);
    expect(ben.send(forged)).toBe('unknown-root');
    expect(ana.send(written(7, 'ana')[0])).toBe('pass');
  });
});

describe('G20 a full document', () => {
  const full = { isFull: true, policy: null };

  /** Ana's edits, checked as if the document were full. */
  function whenFull(edit: (doc: Y.Doc) => void) {
    const before = Y.encodeStateVector(ana.doc);
    ana.doc.transact(() => edit(ana.doc));
    return board.guard.judge(Y.encodeStateAsUpdate(ana.doc, before), ana.membership, full);
  }

  test('G20 accepts no additions, but existing content may be removed and restored', () => {
    const card = addCard(ana.editor, cell, { text: 'long enough' });
    expect(ana.say()).toBe('pass');
    expect(whenFull((doc) => textOf(doc, cards, card, 'text')?.delete(0, 4))).toMatchObject({ kind: 'pass' });
    expect(whenFull((doc) => storedRecord(doc, cards, card)?.set('gone', true)).kind).toBe('pass');
    board.take(Y.encodeStateAsUpdate(ana.doc), ana.membership);
    expect(whenFull((doc) => storedRecord(doc, cards, card)?.set('gone', false)).kind).toBe('pass');
    board.take(Y.encodeStateAsUpdate(ana.doc), ana.membership);
    expect(whenFull((doc) => textOf(doc, cards, card, 'text')?.insert(0, 'x'))).toMatchObject({
      kind: 'refuse',
      reason: 'document-full',
      rule: 'G20',
    });
  });

  test('G20 other rules are checked first, and resending existing content is accepted', () => {
    addCard(ana.editor, cell);
    expect(ana.say()).toBe('pass');
    expect(board.guard.judge(Y.encodeStateAsUpdate(ana.doc), ana.membership, full)).toMatchObject({
      kind: 'pass',
      hasEffect: false,
    });
    expect(whenFull((doc) => doc.getMap('backdoor').set('a', 1))).toMatchObject({ reason: 'unknown-root' });
  });
});

describe('the table of rules', () => {
  test('G5 to G15, G20, G23, G36 and G37 are numbered', () => {
    const numbers = [...Array.from({ length: 11 }, (_, i) => i + 5), 20, 23, 36, 37];
    expect([...rules, ...lastRules].map((rule) => rule.number)).toEqual(
      numbers.map((number) => `G${number}`),
    );
  });

  test('G5 a root that the document does not have is refused, and not created', () => {
    expect(ana.does((doc) => doc.getMap('backdoor').set('a', 1))).toBe('unknown-root');
    expect(board.doc.share.has('backdoor')).toBe(false);
  });

  test('G5 names of inherited object properties are not collections', () => {
    expect(ana.does((doc) => doc.getMap('toString').set('a', 1))).toBe('unknown-root');
    expect(ben.does((doc) => doc.getMap('__proto__').set('a', 1))).toBe('unknown-root');
  });

  test('G6 not even a facilitator may write `meta` or people', () => {
    expect(fia.does((doc) => doc.getMap('meta').set('schema', 9))).toBe('server-only');
    expect(ana.does((doc) => rootOf(doc, collections.people).set('ana', new Y.Map([['name', 'Boss']])))).toBe(
      'server-only',
    );
  });

  test('G7 a participant may not change the frame, an observer nothing', () => {
    addPhase(ana.editor, 'before', 'Mine', { after: null, before: null });
    expect(ana.say()).toBe('role');
    const olga = board.person('olga', 'observer');
    addCard(olga.editor, cell);
    expect(olga.say()).toBe('role');
  });

  test('G7 a participant may not delete in the frame either', () => {
    const phase = addPhase(fia.editor, 'before', 'Arrive', { after: null, before: null });
    fia.say();
    expect(ana.does((doc) => textOf(doc, phases, phase, 'title')?.delete(0, 3))).toBe('role');
    expect(textOf(board.doc, phases, phase, 'title')?.toJSON()).toBe('Arrive');
  });

  test.each(['', 'a b', 'ä', 'x'.repeat(65), '../etc', '__proto__ '])(
    'G8 a record cannot have the key %j',
    (id) => {
      expect(ana.does((doc) => rootOf(doc, cards).set(id, new Y.Map()))).toBe('bad-id');
    },
  );

  test.each(['', 'a/b', 'x'.repeat(201)])('G8 a value cannot have the key %j', (key) => {
    const mark = { persona: 'p', phase: 'q', emotion: 'calm', presence: 'present', seen: 'survey' };
    expect(ana.does((doc) => rootOf(doc, collections.emotions).set(key, mark))).toBe('bad-id');
  });

  test('G8 an element without a key is refused in a collection', () => {
    const forged = { parent: 'cards', content: { any: [1] } } as const;
    expect(ana.send(handUpdate([{ client: 7, clock: 0, structs: [forged] }]))).toBe('bad-id');
  });

  test('G9 a record may be neither deleted nor replaced', () => {
    const card = addCard(ana.editor, cell, { text: 'mine' });
    ana.say();
    expect(ben.does((doc) => rootOf(doc, cards).delete(card))).toBe('record-delete');
    expect(board.person('ben').does((doc) => rootOf(doc, cards).set(card, new Y.Map()))).toBe(
      'record-delete',
    );
    // Created again as if it had never existed, under an id that would win.
    const forged = { parent: 'cards', key: card, content: { type: 'map' } } as const;
    expect(ben.send(handUpdate([{ client: 2 ** 32 - 1, clock: 0, structs: [forged] }]))).toBe(
      'record-delete',
    );
    expect(textOf(board.doc, cards, card, 'text')?.toJSON()).toBe('mine');
  });

  test('G9 a record that nobody has seen may be created and deleted', () => {
    expect(
      ana.does((doc) => {
        rootOf(doc, cards).set('draft', buildRecord(cards, { author: 'ana' }));
        rootOf(doc, cards).delete('draft');
      }),
    ).toBe('pass');
  });

  test('G10 a record has only its own fields', () => {
    const card = addCard(ana.editor, cell);
    ana.say();
    expect(ana.does((doc) => storedRecord(doc, cards, card)?.set('colour', '#ffffff'))).toBe('unknown-field');
    const ask = board.person('ana');
    expect(ask.does((doc) => storedRecord(doc, cards, card)?.set('constructor', 1))).toBe('unknown-field');
  });

  test('G11 only the server may number an idea', () => {
    expect(ana.does((doc) => rootOf(doc, ideas).set('i', buildRecord(ideas, { number: 1 })))).toBe(
      'server-only',
    );
  });

  test('G12 nobody may write as another person, and an author may not change', () => {
    expect(ana.does((doc) => rootOf(doc, cards).set('a', buildRecord(cards, { author: 'ben' })))).toBe(
      'not-author',
    );
    const card = addCard(ben.editor, cell);
    ben.say();
    const tab = board.person('ana');
    expect(tab.does((doc) => storedRecord(doc, cards, card)?.set('author', 'ana'))).toBe('not-author');
    expect(board.person('ana').does((doc) => storedRecord(doc, cards, card)?.delete('author'))).toBe(
      'not-author',
    );
    const at = storedRecord(board.doc, cards, card)?._item?.id;
    if (!at) throw new Error('no card');
    const forged = { parent: idOf(at), key: 'author', content: { any: ['ana'] } } as const;
    expect(tab.send(handUpdate([{ client: 2 ** 32 - 1, clock: 0, structs: [forged] }]))).toBe('not-author');
  });

  test.each<[string, Role, object]>([
    ['without an author', 'participant', {}],
    ['with an empty author', 'participant', { author: '' }],
    ['of a facilitator, without an author', 'facilitator', {}],
    ['of a facilitator, with an empty author', 'facilitator', { author: '' }],
  ])('G12 a record %s is accepted, and never gets an author, not even its creator', (_, role, fields) => {
    for (const of of [cards, ideas]) {
      const maker = board.person('maker', role);
      expect(maker.does((doc) => rootOf(doc, of).set('a', new Y.Map<unknown>(Object.entries(fields))))).toBe(
        'pass',
      );
      for (const [id, as] of [
        ['ana', 'participant'],
        ['fia', 'facilitator'],
        ['maker', role],
      ] as const) {
        for (const author of [id, '']) {
          const one = board.person(id, as);
          expect(one.does((doc) => storedRecord(doc, of, 'a')?.set('author', author))).toBe('not-author');
        }
      }
      // Nor can it be made to look as if it had an author that was deleted.
      const at = storedRecord(board.doc, of, 'a')?._item?.id;
      if (!at) throw new Error('no record');
      const past = { parent: idOf(at), key: 'author', content: { deleted: 1 } } as const;
      expect(ana.send(handUpdate([{ client: 9, clock: 0, structs: [past] }]))).toBe('not-author');
    }
  });

  test('G12 a record and its author must be in one update', () => {
    ana.doc.transact(() => rootOf(ana.doc, cards).set('a', buildRecord(cards, { text: 'mine' })));
    expect(ana.say()).toBe('pass');
    ana.doc.transact(() => storedRecord(ana.doc, cards, 'a')?.set('author', 'ana'));
    expect(ana.say()).toBe('not-author');
    // Offline it was two transactions and comes as one: nobody has seen the record without its author.
    ben.doc.transact(() => rootOf(ben.doc, cards).set('b', buildRecord(cards, { text: 'mine' })));
    ben.doc.transact(() => storedRecord(ben.doc, cards, 'b')?.set('author', 'ben'));
    expect(ben.say()).toBe('pass');
    expect(storedRecord(board.doc, cards, 'b')?.get('author')).toBe('ben');
  });

  test('G13 a text that others may be typing in may be neither replaced nor deleted', () => {
    const card = addCard(ana.editor, cell, { text: 'ours' });
    ana.say();
    expect(ben.does((doc) => storedRecord(doc, cards, card)?.set('text', new Y.Text('mine')))).toBe(
      'wrong-type',
    );
    expect(board.person('ben').does((doc) => storedRecord(doc, cards, card)?.delete('text'))).toBe(
      'wrong-type',
    );
    expect(
      board.person('ben').does((doc) => storedRecord(doc, cards, card)?.set('personas', new Y.Map())),
    ).toBe('wrong-type');
  });

  test.each<[string, (doc: Y.Doc, card: Y.Map<unknown>) => void]>([
    ['a record that is a value', (doc) => rootOf(doc, cards).set('a', { text: 'x' })],
    ['a record that is a list', (doc) => rootOf(doc, cards).set('a', new Y.Array())],
    ['a text that is a string', (doc) => rootOf(doc, cards).set('a', new Y.Map([['text', 'x']]))],
    ['a text that is XML', (doc) => rootOf(doc, cards).set('a', new Y.Map([['text', new Y.XmlText('x')]]))],
    ['a set that is a list', (doc) => rootOf(doc, cards).set('a', new Y.Map([['personas', new Y.Array()]]))],
    ['a value that is a map', (_, card) => card.set('evidence', new Y.Map())],
    ['bytes', (_, card) => card.set('evidence', new Uint8Array(9))],
    ['a subdocument', (_, card) => card.set('evidence', new Y.Doc())],
    ['a format', (_, card) => (card.get('text') as Y.Text).format(0, 2, { bold: true })],
    ['an embed', (_, card) => (card.get('text') as Y.Text).insertEmbed(0, { image: 'x' })],
    ['an attribute of a text', (_, card) => (card.get('text') as Y.Text).setAttribute('lang', 'sv')],
    ['a map in a set', (_, card) => (card.get('personas') as Y.Map<unknown>).set('p', new Y.Map())],
    ['an emotion that is a map', (doc) => rootOf(doc, collections.emotions).set('a', new Y.Map())],
  ])('G14 %s is refused', (_, edit) => {
    const card = addCard(ana.editor, cell, { text: 'abc' });
    ana.say();
    const stored = storedRecord(ana.doc, cards, card);
    if (!stored) throw new Error('no card');
    expect(ana.does((doc) => edit(doc, stored))).toBe('wrong-type');
  });

  test.each<[string, (doc: Y.Doc, card: Y.Map<unknown>) => void]>([
    ['a word outside the list', (_, card) => card.set('evidence', 'proven')],
    ['a place without a lane', (_, card) => card.set('place', { phase: 'p', step: null, order: 'a0' })],
    [
      'extra content in a field',
      (_, card) => card.set('place', { ...cell, order: 'a0', cargo: 'x'.repeat(9_999) }),
    ],
    [
      'extra fields in a prototype',
      (_, card) => {
        const place = { ...cell, order: 'a0' };
        const cargo = { value: { cargo: 'x'.repeat(9_999) }, enumerable: true };
        card.set('place', Object.defineProperty(place, '__proto__', cargo));
      },
    ],
    ['an endless order key', (_, card) => card.set('place', { ...cell, order: 'a'.repeat(300) })],
    [
      'a set member that is not true',
      (_, card) => (card.get('personas') as Y.Map<unknown>).set('p', 'x'.repeat(99)),
    ],
    [
      'a set member with an invalid id',
      (_, card) => (card.get('personas') as Y.Map<unknown>).set('p p', true),
    ],
    ['an unknown emotion', (doc) => rootOf(doc, collections.emotions).set('a', { emotion: 'meh' })],
  ])('G15 %s is refused', (_, edit) => {
    const card = addCard(ana.editor, cell, { text: 'abc' });
    ana.say();
    const stored = storedRecord(ana.doc, cards, card);
    if (!stored) throw new Error('no card');
    expect(ana.does((doc) => edit(doc, stored))).toBe('bad-value');
  });

  test('G15 a text may not contain a carriage return, alone or with other characters', () => {
    const card = addCard(ana.editor, cell, { text: 'one\ntwo' });
    expect(ana.say()).toBe('pass');
    expect(ana.does((doc) => textOf(doc, cards, card, 'text')?.insert(3, '\r'))).toBe('bad-value');
    expect(ben.does((doc) => rootOf(doc, cards).set('b', buildRecord(cards, { text: 'one\r\ntwo' })))).toBe(
      'bad-value',
    );
  });

  test('G15 a value cannot take its fields from a prototype', () => {
    const card = addCard(ana.editor, cell);
    ana.say();
    const at = storedRecord(ana.doc, cards, card)?._map.get('place')?.id;
    if (!at) throw new Error('no place');
    const fields = { __proto__: null, lane: 'l', phase: 'p', step: null, order: 'a0' };
    const value = Object.defineProperty({}, '__proto__', { value: fields, enumerable: true });
    const forged = { origin: idOf(at), content: { any: [value] } } as const;
    expect(ana.send(handUpdate([{ client: 9, clock: 0, structs: [forged] }]))).toBe('bad-value');
  });
});

describe('G16 sizes', () => {
  let card: string;
  /** The limit applies to each person; the server allows two people to reach it at once. */
  const most = 2 * maxCardText;

  beforeEach(() => {
    card = addCard(ana.editor, cell, { text: 'x'.repeat(most - 10) });
    expect(ana.say()).toBe('pass');
  });

  const write = (person: Person, edit: (text: Y.Text) => void) =>
    person.does((doc) => {
      const text = textOf(doc, cards, card, 'text');
      if (text) edit(text);
    });

  test('G16 a text can be filled to the limit and no further', () => {
    expect(write(ana, (text) => text.insert(0, 'y'.repeat(10)))).toBe('pass');
    expect(write(ana, (text) => text.insert(0, 'z'))).toBe('too-long');
  });

  test('G16 Ana and Ben fill one title at once, each within the limit: neither is closed', () => {
    const idea = addIdea(ana.editor, { title: 'x'.repeat(maxTitleText - 2) });
    expect(ana.say()).toBe('pass');
    const title = (person: Person) => textOf(person.doc, ideas, idea, 'title');
    title(ana)?.insert(0, 'aa');
    title(ben)?.insert(0, 'bb');
    expect(ana.say()).toBe('pass');
    expect(ben.say()).toBe('pass');
    // And again, as everything he had while he was away.
    expect(ben.send(Y.encodeStateAsUpdate(ben.doc))).toBe('pass');
    expect(textOf(board.doc, ideas, idea, 'title')).toHaveLength(maxTitleText + 2);
  });

  test('G16 a removal in the same update makes room, once', () => {
    expect(
      write(ana, (text) => {
        text.delete(0, 100);
        text.insert(0, 'y'.repeat(110));
      }),
    ).toBe('pass');
    const text = textOf(ben.doc, cards, card, 'text');
    const last = text?._start?.id;
    if (!text || !last) throw new Error('no text');
    const range = { client: last.client, clock: last.clock, length: 5 };
    const growth = {
      client: 9,
      clock: 0,
      structs: [{ origin: idOf(last), content: { string: 'q'.repeat(20) } }],
    };
    expect(ben.send(handUpdate([growth], [range]))).toBe('too-long');
    expect(ben.send(handUpdate([growth], [range, range, range, range]))).toBe('malformed');
  });

  test('G16 a record may not be created with a text that is too long', () => {
    expect(
      ana.does((doc) => rootOf(doc, cards).set('big', buildRecord(cards, { text: 'x'.repeat(most + 1) }))),
    ).toBe('too-long');
  });

  test('G16 a text that is already too long may be shortened', () => {
    board.doc.transact(() => textOf(board.doc, cards, card, 'text')?.insert(0, 'server'.repeat(10)));
    expect(
      write(ben, (text) => {
        text.delete(0, 10);
        text.insert(0, 'abc');
      }),
    ).toBe('pass');
  });

  test('G16 the members of a set are limited', () => {
    const members = (person: Person, from: number, to: number) =>
      person.does((doc) => {
        const set = storedRecord(doc, cards, card)?.get('personas') as Y.Map<boolean>;
        for (let i = from; i < to; i++) set.set(`p${i}`, true);
      });
    expect(members(ana, 0, maxSetSize)).toBe('pass');
    expect(members(ben, 0, maxSetSize)).toBe('pass');
    expect(members(ben, maxSetSize, maxSetSize + 1)).toBe('too-many');
  });
});

function withCard(): Y.Doc {
  const doc = new Y.Doc();
  rootOf(doc, cards).set('a', buildRecord(cards, { text: 'text' }));
  return doc;
}

const idOf = ({ client, clock }: { client: number; clock: number }) => ({ client, clock });

function varUint(number: number): number[] {
  const bytes: number[] = [];
  for (let left = number; ; left = Math.floor(left / 128)) {
    if (left < 128) return [...bytes, left];
    bytes.push((left % 128) + 128);
  }
}
