import * as Y from 'yjs';
import type { Collection, RecordOf, ValueCollection } from './collection.ts';
import { parseRecord, parseValue } from './collection.ts';
import type { Field } from './field.ts';

/** The root map of a collection. */
export function rootOf(doc: Y.Doc, of: { readonly name: string }): Y.Map<unknown> {
  return doc.getMap(of.name);
}

/** Reads one record; null if it does not exist. */
export function readRecord<F extends Record<string, Field>>(
  doc: Y.Doc,
  of: Collection<F>,
  id: string,
): RecordOf<F> | null {
  return parseRecord(of, id, rootOf(doc, of).get(id));
}

/** Reads all records that are not removed, in no order. */
export function readAll<F extends Record<string, Field>>(doc: Y.Doc, of: Collection<F>): RecordOf<F>[] {
  const all: RecordOf<F>[] = [];
  for (const [id, stored] of rootOf(doc, of)) {
    const record = parseRecord(of, id, stored);
    if (record && !record.gone) all.push(record);
  }
  return all;
}

/** Reads all well-formed values of a value collection. */
export function readValues<T>(doc: Y.Doc, of: ValueCollection<T>): T[] {
  const all: T[] = [];
  for (const stored of rootOf(doc, of).values()) {
    const parsed = parseValue(of, stored);
    if (parsed !== null) all.push(parsed);
  }
  return all;
}

/** The stored form of one record; null if it does not exist. */
export function storedRecord(doc: Y.Doc, of: { readonly name: string }, id: string): Y.Map<unknown> | null {
  const stored = rootOf(doc, of).get(id);
  return stored instanceof Y.Map ? stored : null;
}

/** The Y.Text of a text field, to type in; null if the record or the text does not exist. */
export function textOf(doc: Y.Doc, of: { readonly name: string }, id: string, field: string): Y.Text | null {
  const stored = storedRecord(doc, of, id)?.get(field);
  return stored instanceof Y.Text ? stored : null;
}
