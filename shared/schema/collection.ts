import * as v from 'valibot';
import * as Y from 'yjs';
import { maxRecords } from '../limits.ts';
import type { Power } from '../roles.ts';
import type { Field, SetField, TextField, ValueField } from './field.ts';
import { closedIsolates } from '../text/bidi.ts';
import { oneLine } from '../text/lines.ts';
import { isLine, value } from './field.ts';

/** A record as the views see it: plain, parsed and complete. */
export type RecordOf<F extends Record<string, Field>> = { readonly id: string; readonly gone: boolean } & {
  readonly [K in keyof F]: F[K] extends TextField
    ? string
    : F[K] extends SetField
      ? readonly string[]
      : F[K] extends ValueField<infer T>
        ? T
        : never;
};

/** The fields of a new record. Missing ones get the field's default. */
export type NewRecord<F extends Record<string, Field>> = {
  readonly [K in keyof F]?: F[K] extends TextField
    ? string
    : F[K] extends SetField
      ? readonly string[]
      : F[K] extends ValueField<infer T>
        ? T
        : never;
};

/** Who may write in a collection: roles with a power, or only the server. */
export type Writers = Power | 'server';

/**
 * A root map of a document, from random id to Y.Map. A record is removed by `gone: true` and never deleted, so that
 * undo loses no edits that others made to it in the meantime.
 */
export interface Collection<
  F extends Record<string, Field> = Record<string, Field>,
  N extends string = string,
> {
  readonly kind: 'records';
  readonly name: N;
  /** What it holds, in a few words, for docs/DOCUMENT.md. */
  readonly about: string;
  readonly add: Writers;
  /** `own`: the author of a record may change and remove it, and so may anyone with the power `structure`. */
  readonly change: Writers | 'own';
  /** The maximum number of existing entries. With removed entries included, three times as many. */
  readonly limit: number;
  readonly fields: F & { gone: ValueField<boolean> };
}

/**
 * A root map from a meaningful key to a plain value, for facts that are either there or not (an emotion at a phase for
 * a persona). Two people who state the same fact state it once.
 */
export interface ValueCollection<T = unknown, N extends string = string> {
  readonly kind: 'values';
  readonly name: N;
  readonly about: string;
  readonly add: Writers;
  readonly change: Writers;
  readonly limit: number;
  readonly schema: v.GenericSchema<unknown, T>;
}

export type AnyCollection = Collection | ValueCollection;

/** Defines a collection of records. */
export function records<const N extends string, F extends Record<string, Field>>(
  name: N,
  given: {
    readonly about: string;
    readonly add: Writers;
    /** Defaults to `add`. */
    readonly change?: Writers | 'own';
    readonly limit?: number;
    readonly fields: F;
  },
): Collection<F, N> {
  const { about, add, change = add, limit = maxRecords } = given;
  const fields = { ...given.fields, gone: value(v.boolean(), false) };
  for (const [field, of] of Object.entries<Field>(fields))
    // The code that restores lost edits finds the author by this name alone.
    if (isAuthor(of) && field !== 'author') throw new Error(`${name}: the author's field is called author`);
  if (change === 'own' && !Object.values<Field>(fields).some(isAuthor))
    throw new Error(`${name}: a record without an author is nobody's own`);
  return { kind: 'records', name, about, add, change, limit, fields };
}

/** Defines a collection of values. */
export function values<const N extends string, T>(
  name: N,
  given: {
    readonly about: string;
    readonly change: Writers;
    readonly limit?: number;
    readonly schema: v.GenericSchema<unknown, T>;
  },
): ValueCollection<T, N> {
  const { about, change, limit = maxRecords, schema } = given;
  return { kind: 'values', name, about, add: change, change, limit, schema };
}

const isAuthor = (field: Field) => field.kind === 'value' && field.by === 'author';

/** Parses one record of the document. A missing or malformed field reads as its default. */
export function parseRecord<F extends Record<string, Field>>(
  collection: Collection<F>,
  id: string,
  stored: unknown,
): RecordOf<F> | null {
  if (!(stored instanceof Y.Map)) return null;
  const record: Record<string, unknown> = { id };
  for (const [name, field] of Object.entries<Field>(collection.fields)) {
    record[name] = parseField(field, stored.get(name));
  }
  return record as RecordOf<F>;
}

function parseField(field: Field, stored: unknown): unknown {
  switch (field.kind) {
    case 'text':
      // toJSON leaves out formats, as toString would. Both return the bare characters.
      return closedIsolates(asField(field, stored instanceof Y.Text ? stored.toJSON() : stored));
    case 'set':
      return stored instanceof Y.Map ? [...stored.keys()].sort() : [];
    case 'value':
      return v.is(field.schema, stored) ? stored : field.fallback;
  }
}

/** A given text as the field holds it. */
function asField(field: TextField, given: unknown): string {
  const text = typeof given === 'string' ? given : '';
  return isLine(field) ? oneLine(text) : text;
}

/** Parses one value of a value collection; null if it is malformed. */
export function parseValue<T>(collection: ValueCollection<T>, stored: unknown): T | null {
  const parsed = v.safeParse(collection.schema, stored);
  return parsed.success ? parsed.output : null;
}

/** Builds a record as Y types, ready to be set under its id. Text and set fields exist from the start. */
export function buildRecord<F extends Record<string, Field>>(
  collection: Collection<F>,
  fields: NewRecord<F>,
  hidden = false,
): Y.Map<unknown> {
  const record = new Y.Map<unknown>();
  const given: Record<string, unknown> = fields;
  for (const [name, field] of Object.entries<Field>(collection.fields)) {
    const initial = given[name];
    switch (field.kind) {
      case 'text':
        record.set(name, new Y.Text(asField(field, initial)));
        break;
      case 'set':
        record.set(name, new Y.Map((Array.isArray(initial) ? initial : []).map((id: string) => [id, true])));
        break;
      case 'value':
        if (initial !== undefined) record.set(name, initial);
    }
  }
  if (hidden) record.set('gone', true);
  return record;
}
