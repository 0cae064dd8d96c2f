import type { CurvePoint } from '$shared/queries/curve.ts';

/** The height of the curve's lane, and the margin above and below its extremes, in pixels. */
export const rowPx = 144;
const marginPx = 20;

/** The y position of a value from -2 to 2, in pixels from the top. */
export function pointY(value: number): number {
  return marginPx + ((2 - value) / 4) * (rowPx - 2 * marginPx);
}

/** The value at a y position, rounded to half steps. */
export function valueAt(y: number): number {
  const value = 2 - ((y - marginPx) / (rowPx - 2 * marginPx)) * 4;
  return Math.max(-2, Math.min(2, Math.round(value * 2) / 2));
}

/** The points of a curve while one of them is dragged: it is where a drop would place it. */
export function withHeld(
  points: readonly CurvePoint[],
  held: { readonly phase: string; readonly value: number },
): readonly CurvePoint[] {
  return points.map((point) =>
    point.phase === held.phase ? { ...point, value: held.value, assumed: true, placed: true } : point,
  );
}

/**
 * The lines of one persona's curve, interrupted where nothing is known. Monotone cubic, so that a line never overshoots
 * its points. `assumed`: all points of the line are assumptions.
 */
export function curveLines(
  points: readonly CurvePoint[],
  x: (phase: string) => number,
): { readonly path: string; readonly assumed: boolean }[] {
  const runs: CurvePoint[][] = [[]];
  for (const point of points) {
    if (point.value === null) runs.push([]);
    else runs.at(-1)?.push(point);
  }
  return runs
    .filter((run) => run.length > 1)
    .map((run) => ({
      path: monotonePath(run.map((point) => [x(point.phase), pointY(point.value ?? 0)])),
      assumed: run.every((point) => point.assumed),
    }));
}

/**
 * A smooth path through points of increasing x that never overshoots them: Steffen's slopes (Astronomy and Astrophysics
 * 239, 1990), drawn as cubic Bézier curves.
 */
export function monotonePath(points: readonly (readonly [x: number, y: number])[]): string {
  const gaps = points.slice(1).map(([x, y], i) => {
    const [x0, y0] = points[i] ?? [x, y];
    return { width: x - x0, slope: (y - y0) / (x - x0) };
  });
  const inner = points.map((_, i) => {
    const before = gaps[i - 1];
    const after = gaps[i];
    if (!before || !after) return null;
    const mean = (before.slope * after.width + after.slope * before.width) / (before.width + after.width);
    const least = Math.min(Math.abs(before.slope), Math.abs(after.slope), Math.abs(mean) / 2);
    return (Math.sign(before.slope) + Math.sign(after.slope)) * least;
  });
  const slope = (i: number, gap: number, other: number) =>
    inner[i] ?? (3 * (gaps[gap]?.slope ?? 0) - (inner[other] ?? gaps[gap]?.slope ?? 0)) / 2;
  const [x0, y0] = points[0] ?? [0, 0];
  let path = `M${round(x0)},${round(y0)}`;
  gaps.forEach(({ width }, i) => {
    const [fromX, fromY] = points[i] ?? [0, 0];
    const [toX, toY] = points[i + 1] ?? [0, 0];
    const third = width / 3;
    const leaving = fromY + slope(i, i, i + 1) * third;
    const arriving = toY - slope(i + 1, i, i) * third;
    path += `C${round(fromX + third)},${round(leaving)},${round(toX - third)},${round(arriving)},${round(toX)},${round(toY)}`;
  });
  return path;
}

const round = (px: number) => Math.round(px * 100) / 100;
