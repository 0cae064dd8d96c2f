import { expect, test } from 'vitest';
import { board, documents } from '../../shared/documents.ts';
import type { DocumentDefinition } from '../../shared/schema/document.ts';
import { collectionIn, documentNamed, itsPerson } from '../../shared/schema/document.ts';

const draft: DocumentDefinition = { ...board, name: 'draft/<person>', reads: itsPerson, writes: itsPerson };
const trial = [board, draft];

test('a name resolves to its definition and to the person in it', () => {
  expect(documentNamed(trial, 'board')).toEqual({ definition: board, owner: null });
  expect(documentNamed(trial, 'draft/ana')).toEqual({ definition: draft, owner: 'ana' });
});

test.each([
  '',
  'Board',
  'board/',
  'board/ana',
  'draft',
  'draft/',
  'draft//ana',
  'draft/ana/',
  'draft/ana/ben',
  'draft/<person>',
  'draft/..',
  'draft/a.b',
  'draft+ana',
  `draft/${'a'.repeat(65)}`,
  'constructor',
])('%j is not the name of a document', (name) => {
  expect(documentNamed(trial, name)).toBeNull();
});

test('only the person in the name may read the document, in any role', () => {
  expect(itsPerson({ person: 'ana', role: 'observer' }, 'ana')).toBe(true);
  expect(itsPerson({ person: 'fay', role: 'facilitator' }, 'ana')).toBe(false);
  expect(itsPerson({ person: 'fay', role: 'facilitator' }, null)).toBe(false);
});

test('a document has only the collections of its definition, not inherited properties', () => {
  expect(collectionIn(board, 'cards')).toBe(board.collections.cards);
  for (const name of ['meta', 'notes', 'constructor', '__proto__'])
    expect(collectionIn(board, name)).toBeNull();
});

test('each collection is listed under its own name, and a new board has one document', () => {
  for (const { collections } of documents)
    for (const [name, of] of Object.entries(collections)) expect(of.name).toBe(name);
  expect(documents.filter(({ comesWithBoard }) => comesWithBoard)).toEqual([board]);
});
