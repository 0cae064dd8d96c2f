import * as v from 'valibot';
import { valueCollection } from '../schema/collection.ts';
import { idOf } from '../schema/field.ts';

/** The twelve words of the method; six of each polarity. Their names are messages of the interface. */
export const emotionPolarity = {
  calm: 'positive',
  hopeful: 'positive',
  trusting: 'positive',
  relieved: 'positive',
  curious: 'positive',
  proud: 'positive',
  unsure: 'negative',
  worried: 'negative',
  stressed: 'negative',
  irritated: 'negative',
  excluded: 'negative',
  resigned: 'negative',
} as const;
export type EmotionWord = keyof typeof emotionPolarity;
export const emotionWords = Object.keys(emotionPolarity) as EmotionWord[];

export const sightings = ['assumption', 'interview', 'survey'] as const;

/**
 * A feeling detected, or expected and not there, at a phase for a persona, with where it was seen.
 * Feelings are signals, not grades: there is no number here.
 */
export const emotions = valueCollection(
  'emotions',
  'write',
  v.object({
    persona: idOf('personas'),
    phase: idOf('phases'),
    emotion: v.picklist(emotionWords),
    presence: v.picklist(['present', 'absent']),
    seen: v.picklist(sightings),
  }),
);
export type Emotion = v.InferOutput<typeof emotions.schema>;

/** The key under which a signal stands, one for each persona, phase and word. */
export function emotionKey(at: { persona: string; phase: string; emotion: EmotionWord }): string {
  return `${at.persona}:${at.phase}:${at.emotion}`;
}

/**
 * A point of the experience curve that a facilitator placed by hand, from -2 to 2 in half steps.
 * It counts as an assumption; where there is none the curve is drawn from the emotions.
 */
export const experience = valueCollection(
  'experience',
  'structure',
  v.object({
    persona: idOf('personas'),
    phase: idOf('phases'),
    value: v.pipe(v.number(), v.minValue(-2), v.maxValue(2), v.multipleOf(0.5)),
  }),
);
export type PlacedPoint = v.InferOutput<typeof experience.schema>;

export function pointKey(at: { persona: string; phase: string }): string {
  return `${at.persona}:${at.phase}`;
}
