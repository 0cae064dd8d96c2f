import * as Y from 'yjs';
import type { AnyType, TypePath, TypePaths } from './type-paths.ts';
import type { Id, Struct, Run } from './structs.ts';

/** The struct at a clock: one from the store, or a struct of the update that is already placed. */
export interface Position {
  /** Its parent type; null for a collected struct. */
  readonly home: TypePath | null;
  readonly key: string | null;
  /** Its first clock, and the clock after its last. */
  readonly clock: number;
  readonly end: number;
  /** Null for a struct of the update, and for a collected one. */
  readonly item: Y.Item | null;
  readonly part: Struct | null;
  /** The number of later structs of its client id. Yjs moves them to split this one. */
  readonly behind: number;
}

type Structs = readonly (Y.Item | Y.GC)[];

export function positionInStore(structs: Structs, index: number, homes: TypePaths): Position | null {
  const struct = structs[index];
  if (!struct) return null;
  const item = struct instanceof Y.Item ? struct : null;
  return {
    // The parent of a stored item is always a type.
    home: item && homes.of(item.parent as AnyType),
    key: item && item.parentSub,
    clock: struct.id.clock,
    end: struct.id.clock + struct.length,
    item,
    part: null,
    behind: structs.length - index,
  };
}

export function positionInUpdate(run: Run, clock: number): Position | null {
  const part = run.parts[structEndingAfter(run, clock)];
  return part && part.clock <= clock ? positionOfStruct(part) : null;
}

export function positionOfStruct(part: Struct): Position {
  const { home, key, clock, end, run } = part;
  return { home, key, clock, end, item: null, part, behind: run.parts.length };
}

/**
 * How many of a struct's two neighbours of the same client id Yjs merges with it once all of them are deleted. These
 * are the conditions of `Item.mergeWith` that deletion does not change. Each merge moves the structs after it.
 */
export function mergesInStore(structs: Structs, index: number): number {
  const at = structs[index];
  return (mergesItems(structs[index - 1], at) ? 1 : 0) + (mergesItems(at, structs[index + 1]) ? 1 : 0);
}

function mergesItems(left: Y.Item | Y.GC | undefined, right: Y.Item | Y.GC | undefined): boolean {
  if (!(left instanceof Y.Item && right instanceof Y.Item) || left.right !== right) return false;
  return isSame(right.origin, left.lastId) && isSame(left.rightOrigin, right.rightOrigin);
}

/** The same for a struct of the update, as an upper bound, since its position in the list is not known yet. */
export function mergesInUpdate({ client, parts }: Run, index: number): number {
  const at = parts[index];
  const before = mergesStructs(client, parts[index - 1], at);
  return (before ? 1 : 0) + (mergesStructs(client, at, parts[index + 1]) ? 1 : 0);
}

function mergesStructs(client: number, left: Struct | undefined, right: Struct | undefined): boolean {
  if (!left?.item || !right?.item?.left) return false;
  const { left: origin, right: rightOrigin } = right.item;
  const isBehind = origin.client === client && origin.clock === left.end - 1;
  return isBehind && isSame(left.item.right, rightOrigin);
}

/** The index of the first struct of a run that ends after a clock. */
export function structEndingAfter({ parts }: Run, clock: number): number {
  let low = 0;
  let high = parts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((parts[middle]?.end ?? Infinity) > clock) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * The index of the struct that contains a clock, at `from` or later. Deleted ranges are in order and close together, so
 * a galloping search from the last one takes fewer steps than a search through all.
 */
export function structFrom(structs: Structs, from: number, clock: number): number {
  const isBefore = (index: number) => {
    const struct = structs[index];
    return struct !== undefined && struct.id.clock + struct.length <= clock;
  };
  let low = from;
  let leap = 1;
  while (isBefore(low + leap)) {
    low += leap;
    leap *= 2;
  }
  let high = Math.min(low + leap, structs.length);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function isSame(a: Id | null, b: Id | null): boolean {
  return a === b || (a !== null && b !== null && a.client === b.client && a.clock === b.clock);
}
