import type { Journey } from '$shared/queries/journey.ts';

/** The width of a step's column, and of a phase with one step or none, in pixels at 100 %. */
const stepPx = 168;
const lonePx = 252;

/** The columns of the map. All rows share them, so that each row can be laid out by itself. */
export interface Columns {
  /** For `grid-template-columns`: the lane heads' column, then a column per step. */
  readonly template: string;
  /** By phase: the first grid line, the number of columns, and the centre, measured from the first phase's edge. */
  readonly phases: ReadonlyMap<
    string,
    { readonly line: number; readonly span: number; readonly centre: number }
  >;
  /** The width of all phases, in pixels. */
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
