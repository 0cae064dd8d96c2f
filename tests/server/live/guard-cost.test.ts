import * as encoding from 'lib0/encoding';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { cards } from '../../../shared/collections/card.ts';
import { buildRecord } from '../../../shared/schema/collection.ts';
import { emotions } from '../../../shared/collections/emotion.ts';
import { board as boardDocument, openRoots } from '../../../shared/documents.ts';
import { rootOf } from '../../../shared/schema/read.ts';
import { maxCardText, maxFrameBytes } from '../../../shared/limits.ts';
import type { Verdict } from '../../../server/live/guard/guard.ts';
import { Guard } from '../../../server/live/guard/guard.ts';
import { maxEffort, tariff } from '../../../server/live/limits.ts';
import type { HandStruct, Id } from './hand-update.ts';
import { handUpdate } from './hand-update.ts';
import { changedPolicy, presets } from '../../../shared/session/policy.ts';
import { anyOf, policyFrom } from '../../../server/live/guard/session-policy.ts';
import { ownOnly } from './policies.ts';

/** With lanes in focus, so that the place of the card is read too. */
const sessionPolicy = policyFrom(
  changedPolicy(presets['open-work'], { focus: { lanes: [''], phases: ['phase'] } }),
);

const ana = { person: 'ana', role: 'participant' } as const;
/** Client ids under which Ana has written before, and writes now. */
const before = 5;
const now = 9;

/**
 * Processor milliseconds that one update may take here. The target is `maxEffort`, 50 ms; the rest is for slow machines
 * and cold code. Work without a charge would take seconds.
 */
const patience = 600;

/** A board with one card of Ana's, and what a forger needs to know of it. */
function boardWith(text: string) {
  const doc = new Y.Doc();
  openRoots(doc);
  const hers = new Y.Doc();
  hers.clientID = before;
  rootOf(hers, cards).set('a', buildRecord(cards, { text, author: 'ana', evidence: 'data' }));
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(hers));
  const card = rootOf(doc, cards).get('a') as Y.Map<unknown>;
  const first = (card.get('text') as Y.Text)._start?.id;
  const record = card._item?.id;
  if (!first || !record) throw new Error('no card');
  return {
    doc,
    record: { client: record.client, clock: record.clock },
    character: (index: number) => ({ client: first.client, clock: first.clock + index }),
  };
}

type Board = ReturnType<typeof boardWith>;

const under = (client: number, structs: readonly HandStruct[]) => handUpdate([{ client, clock: 0, structs }]);
const many = <T>(count: number, one: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => one(i));

interface Attack {
  readonly board: () => Board;
  /** About as many as the bytes of one frame make. */
  readonly most: number;
  readonly update: (board: Board, count: number) => Uint8Array;
}

const short = () => boardWith('ab');

/** 3,000 items between two characters, each next to all others. */
function crowded(): Board {
  const board = boardWith('ab');
  const crowd = many(3_000, (i) => ({
    origin: board.character(0),
    rightOrigin: i === 0 ? board.character(1) : { client: before + 1, clock: i - 1 },
    content: { string: 'c' },
  }));
  Y.applyUpdate(board.doc, under(before + 1, crowd));
  return board;
}

/** A field that two people have set alternately, so that nothing could be merged. */
function longLived(): Board {
  const board = boardWith('ab');
  const lives = (client: number, other: number) => ({
    client,
    clock: 0,
    structs: many(5_000, (i) => ({
      ...(client > other && i === 0
        ? { parent: board.record, key: 'support' }
        : { origin: { client: other, clock: client > other ? i - 1 : i } }),
      content: { any: ['weak'] },
    })),
  });
  Y.applyUpdate(board.doc, handUpdate([lives(7, 6), lives(6, 7)]));
  return board;
}

/** Cards of one client id: splitting or merging structs of the first cards moves those of all others in memory. */
function manyCards(): Board {
  const board = boardWith('ab');
  const hers = new Y.Doc();
  hers.clientID = before + 1;
  hers.transact(() => {
    for (let i = 0; i < 4_000; i++)
      rootOf(hers, cards).set(`c${i}`, buildRecord(cards, { text: 'abcd', author: 'ana' }));
  });
  Y.applyUpdate(board.doc, Y.encodeStateAsUpdate(hers));
  return board;
}

