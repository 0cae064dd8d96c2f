import type { Emotion, PlacedPoint } from '../collections/emotion.ts';
import { emotionPolarity } from '../collections/emotion.ts';

/** One point of a persona's experience curve. `value` null breaks the line. */
export interface CurvePoint {
  readonly phase: string;
  /** From -2 (all signals negative) to 2 (all positive). */
  readonly value: number | null;
  /** Whether it rests on assumptions: placed by hand, or no signal from an interview or a survey. */
  readonly assumed: boolean;
  readonly placed: boolean;
}

/**
 * The experience curve of a persona, a point a phase: the share of positive against negative signals,
 * 2 (p - n) / (p + n), unless a facilitator placed the point by hand.
 */
export function experienceCurve(
  persona: string,
  phases: readonly string[],
  emotions: Iterable<Emotion>,
  placed: Iterable<PlacedPoint>,
): CurvePoint[] {
  const byPhase = new Map<string, { positive: number; negative: number; founded: boolean }>();
  for (const mark of emotions) {
    if (mark.persona !== persona || mark.presence !== 'present') continue;
    const sum = byPhase.get(mark.phase) ?? { positive: 0, negative: 0, founded: false };
    sum[emotionPolarity[mark.emotion]]++;
    if (mark.seen !== 'assumption') sum.founded = true;
    byPhase.set(mark.phase, sum);
  }
  const byHand = new Map<string, number>();
  for (const point of placed) if (point.persona === persona) byHand.set(point.phase, point.value);
  return phases.map((phase) => {
    const hand = byHand.get(phase);
    if (hand !== undefined) return { phase, value: hand, assumed: true, placed: true };
    const sum = byPhase.get(phase);
    if (!sum) return { phase, value: null, assumed: true, placed: false };
    const value = (2 * (sum.positive - sum.negative)) / (sum.positive + sum.negative);
    return { phase, value, assumed: !sum.founded, placed: false };
  });
}
