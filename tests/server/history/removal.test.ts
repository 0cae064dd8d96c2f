import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { removeAdded } from './on-board.ts';
import { restore } from './on-board.ts';
import { cards } from '../../../shared/collections/card.ts';
import { buildRecord } from '../../../shared/schema/collection.ts';
import { readRecord, rootOf, storedRecord, textOf } from '../../../shared/schema/read.ts';
import { emotions } from '../../../shared/collections/emotion.ts';
import { ideas } from '../../../shared/collections/idea.ts';
import type { Edit } from './board-edits.ts';
import {
  act,
  copyOf,
  edited,
  edits,
  reading,
  readingOf,
  smallBoard,
  stateOf,
  withUpdate,
} from './board-edits.ts';

/** Edits without emoji: a character typed into the middle of one breaks it, and removing it does not repair that. */
const plain: fc.Arbitrary<Edit[]> = edits.map((done) =>
  done.map((edit) => ({ ...edit, text: edit.text.replace('🙂', 'b') })),
);

/** Edits that only add: a deletion has no author, and stays. */
const deletes = ['erase', 'unmark emotion', 'persona'];
const additions = plain.map((done) => done.filter(({ kind }) => !deletes.includes(kind)));

/** One person's edits on a separate copy of a board: the resulting state, and the person's client id. */
function alone(board: Uint8Array, done: readonly Edit[]) {
  const doc = copyOf(board);
  const touched = act(doc, done);
  return { state: stateOf(doc), client: doc.clientID, touched };
}

/** The board after the removal of what these people added. */
const without = (current: Uint8Array, version: Uint8Array, ...clients: number[]) =>
  withUpdate(current, removeAdded(current, version, clients).update);

const sorted = (of: Map<string, unknown>) => [...of].sort(([a], [b]) => (a < b ? -1 : 1));

describe('removing what a person added since a version', () => {
  test('if nobody else has written, the board equals the version', () => {
    fc.assert(
      fc.property(plain, additions, additions, (before, one, two) => {
        const version = edited(smallBoard, before);
        // Two devices, one after the other.
        const first = alone(version, one);
        const second = alone(first.state, two);
        const result = without(second.state, version, first.client, second.client);
        expect(sorted(reading(result))).toEqual(sorted(readingOf(version)));
      }),
    );
  });

  test('Ana’s concurrent edits stay, and unchanged content is the same', () => {
    fc.assert(
      fc.property(plain, additions, additions, (before, hers, his) => {
        const version = edited(smallBoard, before);
        const ana = alone(version, hers);
        const mallory = alone(version, his);
        const merged = Y.mergeUpdates([ana.state, mallory.state]);
        const result = reading(without(merged, version, mallory.client));
        for (const entry of new Set([...result.keys(), ...readingOf(ana.state).keys()])) {
          // If both set one field, his value may have won: then the version's counts.
          if (ana.touched.has(entry) && mallory.touched.has(entry)) continue;
          expect(result.get(entry), entry).toEqual(readingOf(ana.state).get(entry));
        }
      }),
    );
  });

  test('Mallory’s characters are removed, and all others stay, however they are mixed', () => {
    const typing = fc.array(fc.tuple(fc.boolean(), fc.nat(1_000), fc.constantFrom('a', 'bc', 'def\n')));
    fc.assert(
      fc.property(typing, typing, (before, since) => {
        const ana = copyOf(smallBoard);
        const mallory = copyOf(smallBoard);
        const [id = ''] = rootOf(ana, cards).keys();
        const type = (done: [boolean, number, string][]) => {
          for (const [isHers, at, text] of done) {
            const [writer, other] = isHers ? [ana, mallory] : [mallory, ana];
            const words = textOf(writer, cards, id, 'text');
            words?.insert(at % (words.length + 1), isHers ? text : text.toUpperCase());
            Y.applyUpdate(other, Y.encodeStateAsUpdate(writer));
          }
        };
        type(before);
        const version = stateOf(ana);
        const lettersBefore = (textOf(ana, cards, id, 'text')?.toJSON() ?? '').match(/[A-Z]/g)?.length ?? 0;
        type(since);
        const now = textOf(ana, cards, id, 'text')?.toJSON() ?? '';
        const result = textOf(without(stateOf(ana), version, mallory.clientID), cards, id, 'text')?.toJSON();
        const [lower, upper] = [/[a-z ]/g, /[A-Z]/g];
        expect(result?.match(lower)).toEqual(now.match(lower));
        // Characters from before the version stay: one of them is in the text from the start.
        expect(result?.match(upper)?.length ?? 0).toBe(lettersBefore);
      }),
    );
  });

  test('a second removal changes nothing, and restoring the earlier state undoes it', () => {
    fc.assert(
      fc.property(edits, edits, edits, (before, hers, his) => {
        const version = edited(smallBoard, before);
        const mallory = alone(version, his);
        const current = Y.mergeUpdates([alone(version, hers).state, mallory.state]);
        const result = stateOf(without(current, version, mallory.client));
        const again = removeAdded(result, version, [mallory.client]);
        expect(again).toEqual({
          update: null,
          removed: { records: 0, returned: 0, values: 0, fields: 0, members: 0, texts: 0 },
        });
        expect(reading(withUpdate(result, restore(result, current)))).toEqual(readingOf(current));
      }),
    );
  });

  test('what people write during the removal stays, and all agree', () => {
    fc.assert(
      fc.property(plain, additions, additions, (before, his, meanwhile) => {
        const version = edited(smallBoard, before);
        const mallory = copyOf(version);
        act(mallory, his);
        const current = stateOf(mallory);
        const { update } = removeAdded(current, version, [mallory.clientID]);
        act(mallory, meanwhile);
        const one = withUpdate(stateOf(mallory), update);
        const other = withUpdate(current, update);
        Y.applyUpdate(other, stateOf(mallory));
        expect(reading(one)).toEqual(reading(other));
        // A second removal removes that too.
        const rest = without(stateOf(one), version, mallory.clientID);
        expect(sorted(reading(rest))).toEqual(sorted(readingOf(version)));
      }),
    );
  });

  test('with no client ids, or those of an observer, there is nothing to remove', () => {
    const { state } = alone(smallBoard, [{ kind: 'add card', which: 0, at: 0, text: 'Hers' }]);
    expect(removeAdded(state, smallBoard, []).update).toBeNull();
    expect(removeAdded(state, smallBoard, [12_345]).update).toBeNull();
  });
});

