import type { CellAt } from '$shared/collections/card.ts';
import { cellKey } from '$shared/collections/card.ts';
import type { Lane } from '$shared/collections/lane.ts';
import { holdsCards } from '$shared/collections/lane.ts';
import type { Journey } from '$shared/queries/journey.ts';

/** A focusable place on the map: a cell, or the head of a phase, a step or a lane. */
export type FocusTarget =
  | { readonly kind: 'cell'; readonly cell: CellAt }
  | { readonly kind: 'phase' | 'step' | 'lane'; readonly id: string };

/** The focus key of a cell, from the cell's key. */
export function cellFocusKey(cell: string): string {
  return `cell:${cell}`;
}

/** The `data-focus-key` attribute of a focus target. */
export function focusKey(target: FocusTarget): string {
  return target.kind === 'cell' ? cellFocusKey(cellKey(target.cell)) : `${target.kind}:${target.id}`;
}

/** The reverse of `focusKey`. */
export function parseFocusKey(key: string): FocusTarget | null {
  const [kind, id = ''] = key.split(':');
  switch (kind) {
    case 'cell': {
      const [lane = '', phase = '', step = ''] = id.split('/');
      return { kind, cell: { lane, phase, step: step === '' ? null : step } };
    }
    case 'phase':
    case 'step':
    case 'lane':
      return { kind, id };
    default:
      return null;
  }
}

type Row =
  | { readonly kind: 'phases' | 'steps' }
  | { readonly kind: 'cells'; readonly lane: string; readonly whole: boolean; readonly cards: boolean };

/**
 * The map as a grid of rows and narrow columns (one per step, or one for a phase without steps). The cell of a whole
 * phase spans several columns. Arrow keys move on this grid as it appears on the screen.
 */
export class Grid {
  readonly #columns: readonly { readonly phase: string; readonly step: string | null }[];
  readonly #rows: readonly Row[];
  readonly #rowIndexes = new Map<string, number>();
  /** The number of rows of the page, with those of the heads. */
  readonly rowCount: number;

  constructor(journey: Journey) {
    this.#columns = journey.phases.flatMap(({ phase, steps }) =>
      (steps.length === 0 ? [null] : steps).map((step) => ({ phase: phase.id, step: step?.id ?? null })),
    );
    this.#rows = [{ kind: 'phases' }, { kind: 'steps' }, ...journey.lanes.flatMap(rowsOf)];
    const hasSteps = journey.phases.some(({ steps }) => steps.length > 0);
    // Periods, phases and, if there are any, steps.
    let row = hasSteps ? 3 : 2;
    for (const { id, type } of journey.lanes) {
      this.#rowIndexes.set(id, row + 1);
      row += hasSteps && holdsCards(type) ? 2 : 1;
    }
    this.rowCount = row;
  }

  /**
   * The next target in a direction, other than `from`; null at the edge. `column` is the column to keep while moving
   * through cells that span several.
   */
  next(
    from: FocusTarget,
    rows: number,
    columns: number,
    column: number,
  ): { target: FocusTarget; column: number } | null {
    const here = focusKey(from);
    let row = this.rowOf(from);
    let at = columns === 0 ? column : this.columnOf(from);
    for (;;) {
      row += rows;
      at += columns;
      const target = this.#at(row, at);
      if (!target) return null;
      if (focusKey(target) !== here) return { target, column: at };
    }
  }

  /** The cells of all lanes that hold cards, in the order of the page. */
  *cells(): Generator<CellAt> {
    for (const row of this.#rows) {
      if (row.kind !== 'cells' || !row.cards) continue;
      let last = '';
      for (const { phase, step } of this.#columns) {
        const isNew = phase !== last;
        last = phase;
        // A phase without steps has one cell, in both rows: it is counted in the first.
        if (!row.whole || (isNew && step !== null))
          yield { lane: row.lane, phase, step: row.whole ? null : step };
      }
    }
  }

  /** The row of a lane among all rows of the page, from 1: `aria-rowindex`. */
  rowIndex(lane: string): number {
    return this.#rowIndexes.get(lane) ?? 0;
  }

  /** The first or last cell (not the head) of a target's row. */
  end(from: FocusTarget, last: boolean): FocusTarget | null {
    return this.#at(this.rowOf(from), last ? this.#columns.length - 1 : 0);
  }

  /** The first column that a target spans; -1 for a lane's head. */
  columnOf(target: FocusTarget): number {
    switch (target.kind) {
      case 'lane':
        return -1;
      case 'phase':
        return this.#columns.findIndex((column) => column.phase === target.id);
      case 'step':
        return this.#columns.findIndex((column) => column.step === target.id);
      case 'cell':
        return this.#columns.findIndex(
          (column) =>
            column.phase === target.cell.phase &&
            (target.cell.step === null || column.step === target.cell.step),
        );
    }
  }

  rowOf(target: FocusTarget): number {
    switch (target.kind) {
      case 'phase':
        return 0;
      case 'step':
        return 1;
      case 'lane':
        return this.#rows.findIndex((row) => row.kind === 'cells' && row.lane === target.id);
      case 'cell':
        return this.#rows.findIndex(
          (row) =>
            row.kind === 'cells' &&
            row.lane === target.cell.lane &&
            row.whole === (target.cell.step === null),
        );
    }
  }

  /** True if a target is what the grid has in its row at a column. */
  spans(target: FocusTarget, column: number): boolean {
    const there = this.#at(this.rowOf(target), column);
    return there !== null && focusKey(there) === focusKey(target);
  }

  #at(row: number, column: number): FocusTarget | null {
    const kind = this.#rows[row];
    const place = this.#columns[column];
    if (!kind || column < -1) return null;
    if (kind.kind === 'cells' && column === -1) return { kind: 'lane', id: kind.lane };
    if (!place) return null;
    if (kind.kind !== 'cells') {
      const step = kind.kind === 'steps' ? place.step : null;
      return step === null ? { kind: 'phase', id: place.phase } : { kind: 'step', id: step };
    }
    return {
      kind: 'cell',
      cell: { lane: kind.lane, phase: place.phase, step: kind.whole ? null : place.step },
    };
  }
}

/**
 * A lane with cards has a row of step cells above a row of cells for whole phases; other lanes have only the latter.
 */
function rowsOf(lane: Lane): Row[] {
  const cards = holdsCards(lane.type);
  const whole: Row = { kind: 'cells', lane: lane.id, whole: true, cards };
  return cards ? [{ ...whole, whole: false }, whole] : [whole];
}
