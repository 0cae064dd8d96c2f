import * as Y from 'yjs';
import type { AnyType, TypePath, TypePaths } from './type-paths.ts';
import type { Id, Struct, Run } from './structs.ts';

/** What stands at a clock: a struct of the store, or a part of the update that was placed before. */
export interface Position {
  /** Where it stands; null for what is collected. */
  readonly home: TypePath | null;
  readonly key: string | null;
  /** Its first clock, and the one behind it. */
  readonly clock: number;
  readonly end: number;
  /** Null for a part, and for what is collected. */
  readonly item: Y.Item | null;
  readonly part: Struct | null;
  /** How many structs of its client id are behind it: Yjs moves them when it is cut in two. */
  readonly behind: number;
}

type Structs = readonly (Y.Item | Y.GC)[];

export function positionInStore(structs: Structs, index: number, homes: TypePaths): Position | null {
  const struct = structs[index];
  if (!struct) return null;
  const item = struct instanceof Y.Item ? struct : null;
  return {
    // The parent of an item that is in the store is always a type.
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
 * How many of a struct's two neighbours of the same client id Yjs merges it with once all of them are deleted.
 * These are the conditions of `Item.mergeWith` that deletion does not change; each merge moves what is behind.
 */
export function mergesInStore(structs: Structs, index: number): number {
  const at = structs[index];
  return (mergesItems(structs[index - 1], at) ? 1 : 0) + (mergesItems(at, structs[index + 1]) ? 1 : 0);
}

function mergesItems(left: Y.Item | Y.GC | undefined, right: Y.Item | Y.GC | undefined): boolean {
  if (!(left instanceof Y.Item && right instanceof Y.Item) || left.right !== right) return false;
  return isSame(right.origin, left.lastId) && isSame(left.rightOrigin, right.rightOrigin);
}

/** The same for a part, whose place in its list is not known yet: as many as there may be. */
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

/** The index of the first part of a run that ends after a clock. */
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
 * The index of the struct that a clock is in, at `from` or behind it. Deleted ranges come in order and near
 * each other: a leap from the last one finds the next in fewer steps than a search through all.
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
