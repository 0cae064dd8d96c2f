/** Scrolls an element into view if anything cuts or covers it. One that is in sight does not move. */
export function bringInSight(element: Element): void {
  if (!isInSight(element)) element.scrollIntoView({ block: 'nearest', inline: 'nearest' });
}

function isInSight(element: Element): boolean {
  const { left, right, top, bottom } = element.getBoundingClientRect();
  const [x, y] = [left + (right - left) / 4, top + (bottom - top) / 4];
  // A point of each edge: small buttons may lie over the corners and over the middle.
  const edges = [
    [left + 1, y],
    [right - 1, y],
    [x, top + 1],
    [x, bottom - 1],
  ] as const;
  return edges.every(([atX, atY]) => element.contains(document.elementFromPoint(atX, atY)));
}
