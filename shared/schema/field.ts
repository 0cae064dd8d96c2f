import * as v from 'valibot';
import { maxOrderKey, maxSetSize } from '../limits.ts';
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
}

/**
 * Plain JSON, replaced whole, the last writer wins. `by` narrows who may set it:
 * `author`, only who makes the record, with the record, and only to their own id or to nobody's (empty);
 * `server`, no client.
 */
export interface ValueField<T> {
  readonly kind: 'value';
  readonly schema: v.GenericSchema<unknown, T>;
  readonly fallback: T;
  readonly by?: 'author' | 'server';
}

export type Field = TextField | SetField | ValueField<unknown>;

export const text = (max: number): TextField => ({ kind: 'text', max });

export const setOfIds = (max = maxSetSize): SetField => ({ kind: 'set', max });

export function value<T>(
  schema: v.GenericSchema<unknown, T>,
  fallback: T,
  by?: 'author' | 'server',
): ValueField<T> {
  return by === undefined ? { kind: 'value', schema, fallback } : { kind: 'value', schema, fallback, by };
}

/** Schemas that several collections use. */
export const idSchema = v.pipe(v.string(), v.regex(idPattern));
export const authorSchema = v.union([idSchema, v.literal('')]);
export const orderSchema = v.pipe(v.string(), v.maxLength(maxOrderKey));
export const colorSchema = v.pipe(v.string(), v.regex(/^#[0-9a-f]{6}$/i));
