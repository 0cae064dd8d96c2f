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
 * The place of a floating box: below its anchor, aligned to the anchor's start edge; above if there is more room. It
 * always fits on the screen, with a smaller height if necessary.
 */
export function placeBeside(
  anchor: Box,
  size: Size,
  screen: Size,
  rightToLeft: boolean,
): { x: number; y: number; maxHeight: number } {
  const below = screen.height - anchor.bottom - gapPx - marginPx;
  const above = anchor.top - gapPx - marginPx;
  const under = size.height <= below || below >= above;
  const maxHeight = Math.max(under ? below : above, 0);
  const height = Math.min(size.height, maxHeight);
  const y = under ? anchor.bottom + gapPx : anchor.top - gapPx - height;
  const start = rightToLeft ? anchor.right - size.width : anchor.left;
  const x = Math.max(marginPx, Math.min(start, screen.width - size.width - marginPx));
  return { x, y, maxHeight };
}
