import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { documentSchema } from '../../shared/documents.ts';
import { bringTo, schemaOf } from '../../shared/schema/document.ts';
import type { Migration } from '../../shared/schema/migration.ts';
import { migrate } from '../../shared/schema/migration.ts';

/** A migration that records that it ran. */
const noting = (to: number): Migration => ({ to, run: (doc) => doc.getArray('ran').push([to]) });
const all = [noting(4), noting(2), noting(3)];
const ran = (doc: Y.Doc) => doc.getArray('ran').toArray();

test('only migrations newer than the document run, in order of version', () => {
  const doc = new Y.Doc();
  migrate(doc, 2, all);
  expect(ran(doc)).toEqual([3, 4]);
  migrate(doc, 4, all);
  migrate(doc, 9, all);
  expect(ran(doc)).toEqual([3, 4]);
  migrate(doc, 0, []);
  expect(ran(doc)).toEqual([3, 4]);
});

test('a document records its layout, so each migration runs once', () => {
  const doc = new Y.Doc();
  expect(schemaOf(doc)).toBe(1);
  bringTo({ version: 4, migrations: all }, doc);
  expect([schemaOf(doc), ran(doc)]).toEqual([4, [2, 3, 4]]);
  bringTo({ version: 4, migrations: all }, doc);
  expect([schemaOf(doc), ran(doc)]).toEqual([4, [2, 3, 4]]);
  bringTo({ version: 5, migrations: all }, doc);
  expect([schemaOf(doc), ran(doc)]).toEqual([5, [2, 3, 4]]);
});

test('a version that is not a number counts as version 1', () => {
  const doc = new Y.Doc();
  doc.getMap('meta').set('schema', '7');
  expect(schemaOf(doc)).toBe(1);
});

test('no migration is newer than the current layout', () => {
  const { version, migrations } = documentSchema;
  for (const { to } of migrations) {
    expect(to).toBeGreaterThan(1);
    expect(to).toBeLessThanOrEqual(version);
  }
  expect(new Set(migrations.map(({ to }) => to)).size).toBe(migrations.length);
});
