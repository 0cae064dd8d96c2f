import type { Journey } from '$shared/queries/journey.ts';

/** The width of a step's column, and of a phase with one step or none, in pixels at 100 %. */
const stepPx = 168;
const lonePx = 252;

/** Where a phase is on the map. */
export interface PhasePlace {
  /** The first grid line, and the number of columns. */
  readonly line: number;
  readonly span: number;
  /** The width, and the centre from the start edge of the first phase, in pixels. */
  readonly width: number;
  readonly centre: number;
}

/** The columns of the map. All rows share them, so that each row can be laid out by itself. */
export interface Columns {
  /** For `grid-template-columns`: the lane heads' column, then a column per step. */
  readonly template: string;
  /** The number of columns of phases and steps. */
  readonly count: number;
  readonly phases: ReadonlyMap<string, PhasePlace>;
  /** The width of all phases, in pixels. */
  readonly width: number;
}

export function columnWidths(journey: Journey): Columns {
  const phases = new Map<string, PhasePlace>();
  const template: number[] = [];
  let width = 0;
  for (const { phase, steps } of journey.phases) {
    const span = Math.max(1, steps.length);
    const each = span === 1 ? lonePx : stepPx;
    const own = span * each;
    phases.set(phase.id, { line: template.length + 2, span, width: own, centre: width + own / 2 });
    for (let i = 0; i < span; i++) template.push(each);
    width += own;
  }
  return {
    template: `var(--head) ${template.map((px) => `${px}px`).join(' ')}`,
    count: template.length,
    phases,
    width,
  };
}

/** Where a phase is; the first column for one that the columns do not have yet. */
export function placeOf(columns: Columns, phase: string): PhasePlace {
  return columns.phases.get(phase) ?? { line: 2, span: 1, width: 0, centre: 0 };
}
