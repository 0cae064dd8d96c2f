import { curveMonotoneX, line } from 'd3-shape';
import type { CurvePoint } from '$shared/queries/curve.ts';

/** The height of the curve's lane, and the room above and below its extremes, in pixels. */
export const rowPx = 144;
const marginPx = 20;

/** How high a value from -2 to 2 stands, in pixels from the top. */
export function pointY(value: number): number {
  return marginPx + ((2 - value) / 4) * (rowPx - 2 * marginPx);
}

/** The value at a height, in half steps. */
export function valueAt(y: number): number {
  const value = 2 - ((y - marginPx) / (rowPx - 2 * marginPx)) * 4;
  return Math.max(-2, Math.min(2, Math.round(value * 2) / 2));
}

/**
 * The lines of one persona's curve: monotone cubic, so that it never overshoots its points; broken
 * where nothing is known. A line whose every point is an assumption is told apart.
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
  const draw = line<CurvePoint>()
    .x((point) => x(point.phase))
    .y((point) => pointY(point.value ?? 0))
    .curve(curveMonotoneX);
  return runs
    .filter((run) => run.length > 1)
    .map((run) => ({ path: draw(run) ?? '', assumed: run.every((point) => point.assumed) }));
}
