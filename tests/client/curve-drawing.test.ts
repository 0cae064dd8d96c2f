import { describe, expect, test } from 'vitest';
import {
  curveLines,
  monotonePath,
  pointY,
  valueAt,
  withHeld,
} from '../../client/views/map/lanes/curve/curve-drawing.ts';

/** The control points of a path, as numbers. */
function numbers(path: string): number[] {
  return [...path.matchAll(/-?\d+(?:\.\d+)?/g)].map(([match]) => Number(match));
}

describe('the experience curve', () => {
  test('never overshoots its points, whatever their order', () => {
    for (const heights of [
      [0, 100, 0],
      [0, 0, 100, 100],
      [50, 10, 90, 10, 50],
      [0, 100, 100, 20],
      [30, 31, 90],
    ]) {
      const path = monotonePath(heights.map((y, i) => [i * 100, y]));
      const all = numbers(path);
      heights.slice(1).forEach((to, i) => {
        const from = heights[i] ?? 0;
        // Each Bézier curve stays within the hull of its control points.
        const [, leaving = 0, , arriving = 0] = all.slice(2 + i * 6);
        for (const y of [leaving, arriving]) {
          expect(y).toBeGreaterThanOrEqual(Math.min(from, to) - 0.01);
          expect(y).toBeLessThanOrEqual(Math.max(from, to) + 0.01);
        }
      });
    }
  });

  test('is straight between two points', () => {
    expect(
      monotonePath([
        [0, 0],
        [90, 30],
      ]),
    ).toBe('M0,0C30,10,60,20,90,30');
  });

  test('has gaps at unknown values, and marks segments that are assumptions', () => {
    const point = (phase: string, value: number | null, assumed: boolean) => ({
      phase,
      value,
      assumed,
      placed: false,
    });
    const lines = curveLines(
      [
        point('a', 1, true),
        point('b', 0, true),
        point('c', null, true),
        point('d', 1, false),
        point('e', 2, true),
        point('f', null, true),
      ],
      (phase) => phase.charCodeAt(0),
    );
    expect(lines.map((line) => line.assumed)).toEqual([true, false]);
  });

  test('follows the dragged point, which joins two lines where nothing was known', () => {
    const point = (phase: string, value: number | null) => ({ phase, value, assumed: false, placed: false });
    const points = [point('a', 1), point('b', null), point('c', -1)];
    const x = (phase: string) => phase.charCodeAt(0);
    expect(curveLines(points, x)).toEqual([]);
    const dragged = curveLines(withHeld(points, { phase: 'b', value: 2 }), x);
    expect(dragged).toHaveLength(1);
    expect(dragged[0]?.path).toContain(`98,${pointY(2)}`);
    expect(points[1]?.value).toBeNull();
  });

  test('a height is converted to the value at it, in half steps', () => {
    for (const value of [-2, -1.5, 0, 0.5, 2]) expect(valueAt(pointY(value))).toBe(value);
    expect(valueAt(-1000)).toBe(2);
    expect(valueAt(1000)).toBe(-2);
  });
});
