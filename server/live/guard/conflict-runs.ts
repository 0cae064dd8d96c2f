import type * as Y from 'yjs';
import { tariff } from '../limits.ts';
import type { Effort } from './cost.ts';
import type { TypePath } from './type-paths.ts';
import { hasKey } from './type-paths.ts';
import type { Id } from './structs.ts';
import type { Position } from './positions.ts';
import { isSame } from './positions.ts';

/** An item that is about to be placed. */
export interface Arrival {
  readonly home: TypePath;
  readonly key: string | null;
  readonly id: Id;
  /** The neighbours that it names, and their positions. */
  readonly leftId: Id | null;
  readonly rightId: Id | null;
  readonly left: Position | null;
  readonly right: Position | null;
  /** True if its key has, or ever had, content. */
  readonly isTaken: boolean;
}

/** What this update has put into one list of Yjs: the elements of a type, or all items under one key. */
interface ConflictRun {
  size: number;
  /** The last item placed directly after each left neighbour, by the neighbour's id as a number; -1 is the start. */
  readonly last: Map<number, Neighbour>;
}

interface Neighbour {
  readonly id: Id;
  /** True if Yjs places it directly after that left neighbour. */
  readonly isSure: boolean;
}

/**
 * Computes the cost of placing items at positions where others have placed items too. Yjs walks from the left neighbour
 * to the right one, past all items with the same left neighbour and those after them, so many items at one position
 * cost the square of their number. If the neighbours are adjacent there is no walk; that is the case for all edits
 * without a conflict.
 */
export class ConflictRuns {
  readonly #effort: Effort;
  /** By type and key; the key null is for elements. The value is null if this update made one first item there. */
  readonly #crowds = new Map<TypePath, Map<string | null, ConflictRun | null>>();

  constructor(effort: Effort) {
    this.#effort = effort;
  }

  /** Marks a key as used by this update. Returns true if it has, or ever had, content. */
  take(home: TypePath, key: string): boolean {
    const lists = this.#listsOf(home);
    if (lists.has(key)) return true;
    lists.set(key, null);
    return hasKey(home, key);
  }

  enter(arrival: Arrival): void {
    const { home, key, id, left, leftId, rightId, isTaken } = arrival;
    const isFirstUnderKey = key !== null && left === null;
    if (isFirstUnderKey && !isTaken) return;
    const crowd = this.#runOf(home, key);
    // Yjs finds the first item under a key by walking back from the last, twice.
    if (isFirstUnderKey) this.#effort.spend(2 * crowd.size * tariff.step);
    const next = this.#storedBehind(arrival);
    const position = leftId ? numberOf(leftId) : -1;
    const last = crowd.last.get(position);
    const isSure = last ? last.isSure && isSame(last.id, rightId) : isBeside(next, arrival);
    if (!isSure) {
      this.#effort.spend(crowd.size * tariff.step);
      this.#walk(next, arrival);
    }
    crowd.last.set(position, { id, isSure });
    crowd.size++;
  }

  #runOf(home: TypePath, key: string | null): ConflictRun {
    const lists = this.#listsOf(home);
    const known = lists.get(key);
    if (known) return known;
    const crowd: ConflictRun = { size: 1, last: new Map() };
    lists.set(key, crowd);
    return crowd;
  }

  #listsOf(home: TypePath): Map<string | null, ConflictRun | null> {
    const known = this.#crowds.get(home);
    if (known) return known;
    const lists = new Map<string | null, ConflictRun | null>();
    this.#crowds.set(home, lists);
    return lists;
  }

  /** The stored item directly after the left neighbour; null if there is none, or this update brings the neighbour. */
  #storedBehind({ home, key, left, leftId }: Arrival): Y.Item | null {
    if (left) return isCut(left, leftId) ? left.item : (left.item?.right ?? null);
    if (key === null) return home.type?._start ?? null;
    let first = home.type?._map.get(key) ?? null;
    while (first?.left) {
      this.#effort.spend(2 * tariff.step);
      first = first.left;
    }
    return first;
  }

  /** Walks from there to the right neighbour. Yjs stops at once if the first item has another left neighbour. */
  #walk(next: Y.Item | null, { left, leftId, right }: Arrival): void {
    const isHalf = isCut(left, leftId);
    for (let at = next; at !== null && at !== right?.item; at = at.right) {
      this.#effort.spend(tariff.step);
      if (at === next && !isHalf && !isSame(at.origin, leftId)) return;
    }
  }
}

/** True if an item goes between two characters of its left neighbour, whose second half then follows the item. */
function isCut(left: Position | null, leftId: Id | null): boolean {
  return left !== null && leftId !== null && leftId.clock + 1 < left.end;
}

/** True if the neighbours are adjacent, as far as the store knows. */
function isBeside(next: Y.Item | null, { left, leftId, right, rightId }: Arrival): boolean {
  if (leftId && isCut(left, leftId)) return isNext(leftId, rightId);
  if (left?.part) return true;
  return right ? right.item !== null && right.item === next && right.clock === rightId?.clock : next === null;
}

const isNext = (left: Id, right: Id | null) =>
  right !== null && right.client === left.client && right.clock === left.clock + 1;

/** An id as one number. A collision only makes an item seem more expensive. */
const numberOf = ({ client, clock }: Id) => client * 2 ** 21 + (clock % 2 ** 21);