/** A character in the middle of one of those cards' text. */
function middleOf({ doc }: Board, card: number): Id {
  const text = (rootOf(doc, cards).get(`c${card}`) as Y.Map<unknown>).get('text') as Y.Text;
  const first = text._start?.id;
  if (!first) throw new Error('no text');
  return { client: first.client, clock: first.clock + 1 };
}

/** Each key set twice in a row: a deletion there is merged with the earlier one. */
function setTwice(): Board {
  const board = boardWith('ab');
  const structs = many(30_000, (i) => ({
    ...(i % 2 === 0
      ? { parent: 'emotions', key: `k${i}` }
      : { origin: { client: before + 1, clock: i - 1 } }),
    content: { any: [true] },
  }));
  Y.applyUpdate(board.doc, under(before + 1, structs));
  return board;
}

const attacks: Record<string, Attack> = {
  'a chain at one position, and as many items next to it': {
    board: short,
    most: 50_000,
    update: ({ character }, count) => {
      const half = Math.ceil(count / 2);
      return under(now, [
        ...many(half, (i) => ({
          origin: i === 0 ? character(0) : { client: now, clock: i - 1 },
          content: { string: 'c' },
        })),
        ...many(half, (i) => ({
          origin: character(0),
          rightOrigin: { client: now, clock: half - 1 - i },
          content: { string: 'd' },
        })),
      ]);
    },
  },
  'items at a position with many others': {
    board: crowded,
    most: 5_000,
    update: ({ character }, count) =>
      under(
        now,
        many(count, () => ({ origin: character(0), rightOrigin: character(1), content: { string: 'd' } })),
      ),
  },
  'values at one key that was set many times': {
    board: longLived,
    most: 40_000,
    update: ({ record }, count) =>
      under(
        now,
        many(count, () => ({ parent: record, key: 'support', content: { any: ['weak'] } })),
      ),
  },
  'a client id for each item': {
    board: short,
    most: 60_000,
    update: ({ character }, count) =>
      handUpdate(
        many(count, (i) => ({
          client: 10_000 + i,
          clock: 0,
          structs: [{ origin: character(0), content: { string: 'c' } }],
        })),
      ),
  },
  'client ids that each depend on the next': {
    board: short,
    most: 12_000,
    update: ({ character }, count) =>
      handUpdate(
        many(count, (i) => ({
          client: 10_000 + i,
          clock: 0,
          structs: [
            {
              origin: i + 1 < count ? { client: 10_001 + i, clock: 0 } : character(0),
              content: { string: 'c' },
            },
          ],
        })),
      ),
  },
  'client ids without ranges': {
    board: short,
    most: 250_000,
    update: (_, count) =>
      encoding.encode((encoder) => {
        for (const number of [0, count]) encoding.writeVarUint(encoder, number);
        for (let i = 0; i < count; i++) for (const number of [i, 0]) encoding.writeVarUint(encoder, number);
      }),
  },
  'collected structs': {
    board: short,
    most: 350_000,
    update: (_, count) =>
      under(
        now,
        many(count, () => ({ content: { gc: 1 } })),
      ),
  },
  'items deleted before they were sent': {
    board: short,
    most: 180_000,
    update: ({ character }, count) =>
      under(
        now,
        many(count, (i) => ({
          origin: i === 0 ? character(0) : { client: now, clock: i - 1 },
          content: { deleted: 1 },
        })),
      ),
  },
  'values in one item': {
    board: short,
    most: 1_000_000,
    update: ({ record }, count) =>
      under(now, [{ parent: record, key: 'mode', content: { any: many(count, () => null) } }]),
  },
  'ranges of every other character': {
    board: () => boardWith('x'.repeat(300_000)),
    most: 150_000,
    update: ({ character }, count) =>
      rangesOf(
        before,
        many(count, (i) => character(2 * i).clock),
      ),
  },
  'ranges of deleted content': {
    board: () => {
      const board = boardWith('x'.repeat(300_000));
      const range = { ...board.character(0), length: 300_000 };
      Y.applyUpdate(board.doc, handUpdate([], [range]));
      return board;
    },
    most: 300_000,
    update: ({ character }, count) =>
      rangesOf(
        before,
        many(count, (i) => character(i).clock),
      ),
  },
  'client ids without deletions': {
    board: short,
    most: 250_000,
    update: (_, count) =>
      encoding.encode((encoder) => {
        for (const number of [0, count]) encoding.writeVarUint(encoder, number);
        for (let client = 0; client < count; client++)
          for (const number of [client, 0]) encoding.writeVarUint(encoder, number);
      }),
  },
  'known items that split a text': {
    board: () => {
      const board = boardWith('x'.repeat(200_000));
      Y.applyUpdate(board.doc, under(now, [{ parent: 'cards', key: 'k', content: { deleted: 200_000 } }]));
      return board;
    },
    most: 100_000,
    update: ({ character }, count) =>
      under(
        now,
        many(count, (i) => ({ origin: character(2 * i), content: { string: 'c' } })),
      ),
  },
  'known items that split the texts of many cards': {
    board: () => {
      const board = manyCards();
      Y.applyUpdate(board.doc, under(now, [{ parent: 'cards', key: 'k', content: { deleted: 4_000 } }]));
      return board;
    },
    most: 4_000,
    update: (board, count) =>
      under(
        now,
        many(count, (i) => ({ origin: middleOf(board, i), content: { string: 'c' } })),
      ),
  },
  'items next to collected ones, that split the texts of many cards': {
    board: () => {
      const board = manyCards();
      Y.applyUpdate(board.doc, under(before + 2, [{ content: { gc: 1 } }]));
      return board;
    },
    most: 4_000,
    update: (board, count) =>
      under(
        now,
        many(count, (i) => ({
          origin: { client: before + 2, clock: 0 },
          rightOrigin: middleOf(board, i),
          content: { string: 'c' },
        })),
      ),
  },
  'deleted values that are merged with earlier ones': {
    board: setTwice,
    most: 15_000,
    update: (_, count) =>
      rangesOf(
        before + 1,
        many(count, (i) => 2 * i + 1),
      ),
  },
};

