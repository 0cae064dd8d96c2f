import * as v from 'valibot';
import { value } from '../schema/field.ts';

/** What a session decided about a card or an idea: it is decided, put aside for later, or a question that is open. */
export const decisions = ['decided', 'parked', 'question'] as const;
export type Decision = (typeof decisions)[number];

/** The decision about a record, for the facilitators to say; null for none. */
export const decision = () => value<Decision | null>(v.nullable(v.picklist(decisions)), null, 'structure');
