/** A drag opens the closed strip of a lane from this distance, in pixels. A finger is less exact than a mouse. */
const reachPx = { mouse: 3, finger: 8 } as const;

/**
 * The cell at a point of the screen that takes a dropped card. Beside the closed strip of a lane it is the cell of the
 * strip, which is too thin to aim at.
 */
export function dropCellAt(x: number, y: number, by: keyof typeof reachPx): HTMLElement | null {
  const cell = cellAt(x, y);
  if (!cell || cell.dataset.strip !== undefined) return cell;
  const strip = cell.closest('[role=rowgroup]')?.querySelector('[data-strip]');
  if (!strip) return cell;
  const { top, bottom } = strip.getBoundingClientRect();
  if (y < top - reachPx[by] || y > bottom + reachPx[by]) return cell;
  return cellAt(x, (top + bottom) / 2) ?? cell;
}

const cellAt = (x: number, y: number) =>
  document.elementFromPoint(x, y)?.closest<HTMLElement>('[data-drop]') ?? null;
