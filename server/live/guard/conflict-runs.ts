import type * as Y from 'yjs';
import { tariff } from '../limits.ts';
import type { Effort } from './cost.ts';
import type { TypePath } from './type-paths.ts';
import { hasKey } from './type-paths.ts';
import type { Id } from './structs.ts';
import type { Position } from './positions.ts';
import { isSame } from './positions.ts';

/** An item on its way to its place. */
export interface Arrival {
  readonly home: TypePath;
  readonly key: string | null;
  readonly id: Id;
  /** The neighbours that it names, and what stands there. */
  readonly leftId: Id | null;
  readonly rightId: Id | null;
  readonly left: Position | null;
  readonly right: Position | null;
  /** Whether there is, or was, something under its key. */
  readonly isTaken: boolean;
}

/** What this update has put into one list of Yjs: the elements of a home, or what is and was under one of its keys. */
interface ConflictRun {
  size: number;
  /** The last item that went directly behind each left neighbour, by its id as a number; the start is -1. */
  readonly last: Map<number, Neighbour>;
}

interface Neighbour {
  readonly id: Id;
  /** Whether Yjs puts it directly behind that left neighbour. */
  readonly isSure: boolean;
}

/**
 * What it costs to put items among those that others put at the same place. Yjs walks from the left
 * neighbour to the right one, past all that has the same left neighbour and all that stands behind those:
 * so many items at one spot cost their square. Where the neighbours stand side by side there is no walk,
 * and so it is for all that people write who were not disturbed.
 */
export class ConflictRuns {
  readonly #effort: Effort;
  /** By home and key, null being its elements; null for a key that this update has put one first thing under. */
  readonly #crowds = new Map<TypePath, Map<string | null, ConflictRun | null>>();

  constructor(effort: Effort) {
    this.#effort = effort;
  }

  /** Whether there is, or was, something under a key, which this update takes now. */
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
    // Yjs finds what is first under a key by going back from what is last, twice.
    if (isFirstUnderKey) this.#effort.spend(2 * crowd.size * tariff.step);
    const next = this.#storedBehind(arrival);
    const spot = leftId ? numberOf(leftId) : -1;
    const last = crowd.last.get(spot);
    const isSure = last ? last.isSure && isSame(last.id, rightId) : isBeside(next, arrival);
    if (!isSure) {
      this.#effort.spend(crowd.size * tariff.step);
      this.#walk(next, arrival);
    }
    crowd.last.set(spot, { id, isSure });
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

  /** What of the store stands directly behind the left neighbour: nothing, where this update brings that. */
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

  /** From there to the right neighbour; Yjs stops at once where the first has another left neighbour. */
  #walk(next: Y.Item | null, { left, leftId, right }: Arrival): void {
    const isHalf = isCut(left, leftId);
    for (let at = next; at !== null && at !== right?.item; at = at.right) {
      this.#effort.spend(tariff.step);
      if (at === next && !isHalf && !isSame(at.origin, leftId)) return;
    }
  }
}

/** Whether an item goes between two characters of its left neighbour: the other half then stands behind it. */
function isCut(left: Position | null, leftId: Id | null): boolean {
  return left !== null && leftId !== null && leftId.clock + 1 < left.end;
}

/** Whether its neighbours stand side by side, as far as the store knows. */
function isBeside(next: Y.Item | null, { left, leftId, right, rightId }: Arrival): boolean {
  if (leftId && isCut(left, leftId)) return isNext(leftId, rightId);
  if (left?.part) return true;
  return right ? right.item !== null && right.item === next && right.clock === rightId?.clock : next === null;
}

const isNext = (left: Id, right: Id | null) =>
  right !== null && right.client === left.client && right.clock === left.clock + 1;

/** One number for an id. Ids of the same number would only make what is put there seem dearer. */
const numberOf = ({ client, clock }: Id) => client * 2 ** 21 + (clock % 2 ** 21);
