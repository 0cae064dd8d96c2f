/** A part of a row of things, by index: `to` is not in it. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** The things that overlap `start` to `end`, of things with these sizes that lie side by side from `origin` on. */
export function overlapping(sizes: readonly number[], origin: number, start: number, end: number): Range {
  let at = origin;
  let from = -1;
  for (const [index, size] of sizes.entries()) {
    if (at >= end) return { from: from === -1 ? index : from, to: index };
    at += size;
    if (from === -1 && at > start) from = index;
  }
  return { from: from === -1 ? sizes.length : from, to: sizes.length };
}

/** Whether an index is in a range. */
export const isWithin = ({ from, to }: Range, index: number): boolean => index >= from && index < to;

/** The first index in `inner` that is not yet drawn, else the nearest to it in `outer`; -1 if all are drawn. */
export function nearestMissing(inner: Range, outer: Range, isDrawn: (index: number) => boolean): number {
  for (let index = inner.from; index < inner.to; index++) if (!isDrawn(index)) return index;
  for (let away = 0; ; away++) {
    const [after, before] = [inner.to + away, inner.from - 1 - away];
    if (after >= outer.to && before < outer.from) break;
    if (after < outer.to && !isDrawn(after)) return after;
    if (before >= outer.from && !isDrawn(before)) return before;
  }
  return -1;
}
