import { expect, test } from 'vitest';
import { records, values } from '../../shared/schema/collection.ts';
import { author, text } from '../../shared/schema/field.ts';
import { collectionsIn } from '../../shared/schema/files.ts';
import * as v from 'valibot';

const about = 'trials';

test('a record of one’s own needs an author, by the name that recovery looks for', () => {
  const define = (fields: Parameters<typeof records>[1]['fields']) => () =>
    records('notes', { about, add: 'write', change: 'own', fields });
  expect(define({ text: text(10) })).toThrow('without an author');
  expect(define({ by: author() })).toThrow('is called author');
  expect(define({ author: author() })).not.toThrow();
});

test('of two collections with one name neither is lost in silence; one that two files export is one', () => {
  const notes = records('notes', { about, add: 'write', fields: {} });
  const others = values('notes', { about, change: 'write', schema: v.number() });
  expect(() => collectionsIn({ one: { notes }, two: { others } })).toThrow('one name');
  expect(Object.keys(collectionsIn({ one: { notes }, two: { notes } }))).toEqual(['notes']);
});
