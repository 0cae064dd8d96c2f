import * as v from 'valibot';
import { maxOrderKey, maxSetSize } from '../limits.ts';
import type { Power } from '../roles.ts';
import { idPattern } from '../id.ts';

/**
 * Text that several people may type in at once: a Y.Text without formats, of at most `max` characters. `line`: it is one
 * line. A line end in it reads as a space, and our own code writes none.
 */
export interface TextField {
  readonly kind: 'text';
  readonly max: number;
  readonly line?: true;
}

/** A set of ids: a Y.Map from id to true. If two people each add an id, both stay. */
export interface SetField {
  readonly kind: 'set';
  readonly max: number;
  /** The collection of its members. */
  readonly to: string;
}

/** Who may set a field, if not everyone who may change the record. */
export type FieldWriters = 'author' | 'server' | Power;

/**
 * Plain JSON, replaced as a whole; the last writer wins. `by` narrows who may set it. `author`: only the person who
 * creates the record, in the same update, and only to their own id or to the empty id. `server`: no client. A power:
 * roles with that power. `locks`: the record is locked while the value is true; a policy decides what that forbids.
 */
export interface ValueField<T> {
  readonly kind: 'value';
  readonly schema: v.GenericSchema<unknown, T>;
  readonly fallback: T;
  readonly by?: FieldWriters;
  readonly locks?: true;
}

export type Field = TextField | SetField | ValueField<unknown>;

export const text = (max: number): TextField => ({ kind: 'text', max });

/** A text of one line: a title, a name. */
export const line = (max: number): TextField => ({ kind: 'text', max, line: true });

export const isLine = (field: Field | undefined): boolean => field?.kind === 'text' && field.line === true;

/** A set of records of a collection. */
export const refs = (to: string, max = maxSetSize): SetField => ({ kind: 'set', max, to });

export function value<T>(schema: v.GenericSchema<unknown, T>, fallback: T, by?: FieldWriters): ValueField<T> {
  return by === undefined ? { kind: 'value', schema, fallback } : { kind: 'value', schema, fallback, by };
}

/**
 * The id of a record of a collection. The schema names the collection, at any depth of a value: see `references.ts`.
 */
export const idOf = (to: string) => v.pipe(v.string(), v.regex(idPattern), v.metadata({ to }));
/** The same, or empty. */
export const idOrEmpty = (to: string) => v.union([idOf(to), v.literal('')]);

/** One record of a collection, or null. */
export const ref = (to: string): ValueField<string | null> => value(v.nullable(idOf(to)), null);
/** The person who creates the record. */
export const author = (): ValueField<string> => value(idOrEmpty('people'), '', 'author');

/** Whether the record is locked: for facilitators to set. While it is, participants cannot change the record. */
export const lock = (): ValueField<boolean> => ({ ...value(v.boolean(), false, 'structure'), locks: true });

/** Schemas that several collections use. */
export const idSchema = v.pipe(v.string(), v.regex(idPattern));
export const orderSchema = v.pipe(v.string(), v.maxLength(maxOrderKey));
export const colorSchema = v.pipe(v.string(), v.regex(/^#[0-9a-f]{6}$/i));
