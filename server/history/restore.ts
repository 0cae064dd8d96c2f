import * as v from 'valibot';
import * as Y from 'yjs';
import type { Collection, ValueCollection } from '../../shared/schema/collection.ts';
import { parseRecord, parseValue } from '../../shared/schema/collection.ts';
import type { ServedDocument } from '../documents/work.ts';
import { isEqual } from '../../shared/schema/equal.ts';
import { rootOf } from '../../shared/schema/read.ts';
import type { Field, ValueField } from '../../shared/schema/field.ts';
import { spliceBetween } from '../../shared/text/splice.ts';
import { openPresent, openWhole } from './states.ts';

/**
 * Creates the update that makes a document read like one of its versions; null if it already does. It is an edit like
 * any other: it merges with concurrent edits, which survive wherever they touch something else. So a record that the
 * version does not have is marked `gone`, a text is spliced, and unchanged content is not replaced. Restoring the
 * earlier state undoes all of it.
 *
 * Not restored: `meta` and what only the server writes, such as `people`, which describe the present; an idea's number,
 * which others may have quoted; an author, who is set once; and the content of a removed record, which nobody sees.
 * @param current the state as one Yjs update
 * @param version the state to restore, as one Yjs update; it may have an older layout
 * @throws if one of them is not a whole document, or has a layout other than this program's
 */
export function restore(served: ServedDocument, current: Uint8Array, version: Uint8Array): Uint8Array | null {
  const now = openPresent(current, served);
  const then = openWhole(version, served);
  try {
    const mayReturn = served.past?.mayReturn(now) ?? nothingReturns;
    let made: Uint8Array | null = null;
    now.on('update', (update: Uint8Array) => (made = update));
    now.transact(() => {
      for (const of of Object.values(served.collections)) {
        if (of.add === 'server' && of.change === 'server') continue;
        if (of.kind === 'records') restoreRecords(of, rootOf(now, of), rootOf(then, of), mayReturn);
        else restoreValues(of, rootOf(now, of), rootOf(then, of));
      }
    });
    return made;
  } finally {
    now.destroy();
    then.destroy();
  }
}

const nothingReturns = () => false;

function restoreRecords(
  of: Collection,
  now: Y.Map<unknown>,
  then: Y.Map<unknown>,
  mayReturn: (value: unknown) => boolean,
): void {
  for (const [id, record] of now) {
    if (record instanceof Y.Map && !(then.get(id) instanceof Y.Map)) setGone(of, record, true);
  }
  for (const [id, wanted] of then) {
    if (!(wanted instanceof Y.Map)) continue;
    const record = now.get(id);
    if (record instanceof Y.Map) restoreRecord(of, record, wanted);
    // After a reset to a state from before the record, or a rebuild, which omits removed records.
    else now.set(id, copyOf(of, wanted, mayReturn));
  }
}

function restoreRecord(of: Collection, record: Y.Map<unknown>, wanted: Y.Map<unknown>): void {
  const isGone = parseRecord(of, '', wanted)?.gone ?? false;
  setGone(of, record, isGone);
  if (isGone) return;
  for (const [name, field] of Object.entries<Field>(of.fields)) {
    if (name !== 'gone') restoreField(record, wanted, name, field);
  }
}

function restoreField(record: Y.Map<unknown>, wanted: Y.Map<unknown>, name: string, field: Field): void {
  const now = record.get(name);
  const then = wanted.get(name);
  switch (field.kind) {
    case 'text': {
      const text = then instanceof Y.Text ? then.toJSON() : '';
      if (now instanceof Y.Text) splice(now, text);
      else if (text !== '') record.set(name, new Y.Text(text));
      return;
    }
    case 'set': {
      const members = then instanceof Y.Map ? [...then.keys()] : [];
      if (now instanceof Y.Map) restoreMembers(now, members);
      else if (members.length > 0) record.set(name, new Y.Map(members.map((id) => [id, true])));
      return;
    }
    case 'value':
      restoreValue(record, wanted, name, field);
  }
}

function restoreValue(
  record: Y.Map<unknown>,
  wanted: Y.Map<unknown>,
  name: string,
  field: ValueField<unknown>,
): void {
  if (field.by === 'server' || (field.by === 'author' && record.has(name))) return;
  const read = (stored: unknown) => (v.is(field.schema, stored) ? stored : field.fallback);
  const then = read(wanted.get(name));
  if (!isEqual(read(record.get(name)), then)) record.set(name, then);
}

function setGone(of: Collection, record: Y.Map<unknown>, gone: boolean): void {
  if (parseRecord(of, '', record)?.gone !== gone) record.set('gone', gone);
}

/** By the smallest edit, so that concurrent typing in the rest of the text survives. */
function splice(text: Y.Text, next: string): void {
  const { index, remove, insert } = spliceBetween(text.toJSON(), next, 0);
  if (remove > 0) text.delete(index, remove);
  if (insert !== '') text.insert(index, insert);
}

function restoreMembers(set: Y.Map<unknown>, members: readonly string[]): void {
  const wanted = new Set(members);
  for (const id of [...set.keys()]) if (!wanted.has(id)) set.delete(id);
  for (const id of wanted) if (!set.has(id)) set.set(id, true);
}

/** A copy of a record in the version. A number that may be used by now is omitted: the server sets another. */
function copyOf(
  of: Collection,
  wanted: Y.Map<unknown>,
  mayReturn: (value: unknown) => boolean,
): Y.Map<unknown> {
  const copy = wanted.clone();
  for (const [name, field] of Object.entries<Field>(of.fields)) {
    const isGiven = field.kind === 'value' && field.by === 'server';
    if (isGiven && !mayReturn(wanted.get(name))) copy.delete(name);
  }
  return copy;
}

/** Values of the version are validated again: an earlier program may have written them. */
function restoreValues(of: ValueCollection, now: Y.Map<unknown>, then: Y.Map<unknown>): void {
  const wanted = new Map<string, unknown>();
  for (const [key, stored] of then) {
    const value = parseValue(of, stored);
    if (value !== null) wanted.set(key, value);
  }
  for (const key of [...now.keys()]) if (!wanted.has(key)) now.delete(key);
  for (const [key, value] of wanted) if (!isEqual(now.get(key), value)) now.set(key, value);
}
