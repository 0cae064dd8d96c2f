import * as v from 'valibot';
import { maxTitleText } from '../limits.ts';
import type { RecordOf } from '../schema/collection.ts';
import { collection } from '../schema/collection.ts';
import { idOrEmpty, orderSchema, text, value } from '../schema/field.ts';

/** The three parts of every journey: before, during and after the use of the service. */
export const periods = ['before', 'during', 'after'] as const;
export type Period = (typeof periods)[number];

/** A part of the journey, seen from the customer. Its place is its period and its order within. */
export const phases = collection('phases', 'structure', {
  title: text(maxTitleText),
  goal: text(maxTitleText),
  place: value(v.object({ period: v.picklist(periods), order: orderSchema }), {
    period: 'during',
    order: '',
  }),
});
export type Phase = RecordOf<typeof phases.fields>;

/** A step within a phase; a moment of truth is a step that decides how the whole is remembered. */
export const steps = collection('steps', 'structure', {
  title: text(maxTitleText),
  place: value(v.object({ phase: idOrEmpty('phases'), order: orderSchema }), {
    phase: '',
    order: '',
  }),
  truth: value(v.boolean(), false),
});
export type Step = RecordOf<typeof steps.fields>;
