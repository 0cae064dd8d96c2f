import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { ideas } from '../../shared/collections/idea.ts';
import { lanes } from '../../shared/collections/lane.ts';
import { personas } from '../../shared/collections/persona.ts';
import { phases, steps } from '../../shared/collections/phase.ts';
import { buildRecord, records, values } from '../../shared/schema/collection.ts';
import { PlainEditor } from '../../shared/schema/editor.ts';
import type { Field } from '../../shared/schema/field.ts';
import { author, isLine, text } from '../../shared/schema/field.ts';
import { readRecord, rootOf, textOf } from '../../shared/schema/read.ts';
import { writeText } from '../../shared/schema/text-splice.ts';
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

test('titles, names, goals and reasons are one line; what may be long is not', () => {
  const lines = [phases, steps, lanes, personas, ideas].map(({ name, fields }) => [
    name,
    Object.entries<Field>(fields).flatMap(([field, of]) => (isLine(of) ? [field] : [])),
  ]);
  expect(Object.fromEntries(lines)).toEqual({
    phases: ['title', 'goal'],
    steps: ['title'],
    lanes: ['title'],
    personas: ['name', 'role'],
    ideas: ['title', 'why'],
  });
});

/** An idea whose texts another program wrote with line ends. */
function ideaWith(title: string): Y.Doc {
  const doc = new Y.Doc();
  const record = buildRecord(ideas, { solution: 'One\nTwo' });
  rootOf(doc, ideas).set('idea', record);
  textOf(doc, ideas, 'idea', 'title')?.insert(0, title);
  return doc;
}

test('a line end in a one-line field reads as a space, and reading does not change the document', () => {
  const doc = ideaWith('Tell\u2028people');
  expect(readRecord(doc, ideas, 'idea')).toMatchObject({ title: 'Tell people', solution: 'One\nTwo' });
  expect(textOf(doc, ideas, 'idea', 'title')?.toJSON()).toBe('Tell\u2028people');
});

test('a text reads with its isolates closed, so that it cannot reorder the words around it', () => {
  const doc = ideaWith('\u2069\u202eevil');
  expect(readRecord(doc, ideas, 'idea')).toMatchObject({ title: '\u202eevil' });
  expect(textOf(doc, ideas, 'idea', 'title')?.toJSON()).toBe('\u2069\u202eevil');
});

test('a new record gets one line where it has one-line fields', () => {
  const doc = new Y.Doc();
  rootOf(doc, ideas).set('idea', buildRecord(ideas, { title: 'Tell\r\npeople', solution: 'One\nTwo' }));
  expect(textOf(doc, ideas, 'idea', 'title')?.toJSON()).toBe('Tell people');
  expect(textOf(doc, ideas, 'idea', 'solution')?.toJSON()).toBe('One\nTwo');
});

test('writing a one-line field writes one line, and leaves the line ends of others', () => {
  const doc = ideaWith('Tell\npeople');
  const editor = new PlainEditor(doc, 'ana');
  const title = () => textOf(doc, ideas, 'idea', 'title')?.toJSON();
  writeText(editor, ideas, 'idea', 'title', 'Tell people');
  expect(title()).toBe('Tell\npeople');
  writeText(editor, ideas, 'idea', 'title', 'Tell people\nnow');
  expect(title()).toBe('Tell\npeople now');
});