function rangesOf(client: number, clocks: readonly number[]): Uint8Array {
  return encoding.encode((encoder) => {
    for (const number of [0, 1, client, clocks.length]) encoding.writeVarUint(encoder, number);
    for (const clock of clocks) for (const number of [clock, 1]) encoding.writeVarUint(encoder, number);
  });
}

/** Checks an update, applies it if it is accepted, and measures the processor time of both. */
function spend(board: Board, update: Uint8Array): { verdict: Verdict; ms: number } {
  const owners = new Map([before, before + 1, before + 2, now].map((client) => [client, 'ana']));
  const guard = new Guard(board.doc, owners, boardDocument);
  const start = process.cpuUsage();
  const verdict = guard.judge(update, ana);
  if (verdict.kind === 'pass') Y.applyUpdate(board.doc, update);
  const { user, system } = process.cpuUsage(start);
  return { verdict, ms: (user + system) / 1_000 };
}

describe('G19 the cost of an update is limited', { timeout: 60_000 }, () => {
  test.each(Object.entries(attacks))(
    'G19 %s: a full frame is refused, and an accepted update is limited',
    (_, attack) => {
      const full = attack.update(attack.board(), attack.most);
      expect(full.length).toBeGreaterThan(20_000);
      const { verdict, ms } = spend(attack.board(), full);
      expect(verdict).toMatchObject({ kind: 'refuse', reason: 'too-many', rule: 'G19' });
      expect(ms).toBeLessThan(patience);

      // The approximate maximum that is accepted; no size between it and a full frame may cost more either.
      for (let count = attack.most; count > 0; count = Math.floor(count * 0.7)) {
        const board = attack.board();
        const { verdict, ms } = spend(board, attack.update(board, count));
        expect(ms).toBeLessThan(patience);
        if (verdict.kind === 'refuse') continue;
        expect(verdict.weight - (verdict.owners?.size ?? 0) * tariff.newcomer).toBeLessThanOrEqual(maxEffort);
        return;
      }
      throw new Error('not even one of it passes');
    },
  );

  test('G19 a range pays for each struct in it that is already deleted', () => {
    const board = longLived();
    const lives = [6, 7].map((client) => ({ client, clock: 0, length: 4_999 }));
    Y.applyUpdate(board.doc, handUpdate([], lives));
    const { verdict } = spend(board, handUpdate([], lives));
    expect(verdict).toMatchObject({ kind: 'pass', hasEffect: false });
    expect(verdict).toHaveProperty(
      'weight',
      expect.closeTo(2 * (5_000 * tariff.look + tariff.range + tariff.section), -2),
    );
  });

  test('G19 a count larger than the remaining bytes is malformed, before anything is read', () => {
    const lie = encoding.encode((encoder) => {
      for (const number of [1, 2 ** 30, now, 0]) encoding.writeVarUint(encoder, number);
    });
    expect(spend(short(), lie).verdict).toMatchObject({ kind: 'refuse', reason: 'malformed' });
  });

  test('G19 endlessly nested values are malformed', () => {
    const nested = new Uint8Array(maxFrameBytes).fill(1);
    for (let i = 0; i < nested.length; i += 2) nested[i] = 117;
    const update = encoding.encode((encoder) => {
      for (const number of [1, 1, now, 0]) encoding.writeVarUint(encoder, number);
      encoding.writeUint8(encoder, 8);
      encoding.writeVarUint(encoder, 1);
      encoding.writeVarString(encoder, 'cards');
      encoding.writeVarUint(encoder, 1);
      encoding.writeUint8Array(encoder, nested);
    });
    expect(spend(short(), update).verdict).toMatchObject({ kind: 'refuse', reason: 'malformed' });
  });

  test('G19 a repeated deleted range is malformed: Yjs would scan it again', () => {
    const { doc, character, ...board } = short();
    const range = { ...character(0), length: 1 };
    const update = handUpdate([], [range, range]);
    expect(spend({ doc, character, ...board }, update).verdict).toMatchObject({ reason: 'malformed' });
  });
});

