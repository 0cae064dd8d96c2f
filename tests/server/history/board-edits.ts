import fc from 'fast-check';
import * as Y from 'yjs';
import { cards } from '../../../shared/collections/card.ts';
import type { Collection, ValueCollection } from '../../../shared/schema/collection.ts';
import { buildRecord, parseRecord } from '../../../shared/schema/collection.ts';
import { collections, openRoots } from '../../../shared/documents.ts';
import { rootOf } from '../../../shared/schema/read.ts';
import {
  emotionKey,
  emotions,
  emotionWords,
  experience,
  pointKey,
} from '../../../shared/collections/emotion.ts';
import { ideas } from '../../../shared/collections/idea.ts';
import { Draft } from '../../../server/templates/draft.ts';
import { lanes } from '../../../shared/collections/lane.ts';
import { personas } from '../../../shared/collections/persona.ts';
import { phases } from '../../../shared/collections/phase.ts';

/** One edit of a board; the numbers select what it changes. */
export interface Edit {
  readonly kind: (typeof kinds)[number];
  readonly which: number;
  readonly at: number;
  readonly text: string;
}

const kinds = [
  'type',
  'erase',
  'move',
  'weigh',
  'remove',
  'bring back',
  'persona',
  'add card',
  'add idea',
  'mark emotion',
  'unmark emotion',
  'place point',
  'rename phase',
  'rename lane',
] as const;

export const edits: fc.Arbitrary<Edit[]> = fc.array(
  fc.record({
    kind: fc.constantFrom(...kinds),
    which: fc.nat(1_000),
    at: fc.nat(1_000),
    text: fc.constantFrom('', 'a', 'waiting', '🙂', 'é\n', 'the long way round to the ticket machine'),
  }),
  { maxLength: 25 },
);

/** A copy of a board, as another client has it. */
export function copyOf(state: Uint8Array): Y.Doc {
  const doc = new Y.Doc();
  openRoots(doc);
  Y.applyUpdate(doc, state);
  return doc;
}

export const stateOf = (doc: Y.Doc) => Y.encodeStateAsUpdate(doc);

/** The board after these edits. */
export function edited(state: Uint8Array, done: readonly Edit[]): Uint8Array {
  const doc = copyOf(state);
  act(doc, done);
  return stateOf(doc);
}

/** The board after a state and an optional update. */
export function withUpdate(state: Uint8Array, update: Uint8Array | null): Y.Doc {
  const doc = copyOf(state);
  if (update) Y.applyUpdate(doc, update);
  return doc;
}

export const readingOf = (state: Uint8Array) => reading(copyOf(state));

/** A board so small that edits meet: two phases and lanes, three cards, two personas and ideas. */
export const smallBoard: Uint8Array = (() => {
  const draft = new Draft('map');
  const [phase = ''] = ['Before', 'On the way'].map((title) => draft.add(phases, { title }));
  const [lane = ''] = ['Does', 'Feels'].map((title) => draft.add(lanes, { title }));
  const [persona = ''] = ['Commuter', 'Visitor'].map((name) => draft.add(personas, { name }));
  for (const text of ['Looks up the train', 'Waits', ''])
    draft.add(cards, { text, place: { lane, phase, step: null, order: 'a0' }, personas: [persona] });
  for (const title of ['A card that tells how sure it is', 'A bench'])
    draft.add(ideas, { title, solution: 'Try it at one stop' });
  return draft.toUpdate();
})();

/** Applies these edits to a board, in order. Returns the records and values that they changed. */
export function act(doc: Y.Doc, done: readonly Edit[]): Set<string> {
  return new Set(done.flatMap((edit) => doc.transact(() => apply(doc, edit)) ?? []));
}

function apply(doc: Y.Doc, { kind, which, at, text }: Edit): string | null {
  const pick = (name: keyof typeof collections) => {
    const all = [...rootOf(doc, collections[name])].sort(([a], [b]) => (a < b ? -1 : 1));
    const [id, stored] = all[which % all.length] ?? ['', null];
    if (!(stored instanceof Y.Map)) throw new Error(`the board has no ${name}`);
    const record: Y.Map<unknown> = stored;
    return { id, record, name: `${name}/${id}` };
  };
  const someText = (record: Y.Map<unknown>, field: string) => {
    const found = record.get(field);
    if (!(found instanceof Y.Text)) throw new Error(`a record has no ${field}`);
    return found;
  };
  const write = (of: keyof typeof collections, field: string) => {
    const { record, name } = pick(of);
    const words = someText(record, field);
    words.insert(at % (words.length + 1), text);
    return name;
  };
  switch (kind) {
    case 'type':
      return write('cards', 'text');
    case 'rename phase':
      return write('phases', 'title');
    case 'rename lane':
      return write('lanes', 'title');
    case 'erase': {
      const { record, name } = pick('ideas');
      const words = someText(record, 'title');
      const from = at % (words.length + 1);
      words.delete(from, Math.min(3, words.length - from));
      return name;
    }
    case 'move': {
      const { record, name } = pick('cards');
      record.set('place', { lane: pick('lanes').id, phase: pick('phases').id, step: null, order: `a${at}` });
      return name;
    }
    case 'weigh': {
      const { record, name } = pick('cards');
      record.set('evidence', at % 2 ? 'data' : 'partly');
      return name;
    }
    case 'remove':
    case 'bring back': {
      const { record, name } = pick(at % 2 ? 'cards' : 'ideas');
      record.set('gone', kind === 'remove');
      return name;
    }
    case 'persona': {
      const { record, name } = pick('cards');
      const members = record.get('personas');
      if (!(members instanceof Y.Map)) throw new Error('a card has no personas');
      const persona = pick('personas').id;
      if (members.has(persona)) members.delete(persona);
      else members.set(persona, true);
      return name;
    }
    case 'add card':
    case 'add idea': {
      const of = kind === 'add card' ? cards : ideas;
      const id = `new-${doc.clientID}-${rootOf(doc, of).size}`;
      const record =
        of === cards
          ? buildRecord(cards, { text, author: 'ana' })
          : buildRecord(ideas, { title: text, author: 'ana' });
      if (of === ideas) record.set('number', rootOf(doc, ideas).size + 1);
      rootOf(doc, of).set(id, record);
      return `${of.name}/${id}`;
    }
    case 'mark emotion':
    case 'unmark emotion': {
      const emotion = emotionWords[at % emotionWords.length] ?? 'calm';
      const where = { persona: pick('personas').id, phase: pick('phases').id };
      const key = emotionKey({ ...where, emotion });
      if (kind === 'mark emotion')
        rootOf(doc, emotions).set(key, { ...where, emotion, presence: 'present', seen: 'interview' });
      else rootOf(doc, emotions).delete(key);
      return `emotions/${key}`;
    }
    case 'place point': {
      const where = { persona: pick('personas').id, phase: pick('phases').id };
      rootOf(doc, experience).set(pointKey(where), { ...where, value: (at % 9) / 2 - 2 });
      return `experience/${pointKey(where)}`;
    }
  }
}

/** A board as people read it, by entry: without removed records, and without the server's numbers. */
export function reading(doc: Y.Doc): Map<string, unknown> {
  const all = new Map<string, unknown>();
  for (const of of Object.values<Collection | ValueCollection>(collections)) {
    for (const [key, stored] of rootOf(doc, of)) {
      if (of.kind === 'values') {
        all.set(`${of.name}/${key}`, stored);
        continue;
      }
      const record = parseRecord(of, key, stored);
      if (!record?.gone) all.set(`${of.name}/${key}`, { ...record, number: null });
    }
  }
  return all;
}
