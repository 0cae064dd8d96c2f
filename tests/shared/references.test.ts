import * as v from 'valibot';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { buildRecord, records, values } from '../../shared/schema/collection.ts';
import { author, idOf, idOrEmpty, ref, refs, text, value } from '../../shared/schema/field.ts';
import { rootOf } from '../../shared/schema/read.ts';
import { idsNamed } from '../../shared/schema/references.ts';

const quotes = records('quotes', {
  about: 'what people said',
  add: 'write',
  fields: {
    words: text(300),
    author: author(),
    owner: ref('people'),
    readers: refs('people'),
    cards: refs('cards'),
    held: value(v.nullable(v.object({ by: idOrEmpty('people'), day: v.string() })), null),
    helpers: value(v.array(idOf('people')), []),
  },
});
const dots = values('dots', {
  about: 'votes',
  change: 'write',
  schema: v.object({ person: idOf('people'), card: idOf('cards'), dots: v.number() }),
});
const seen = values('seen', {
  about: 'days',
  change: 'write',
  schema: v.object({ day: v.string() }),
});

function documentWith(edit: (doc: Y.Doc) => void): Y.Doc {
  const doc = new Y.Doc();
  edit(doc);
  return doc;
}

const named = (doc: Y.Doc, to: string) => [...idsNamed(doc, [quotes, dots, seen], to)].sort();

test('ids are found in values, in sets, inside objects and lists, and in value collections', () => {
  const doc = documentWith((doc) => {
    rootOf(doc, quotes).set(
      'q',
      buildRecord(quotes, {
        words: 'zoe',
        author: 'ana',
        owner: 'ben',
        readers: ['cleo'],
        cards: ['c1'],
        held: { by: 'dan', day: '2026-11-28' },
        helpers: ['eva'],
      }),
    );
    rootOf(doc, dots).set('d', { person: 'fia', card: 'c2', dots: 2 });
    rootOf(doc, seen).set('s', { day: 'gus' });
  });
  expect(named(doc, 'people')).toEqual(['ana', 'ben', 'cleo', 'dan', 'eva', 'fia']);
  expect(named(doc, 'cards')).toEqual(['c1', 'c2']);
  expect(named(doc, 'lanes')).toEqual([]);
});

test('removed, missing, empty and malformed values contain no ids', () => {
  const doc = documentWith((doc) => {
    rootOf(doc, quotes).set('gone', buildRecord(quotes, { author: 'ana', readers: ['ben'] }, true));
    rootOf(doc, quotes).set('bare', buildRecord(quotes, { author: '' }));
    rootOf(doc, quotes).set('strange', 'ana');
    rootOf(doc, dots).set('d', null);
    rootOf(doc, dots).set('e', { person: 7 });
  });
  expect(named(doc, 'people')).toEqual([]);
});