describe('G19 the work of real people is well below the limit', () => {
  /** What Ana's own document writes, as one update. */
  function written(board: Board, edit: (doc: Y.Doc) => void): Uint8Array {
    const hers = new Y.Doc();
    Y.applyUpdate(hers, Y.encodeStateAsUpdate(board.doc));
    hers.clientID = now;
    const state = Y.encodeStateVector(hers);
    hers.transact(() => edit(hers));
    return Y.encodeStateAsUpdate(hers, state);
  }

  const weightOf = (board: Board, update: Uint8Array) => {
    const { verdict } = spend(board, update);
    if (verdict.kind === 'refuse') throw new Error(`refused: ${verdict.reason}`);
    return verdict.weight;
  };

  test.each([
    [500, maxEffort / 3],
    [1_500, maxEffort],
  ])('G19 pasting %i cards costs at most %i us', (count, most) => {
    const board = short();
    const place = { lane: 'lane', phase: 'phase', step: null, order: 'a0' };
    const paste = written(board, (doc) => {
      for (let i = 0; i < count; i++)
        rootOf(doc, cards).set(`c${i}`, buildRecord(cards, { text: 'pasted', author: 'ana', place }, true));
    });
    expect(weightOf(board, paste)).toBeLessThan(most);
  });

  test('G19 a day of typing in one place costs a tenth, even if others typed there too', () => {
    const board = boardWith('x'.repeat(maxCardText));
    const day = written(board, (doc) => {
      const text = (rootOf(doc, cards).get('a') as Y.Map<unknown>).get('text') as Y.Text;
      for (let i = 0; i < 500; i++) {
        text.insert(100, 'word');
        text.delete(100, 2);
      }
    });
    const ben = [
      { origin: board.character(99), rightOrigin: board.character(100), content: { string: 'b' } },
    ];
    Y.applyUpdate(board.doc, under(before + 1, ben));
    expect(weightOf(board, day)).toBeLessThan(maxEffort / 10);
  });

  test('G19 one update moves, removes and restores 5,000 cards', () => {
    const board = boardWith('ab');
    const ids = many(5_000, (i) => `c${i}`);
    const place = (lane: string) => ({ lane, phase: 'p', step: null, order: 'a0' });
    const made = written(board, (doc) => {
      for (const id of ids)
        rootOf(doc, cards).set(id, buildRecord(cards, { text: 'a card', author: 'ana', place: place('a') }));
    });
    Y.applyUpdate(board.doc, made);
    const set = (field: string, value: unknown) =>
      written(board, (doc) => {
        for (const id of ids) (rootOf(doc, cards).get(id) as Y.Map<unknown>).set(field, value);
      });
    const weights = [
      weightOf(board, set('place', place('b'))),
      weightOf(board, set('gone', true)),
      weightOf(board, set('gone', false)),
      weightOf(board, set('place', place('c'))),
    ];
    for (const weight of weights) expect(weight).toBeLessThan(0.9 * maxEffort);
  });

  test.each([
    ['without a policy', null],
    ['under a policy', ownOnly],
    ['under the policy of a session', sessionPolicy],
    [
      'with four policies in the grace',
      anyOf([presets.talk, presets.review, presets.vote].map(policyFrom).concat(sessionPolicy)),
    ],
  ])('G22 a small update on 5,000 cards is checked within 15 us, %s', (_, policy) => {
    const board = boardWith('ab');
    const made = written(board, (doc) => {
      for (let i = 0; i < 5_000; i++)
        rootOf(doc, cards).set(`c${i}`, buildRecord(cards, { text: 'a card', author: 'ana' }));
    });
    Y.applyUpdate(board.doc, made);
    const card = (doc: Y.Doc) => rootOf(doc, cards).get('c2500') as Y.Map<unknown>;
    const updates = [
      written(board, (doc) => (card(doc).get('text') as Y.Text).insert(3, 'x')),
      written(board, (doc) => card(doc).set('evidence', 'data')),
    ];
    const guard = new Guard(board.doc, new Map([[now, 'ana']]), boardDocument);
    for (const update of updates) {
      const judge = () => guard.judge(update, ana, { isFull: false, policy });
      for (let i = 0; i < 2_000; i++) expect(judge().kind).toBe('pass');
      const start = process.cpuUsage();
      for (let i = 0; i < 5_000; i++) judge();
      const { user, system } = process.cpuUsage(start);
      expect((user + system) / 5_000).toBeLessThan(15);
    }
  });

  test('G19 one update sets 2,000 keys that others have set meanwhile', () => {
    const board = short();
    const keys = many(2_000, (i) => `ana:phase${i}:calm`);
    const mark = { persona: 'ana', phase: 'p', emotion: 'calm', presence: 'present', seen: 'survey' };
    const marks = written(board, (doc) => {
      for (const key of keys) rootOf(doc, emotions).set(key, mark);
    });
    board.doc.transact(() => {
      for (const key of keys) rootOf(board.doc, emotions).set(key, mark);
    });
    expect(weightOf(board, marks)).toBeLessThan(maxEffort / 2);
  });

  test('G19 reconnecting with nothing new costs little and changes nothing', () => {
    const board = boardWith('x'.repeat(10_000));
    const cut = rangesOf(
      before,
      many(4_000, (i) => board.character(2 * i).clock),
    );
    Y.applyUpdate(board.doc, cut);
    const step2 = Y.encodeStateAsUpdate(board.doc, Y.encodeStateVector(board.doc));
    const { verdict } = spend(board, step2);
    expect(verdict).toMatchObject({ kind: 'pass', changes: [], hasEffect: false, owners: null });
    expect(verdict.kind === 'pass' && verdict.weight).toBeLessThan(maxEffort / 20);
  });
});
