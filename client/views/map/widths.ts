import type { Journey } from '$shared/queries/journey.ts';

/** A step's column, and the column of a phase with one step or none, in pixels at 100 %. */
const stepPx = 168;
const lonePx = 252;

/** The columns of the map: all rows share them, so that rows can be laid out one by one. */
export interface Columns {
  /** For grid-template-columns: the lane heads' column, then a column for each step. */
  readonly template: string;
  /** By phase: the first grid line, how many columns it fills, and its centre from the first phase's edge. */
  readonly phases: ReadonlyMap<
    string,
    { readonly line: number; readonly span: number; readonly centre: number }
  >;
  /** All phases together, in pixels. */
  readonly width: number;
}

export function columnWidths(journey: Journey): Columns {
  const phases = new Map<string, { line: number; span: number; centre: number }>();
  const template: number[] = [];
  let width = 0;
  for (const { phase, steps } of journey.phases) {
    const span = Math.max(1, steps.length);
    const each = span === 1 ? lonePx : stepPx;
    phases.set(phase.id, { line: template.length + 2, span, centre: width + (span * each) / 2 });
    for (let i = 0; i < span; i++) template.push(each);
    width += span * each;
  }
  return { template: `var(--head) ${template.map((px) => `${px}px`).join(' ')}`, phases, width };
}
