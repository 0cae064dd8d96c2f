import * as v from 'valibot';
import { maxCardText } from '../limits.ts';
import type { RecordOf } from '../schema/collection.ts';
import { collection } from '../schema/collection.ts';
import { author, idOf, idOrEmpty, orderSchema, refs, text, value } from '../schema/field.ts';

/** How well founded a card is, from a guess to measured data. */
export const evidenceLevels = ['hypothesis', 'partly', 'validated', 'data'] as const;
export type EvidenceLevel = (typeof evidenceLevels)[number];

export const supports = ['strong', 'weak', 'missing'] as const;
export type Support = (typeof supports)[number];

export const modes = ['online', 'offline'] as const;
export type Mode = (typeof modes)[number];

/** A cell of the map; `step` null is the whole phase. */
export interface CellAt {
  readonly lane: string;
  readonly phase: string;
  readonly step: string | null;
}

/**
 * Where a card stands: one value, since one gesture changes all of it and keys that alternate never
 * merge. `step` null is the whole phase. A step that is gone reads as null, so no card is lost with it.
 */
export const placeSchema = v.object({
  lane: idOrEmpty('lanes'),
  phase: idOrEmpty('phases'),
  step: v.nullable(idOf('steps')),
  order: orderSchema,
});
export type Place = v.InferOutput<typeof placeSchema>;

export const cards = collection('cards', 'write', {
  text: text(maxCardText),
  place: value<Place>(placeSchema, { lane: '', phase: '', step: null, order: '' }),
  personas: refs('personas'),
  author: author(),
  evidence: value(v.picklist(evidenceLevels), 'hypothesis'),
  mode: value(v.nullable(v.picklist(modes)), null),
  support: value(v.nullable(v.picklist(supports)), null),
});
export type Card = RecordOf<typeof cards.fields>;
