import { describe, expect, test } from 'vitest';
import type { Emotion, EmotionWord } from '../../shared/collections/emotion.ts';
import { emotionPolarity, emotionWords } from '../../shared/collections/emotion.ts';
import type { CurvePoint } from '../../shared/queries/curve.ts';
import { experienceCurve } from '../../shared/queries/curve.ts';

const positive = emotionWords.filter((word) => emotionPolarity[word] === 'positive');
const negative = emotionWords.filter((word) => emotionPolarity[word] === 'negative');

function mark(emotion: EmotionWord, more: Partial<Emotion> = {}): Emotion {
  return { persona: 'lars', phase: 'p', emotion, presence: 'present', seen: 'assumption', ...more };
}

/** The curve of one phase with these marks, and a point placed by hand where one is given. */
function pointOf(marks: readonly Emotion[], hand: number | null = null): CurvePoint | undefined {
  return experienceCurve(
    ['p'],
    () => marks,
    () => hand,
  )[0];
}

describe('the value of a phase', () => {
  test.each([
    [1, 0, 2],
    [6, 0, 2],
    [0, 1, -2],
    [0, 6, -2],
    [1, 1, 0],
    [3, 1, 1],
    [1, 3, -1],
    [2, 1, 2 / 3],
  ])('with %i positive and %i negative signals is %f', (likes, dislikes, value) => {
    const marks = [...positive.slice(0, likes), ...negative.slice(0, dislikes)].map((word) => mark(word));
    expect(pointOf(marks)?.value).toBeCloseTo(value, 12);
  });

  test('is unknown without signals; an emotion that is expected but missing is not one', () => {
    expect(pointOf([])).toEqual({ phase: 'p', value: null, assumed: true, placed: false });
    const absent = positive.map((word) => mark(word, { presence: 'absent', seen: 'survey' }));
    expect(pointOf(absent)).toEqual({ phase: 'p', value: null, assumed: true, placed: false });
  });

  test('stays between -2 and 2 for any signals', () => {
    for (let set = 0; set < 1 << emotionWords.length; set += 7) {
      const marks = emotionWords.filter((_, bit) => set & (1 << bit)).map((word) => mark(word));
      const value = pointOf(marks)?.value ?? null;
      expect(value === null).toBe(marks.length === 0);
      expect(Math.abs(value ?? 0)).toBeLessThanOrEqual(2);
    }
  });
});

test('a value is an assumption until one present signal was seen in an interview or a survey', () => {
  const [one, two] = positive as [EmotionWord, EmotionWord];
  expect(pointOf([mark(one), mark(two)])?.assumed).toBe(true);
  expect(pointOf([mark(one), mark(two, { seen: 'interview' })])?.assumed).toBe(false);
  expect(pointOf([mark(one, { seen: 'survey' })])?.assumed).toBe(false);
  expect(pointOf([mark(one), mark(two, { seen: 'survey', presence: 'absent' })])?.assumed).toBe(true);
});

test('a point that was placed by hand replaces the signals, also at 0, and is an assumption', () => {
  const marks = positive.map((word) => mark(word, { seen: 'survey' }));
  for (const hand of [-2, 0, 1.5])
    expect(pointOf(marks, hand)).toEqual({ phase: 'p', value: hand, assumed: true, placed: true });
});

test('the curve has one point per phase, in the order of the phases', () => {
  const asked: string[] = [];
  const points = experienceCurve(
    ['c', 'a', 'b'],
    (phase) => {
      asked.push(phase);
      return phase === 'a' ? [mark(positive[0] as EmotionWord)] : [];
    },
    (phase) => (phase === 'c' ? -1 : null),
  );
  expect(points.map(({ phase, value }) => [phase, value])).toEqual([
    ['c', -1],
    ['a', 2],
    ['b', null],
  ]);
  // Signals are not read where a point was placed by hand.
  expect(asked).toEqual(['a', 'b']);
});
