/** A drag opens the closed strip of a lane from this distance, in pixels: more than a finger trembles. */
const reachPx = 8;

/**
 * The cell at a point of the screen that takes a dropped card. Beside the closed strip of a lane it is the cell of the
 * strip, which is too thin to aim at.
 */
export function dropCellAt(x: number, y: number): HTMLElement | null {
  const cell = cellAt(x, y);
  if (!cell || cell.dataset.strip !== undefined) return cell;
  const strip = cell.closest('[role=rowgroup]')?.querySelector('[data-strip]');
  if (!strip) return cell;
  const { top, bottom } = strip.getBoundingClientRect();
  if (y < top - reachPx || y > bottom + reachPx) return cell;
  return cellAt(x, (top + bottom) / 2) ?? cell;
}

const cellAt = (x: number, y: number) =>
  document.elementFromPoint(x, y)?.closest<HTMLElement>('[data-drop]') ?? null;
