import * as v from 'valibot';
import { maxOrderKey, maxSetSize } from '../limits.ts';
import type { Power } from '../roles.ts';
import { idPattern } from '../id.ts';

/** Text that several may type in at once: a Y.Text without formats, at most `max` characters. */
export interface TextField {
  readonly kind: 'text';
  readonly max: number;
}

/** A set of ids: a Y.Map from id to true, so that two people who each add one both keep theirs. */
export interface SetField {
  readonly kind: 'set';
  readonly max: number;
  /** The collection that its members are of. */
  readonly to: string;
}

/** Who may set a field, where not everybody may who may change the record. */
export type FieldWriters = 'author' | 'server' | Power;

/**
 * Plain JSON, replaced whole, the last writer wins. `by` narrows who may set it:
 * `author`, only who makes the record, with the record, and only to their own id or to nobody's (empty);
 * `server`, no client; a power, whoever has it. `locks`: the record is locked while its value is true; what that forbids is a policy's to say.
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

/** A set of records of a collection. */
export const refs = (to: string, max = maxSetSize): SetField => ({ kind: 'set', max, to });

export function value<T>(schema: v.GenericSchema<unknown, T>, fallback: T, by?: FieldWriters): ValueField<T> {
  return by === undefined ? { kind: 'value', schema, fallback } : { kind: 'value', schema, fallback, by };
}

/** The id of a record of a collection. The schema says which, wherever it stands in a value: see `references.ts`. */
export const idOf = (to: string) => v.pipe(v.string(), v.regex(idPattern), v.metadata({ to }));
/** The same, or nothing yet. */
export const idOrEmpty = (to: string) => v.union([idOf(to), v.literal('')]);

/** One record of a collection, or none. */
export const ref = (to: string): ValueField<string | null> => value(v.nullable(idOf(to)), null);
/** The person who makes the record. */
export const author = (): ValueField<string> => value(idOrEmpty('people'), '', 'author');

/** Schemas that several collections use. */
export const idSchema = v.pipe(v.string(), v.regex(idPattern));
export const orderSchema = v.pipe(v.string(), v.maxLength(maxOrderKey));
export const colorSchema = v.pipe(v.string(), v.regex(/^#[0-9a-f]{6}$/i));
