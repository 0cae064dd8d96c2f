/** A box on the screen, in pixels from the top left. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Gap between a floating box and its anchor, and between it and the edge of the screen. */
const gapPx = 4;
const marginPx = 8;

/**
 * The place of a floating box: below its anchor, aligned to the anchor's start edge; above if it fits only there. A box
 * that fits neither below nor above takes the height of the window, at the end side of the anchor, else at its start
 * side, else over it. It always fits on the screen, with a smaller height if necessary: then its content scrolls.
 */
export function placeBeside(
  anchor: Box,
  size: Size,
  screen: Size,
  rightToLeft: boolean,
): { x: number; y: number; maxHeight: number } {
  const below = screen.height - anchor.bottom - gapPx - marginPx;
  const above = anchor.top - gapPx - marginPx;
  const lastX = screen.width - size.width - marginPx;
  const start = rightToLeft ? anchor.right - size.width : anchor.left;
  const x = Math.max(marginPx, Math.min(start, lastX));
  if (size.height <= below) return { x, y: anchor.bottom + gapPx, maxHeight: below };
  if (size.height <= above) return { x, y: anchor.top - gapPx - size.height, maxHeight: above };
  const maxHeight = Math.max(screen.height - 2 * marginPx, 0);
  const height = Math.min(size.height, maxHeight);
  const y = Math.max(marginPx, Math.min(anchor.top, screen.height - marginPx - height));
  const right = anchor.right + gapPx;
  const left = anchor.left - gapPx - size.width;
  const sides = [...(right <= lastX ? [right] : []), ...(left >= marginPx ? [left] : [])];
  return { x: (rightToLeft ? sides.at(-1) : sides[0]) ?? x, y, maxHeight };
}