describe('single edits', () => {
  /** Ana and Mallory on one board, each seeing the other's edits at once. */
  function together(board = smallBoard) {
    const [ana, mallory] = [copyOf(board), copyOf(board)];
    const share = () => {
      Y.applyUpdate(ana, stateOf(mallory));
      Y.applyUpdate(mallory, stateOf(ana));
      return stateOf(ana);
    };
    const [card = ''] = rootOf(ana, cards).keys();
    const [idea = ''] = rootOf(ana, ideas).keys();
    return { ana, mallory, share, card, idea };
  }

  test('Mallory’s records are removed, with what others wrote into them, and counted', () => {
    const { ana, mallory, share } = together();
    rootOf(mallory, cards).set('his', buildRecord(cards, { text: 'Nonsense', author: 'mallory' }));
    rootOf(mallory, ideas).set('gone already', buildRecord(ideas, { title: 'x' }, true));
    share();
    textOf(ana, cards, 'his', 'text')?.insert(0, 'Is this ');
    const current = share();
    const { removed } = removeAdded(current, smallBoard, [mallory.clientID]);
    expect(removed).toMatchObject({ records: 1, texts: 0 });
    const result = without(current, smallBoard, mallory.clientID);
    expect(readRecord(result, cards, 'his')).toMatchObject({ gone: true, text: 'Is this Nonsense' });
  });

  test('a card that Mallory made before the version stays, without what he wrote into it since', () => {
    const { mallory, share } = together();
    rootOf(mallory, cards).set('his', buildRecord(cards, { text: 'Waits', author: 'mallory' }));
    const version = share();
    textOf(mallory, cards, 'his', 'text')?.insert(5, ' for ever');
    const result = without(share(), version, mallory.clientID);
    expect(readRecord(result, cards, 'his')).toMatchObject({ gone: false, text: 'Waits' });
  });

  test('what Mallory removed is restored, and what he restored is removed', () => {
    const { ana, mallory, share, card, idea } = together();
    storedRecord(ana, ideas, idea)?.set('gone', true);
    const version = share();
    rootOf(ana, cards).set('new', buildRecord(cards, { text: 'Hers, since' }));
    share();
    for (const id of [card, 'new']) storedRecord(mallory, cards, id)?.set('gone', true);
    storedRecord(mallory, ideas, idea)?.set('gone', false);
    const current = share();
    expect(removeAdded(current, version, [mallory.clientID]).removed).toMatchObject({
      records: 1,
      returned: 2,
    });
    const result = without(current, version, mallory.clientID);
    expect([card, 'new'].map((id) => readRecord(result, cards, id)?.gone)).toEqual([false, false]);
    expect(readRecord(result, ideas, idea)?.gone).toBe(true);
  });

  test('a field that Mallory set is reset to the version, unless Ana has set it since', () => {
    const { ana, mallory, share, card } = together();
    const set = (who: Y.Doc, name: string, value: unknown) => {
      storedRecord(who, cards, card)?.set(name, value);
      share();
    };
    set(ana, 'evidence', 'partly');
    const version = share();
    set(mallory, 'evidence', 'data');
    set(mallory, 'mode', 'online');
    set(mallory, 'support', 'weak');
    set(ana, 'support', 'strong');
    const current = share();
    expect(removeAdded(current, version, [mallory.clientID]).removed.fields).toBe(2);
    expect(readRecord(without(current, version, mallory.clientID), cards, card)).toMatchObject({
      evidence: 'partly',
      mode: null,
      support: 'strong',
    });
  });

  test('in a card newer than the version, Mallory’s characters and members are removed; plain fields stay', () => {
    const { ana, mallory, share } = together();
    rootOf(ana, cards).set('new', buildRecord(cards, { text: 'Hers', personas: ['p1'] }));
    share();
    const card = storedRecord(mallory, cards, 'new');
    card?.set('evidence', 'data');
    (card?.get('personas') as Y.Map<unknown>).set('p2', true);
    textOf(mallory, cards, 'new', 'text')?.insert(0, 'NOT ');
    const current = share();
    expect(removeAdded(current, smallBoard, [mallory.clientID]).removed).toEqual({
      records: 0,
      returned: 0,
      values: 0,
      fields: 0,
      members: 1,
      texts: 1,
    });
    expect(readRecord(without(current, smallBoard, mallory.clientID), cards, 'new')).toMatchObject({
      text: 'Hers',
      personas: ['p1'],
      evidence: 'data',
    });
  });

  test('a member that the version has stays, whoever set it last', () => {
    const { mallory, share, card } = together();
    const members = storedRecord(mallory, cards, card)?.get('personas') as Y.Map<unknown>;
    const [persona = ''] = members.keys();
    members.delete(persona);
    members.set(persona, true);
    const result = without(share(), smallBoard, mallory.clientID);
    expect(readRecord(result, cards, card)?.personas).toEqual([persona]);
  });

  test('a value that Mallory set is reset or deleted; one that he deleted has no author and stays deleted', () => {
    const { ana, mallory, share } = together();
    const mark = { persona: 'p', phase: 'f', presence: 'present', seen: 'interview' };
    for (const emotion of ['calm', 'proud']) rootOf(ana, emotions).set(emotion, { ...mark, emotion });
    const version = share();
    rootOf(mallory, emotions).set('calm', { ...mark, emotion: 'calm', seen: 'survey' });
    rootOf(mallory, emotions).set('worried', { ...mark, emotion: 'worried' });
    rootOf(mallory, emotions).delete('proud');
    const current = share();
    expect(removeAdded(current, version, [mallory.clientID]).removed.values).toBe(2);
    const result = without(current, version, mallory.clientID);
    expect(rootOf(result, emotions).toJSON()).toEqual({ calm: { ...mark, emotion: 'calm' } });
  });

  test('the number of Mallory’s idea stays, so that no other idea gets it', () => {
    const { mallory, share } = together();
    const idea = buildRecord(ideas, { title: 'Nonsense' });
    idea.set('number', 7);
    rootOf(mallory, ideas).set('his', idea);
    const result = without(share(), smallBoard, mallory.clientID);
    expect(readRecord(result, ideas, 'his')).toMatchObject({ gone: true, number: 7 });
  });

  test('a state with a gap is refused', () => {
    const doc = copyOf(smallBoard);
    act(doc, [{ kind: 'add card', which: 0, at: 0, text: 'one' }]);
    const seen = Y.encodeStateVector(doc);
    act(doc, [{ kind: 'add card', which: 0, at: 0, text: 'two' }]);
    const torn = Y.encodeStateAsUpdate(doc, seen);
    expect(() => removeAdded(torn, smallBoard, [1])).toThrow('the state has a gap');
    expect(() => removeAdded(smallBoard, torn, [1])).toThrow('the state has a gap');
  });
});
