import type { Emotion } from '../collections/emotion.ts';
import { emotionPolarity } from '../collections/emotion.ts';

/** One point of a persona's experience curve. `value` null breaks the line. */
export interface CurvePoint {
  readonly phase: string;
  /** From -2 (all signals negative) to 2 (all positive). */
  readonly value: number | null;
  /** True if it rests on assumptions: placed by hand, or without signals from interviews or surveys. */
  readonly assumed: boolean;
  readonly placed: boolean;
}

/**
 * The experience curve of a persona, one point per phase: the balance of positive and negative signals, 2 (p - n) / (p
 * + n), unless a facilitator placed the point by hand.
 * @param marksAt returns the persona's signals at a phase
 * @param placedAt returns the value placed by hand there; null for none
 */
export function experienceCurve(
  phases: readonly string[],
  marksAt: (phase: string) => Iterable<Emotion>,
  placedAt: (phase: string) => number | null,
): CurvePoint[] {
  return phases.map((phase) => {
    const hand = placedAt(phase);
    if (hand !== null) return { phase, value: hand, assumed: true, placed: true };
    const sum = { positive: 0, negative: 0 };
    let assumed = true;
    for (const { presence, emotion, seen } of marksAt(phase)) {
      if (presence !== 'present') continue;
      sum[emotionPolarity[emotion]]++;
      if (seen !== 'assumption') assumed = false;
    }
    const signals = sum.positive + sum.negative;
    const value = signals === 0 ? null : (2 * (sum.positive - sum.negative)) / signals;
    return { phase, value, assumed, placed: false };
  });
}
