import * as v from 'valibot';
import { values } from '../schema/collection.ts';
import { idOf } from '../schema/field.ts';
import { command } from '../schema/command.ts';
import { rootOf } from '../schema/read.ts';

/** The twelve emotion words of the method, six per polarity. The interface has a message for the name of each. */
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
 * An emotion seen, or expected and not seen, at a phase for a persona, with its source.
 * Emotions are signals, not grades: they carry no number.
 */
export const emotions = values('emotions', {
  about: 'emotions seen, or expected and not seen',
  change: 'write',
  schema: v.object({
    persona: idOf('personas'),
    phase: idOf('phases'),
    emotion: v.picklist(emotionWords),
    presence: v.picklist(['present', 'absent']),
    seen: v.picklist(sightings),
  }),
});
export type Emotion = v.InferOutput<typeof emotions.schema>;

/** The key of an emotion: one per persona, phase and word. */
export function emotionKey(at: { persona: string; phase: string; emotion: EmotionWord }): string {
  return `${at.persona}:${at.phase}:${at.emotion}`;
}

/**
 * A point of the experience curve that a facilitator placed by hand, from -2 to 2 in half steps. It counts as an
 * assumption. Without one, the curve is drawn from the emotions.
 */
export const experience = values('experience', {
  about: 'points of the curve that were placed by hand',
  change: 'structure',
  schema: v.object({
    persona: idOf('personas'),
    phase: idOf('phases'),
    value: v.pipe(v.number(), v.minValue(-2), v.maxValue(2), v.multipleOf(0.5)),
  }),
});
export type PlacedPoint = v.InferOutput<typeof experience.schema>;

export function pointKey(at: { persona: string; phase: string }): string {
  return `${at.persona}:${at.phase}`;
}

/** Marks an emotion as present, or as expected and absent; null removes the mark. */
export const markEmotion = command(
  'mark-emotion',
  (
    step,
    at: { persona: string; phase: string; emotion: EmotionWord },
    presence: Emotion['presence'] | null,
    seen: Emotion['seen'] = 'assumption',
  ) => {
    const marks = rootOf(step.doc, emotions);
    const key = emotionKey(at);
    const now = marks.get(key) as Emotion | undefined;
    if (presence === null ? now === undefined : now?.presence === presence && now.seen === seen) return;
    step.change(() => {
      if (presence === null) marks.delete(key);
      else marks.set(key, { ...at, presence, seen });
    });
  },
);

/** Places a point of the curve by hand (-2 to 2, half steps); null removes it, so that the emotions decide again. */
export const placePoint = command(
  'place-point',
  (step, at: { persona: string; phase: string }, value: number | null) => {
    const points = rootOf(step.doc, experience);
    const key = pointKey(at);
    const now = points.get(key) as { value: number } | undefined;
    if (now?.value === (value ?? undefined)) return;
    step.change(() => {
      if (value === null) points.delete(key);
      else points.set(key, { ...at, value });
    });
  },
);
