import { expect, test } from 'vitest';
import { records, values } from '../../shared/schema/collection.ts';
import { author, text } from '../../shared/schema/field.ts';
import { collectionsIn } from '../../shared/schema/files.ts';
import * as v from 'valibot';

const about = 'trials';

test("a collection with change 'own' needs a field `author`, the name that recovery uses", () => {
  const define = (fields: Parameters<typeof records>[1]['fields']) => () =>
    records('notes', { about, add: 'write', change: 'own', fields });
  expect(define({ text: text(10) })).toThrow('without an author');
  expect(define({ by: author() })).toThrow('is called author');
  expect(define({ author: author() })).not.toThrow();
});

test('two collections with the same name are an error; one that two files export counts once', () => {
  const notes = records('notes', { about, add: 'write', fields: {} });
  const others = values('notes', { about, change: 'write', schema: v.number() });
  expect(() => collectionsIn({ one: { notes }, two: { others } })).toThrow('one name');
  expect(Object.keys(collectionsIn({ one: { notes }, two: { notes } }))).toEqual(['notes']);
});
