import * as v from 'valibot';
import { beforeEach, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { buildRecord, records } from '../../../shared/schema/collection.ts';
import type { DocumentDefinition } from '../../../shared/schema/document.ts';
import { author, text, value } from '../../../shared/schema/field.ts';
import { rootOf, storedRecord, textOf } from '../../../shared/schema/read.ts';
import { research } from '../trial-documents.ts';
import type { Person } from './guarded.ts';
import { Guarded } from './guarded.ts';

const quotes = records('quotes', {
  about: 'trials',
  add: 'write',
  change: 'own',
  fields: { text: text(100), author: author(), isClosed: value(v.boolean(), false, 'structure') },
});
const definition: DocumentDefinition = { ...research, collections: { quotes } };

let board: Guarded;
let fay: Person;
let ana: Person;
let ben: Person;

beforeEach(() => {
  board = new Guarded(definition);
  fay = board.person('fay', 'facilitator');
  ana = board.person('ana');
  ben = board.person('ben');
});

const add = (who: Person, id: string, by = who.id) =>
  who.does((doc) => rootOf(doc, quotes).set(id, buildRecord(quotes, { text: 'said', author: by })));
const rewrite = (who: Person, id: string) =>
  who.does((doc) => textOf(doc, quotes, id, 'text')?.insert(0, 'once '));
const remove = (who: Person, id: string) =>
  who.does((doc) => storedRecord(doc, quotes, id)?.set('gone', true));
const close = (who: Person, id: string) =>
  who.does((doc) => storedRecord(doc, quotes, id)?.set('isClosed', true));

describe('what the definition of a collection says', () => {
  test('G23 a field that names a power is set by whoever has it, also when the record is made', () => {
    expect(add(ana, 'one')).toBe('pass');
    expect(close(fay, 'one')).toBe('pass');
    expect(storedRecord(board.doc, quotes, 'one')?.get('isClosed')).toBe(true);
    expect(close(ana, 'one')).toBe('role');
    const made = board
      .person('ana')
      .does((doc) => rootOf(doc, quotes).set('two', buildRecord(quotes, { author: 'ana', isClosed: false })));
    expect(made).toBe('role');
  });

  test('G24 a record that is its author’s own is changed and removed by them and by facilitators', () => {
    expect(add(ana, 'one')).toBe('pass');
    expect(rewrite(ana, 'one')).toBe('pass');
    expect(rewrite(fay, 'one')).toBe('pass');
    expect(rewrite(ben, 'one')).toBe('not-author');
    expect(remove(board.person('ben'), 'one')).toBe('not-author');
    expect(remove(ana, 'one')).toBe('pass');
  });

  test('G24 a record without an author is nobody’s own', () => {
    expect(add(ana, 'one', '')).toBe('pass');
    expect(rewrite(ana, 'one')).toBe('not-author');
    expect(remove(fay, 'one')).toBe('pass');
  });

  test('G5 the collections of other documents are none of this one', () => {
    expect(ana.does((doc) => doc.getMap('cards').set('one', new Y.Map()))).toBe('unknown-root');
  });
});
