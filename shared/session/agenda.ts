import * as v from 'valibot';
import { viewIds } from '../views.ts';
import { policyChangeSchema, presetNames } from './policy.ts';

/** The five steps of the method. */
export const methodSteps = [1, 2, 3, 4, 5] as const;
export type MethodStep = (typeof methodSteps)[number];

/** The most items of an agenda, and characters of an item's texts in one language. */
export const maxItems = 60;
export const maxItemTitle = 120;
export const maxInstruction = 1_000;
/** The longest item, in minutes: a working day. */
export const maxMinutes = 480;

/** Plain text in several languages (BCP 47). A page shows the person's language, else the board's, else any. */
const textSchema = (maxChars: number) =>
  v.pipe(
    v.record(v.pipe(v.string(), v.regex(/^[a-z]{2}$/)), v.pipe(v.string(), v.maxLength(maxChars))),
    v.check((texts) => Object.keys(texts).length <= 10, 'has too many languages'),
  );

export const itemSchema = v.strictObject({
  id: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,32}$/, 'must be an id')),
  step: v.picklist(methodSteps),
  title: textSchema(maxItemTitle),
  instruction: textSchema(maxInstruction),
  minutes: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(maxMinutes)),
  preset: v.picklist(presetNames),
  /** Changes to the policy of the preset. */
  change: policyChangeSchema,
  /** The view that opens for everybody when the item starts; null leaves people where they are. */
  view: v.nullable(v.picklist(viewIds)),
  /** What happens when the timer ends and nobody has acted: nothing, or participants may only look. */
  atEnd: v.picklist(['nothing', 'read-only']),
});
export type AgendaItem = v.InferOutput<typeof itemSchema>;

export const agendaSchema = v.strictObject({
  items: v.pipe(
    v.array(itemSchema),
    v.maxLength(maxItems, `must have at most ${maxItems} items`),
    v.check((items) => new Set(items.map(({ id }) => id)).size === items.length, 'has two items with one id'),
  ),
});

/** The items of a session in order. */
export interface Agenda {
  readonly items: readonly AgendaItem[];
  /** Rises by one with each change. */
  readonly version: number;
}

/** The text in the first of these languages that has one; empty if none has. */
export function textIn(texts: Readonly<Record<string, string>>, ...languages: readonly string[]): string {
  for (const language of languages) if (texts[language]) return texts[language];
  return Object.values(texts).find((text) => text !== '') ?? '';
}
