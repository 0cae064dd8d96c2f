import type * as Y from 'yjs';
import { tariff } from '../tuning.ts';
import type { Effort } from './effort.ts';
import type { Home } from './homes.ts';
import type { Id } from './parts.ts';
import type { Stand } from './stand.ts';
import { isSame } from './stand.ts';

/** An item on its way to its place. */
export interface Arrival {
  readonly home: Home;
  readonly key: string | null;
  readonly id: Id;
  /** The neighbours that it names, and what stands there. */
  readonly leftId: Id | null;
  readonly rightId: Id | null;
  readonly left: Stand | null;
  readonly right: Stand | null;
  /** Whether there is, or was, something under its key. */
  readonly isTaken: boolean;
}

/** What this update has put into one home. */
interface Crowd {
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
export class Crowds {
  readonly #effort: Effort;
  readonly #crowds = new Map<Home, Crowd>();

  constructor(effort: Effort) {
    this.#effort = effort;
  }

  /** Pays for the cut at a clock where something goes between two characters of one struct. */
  cut({ clock, end, home, behind }: Stand, at: number): void {
    if (home && clock < at && at < end) this.#effort.spend(behind * tariff.slot);
  }

  enter(arrival: Arrival): void {
    const { key, left, right, leftId, rightId, isTaken } = arrival;
    if (left && leftId) this.cut(left, leftId.clock + 1);
    if (right && rightId) this.cut(right, rightId.clock);
    if (key !== null && left === null && !isTaken) return;
    const crowd = this.#crowdOf(arrival.home);
    const spot = leftId ? numberOf(leftId) : -1;
    const last = crowd.last.get(spot);
    const isSure = last ? last.isSure && isSame(last.id, rightId) : this.#isUndisturbed(arrival);
    if (!isSure) this.#effort.spend(crowd.size * tariff.step);
    crowd.last.set(spot, { id: arrival.id, isSure });
    crowd.size++;
  }

  #crowdOf(home: Home): Crowd {
    const known = this.#crowds.get(home);
    if (known) return known;
    const crowd: Crowd = { size: 1, last: new Map() };
    this.#crowds.set(home, crowd);
    return crowd;
  }

  /** Whether its neighbours stand side by side. If not, pays for the walk through what the store has. */
  #isUndisturbed(arrival: Arrival): boolean {
    const { left, leftId, right, rightId } = arrival;
    const isCut = left !== null && leftId !== null && leftId.clock + 1 < left.end;
    if (isCut && isNext(leftId, rightId)) return true;
    // Nothing of the store stands behind what this update brings, but the rest of what is cut.
    if (left?.part) return !isCut;
    const first = isCut ? left.item : left ? (left.item?.right ?? null) : this.#firstOf(arrival);
    const stop = right?.item ?? null;
    const isBeside = first === stop && !right?.part && (stop === null || stop.id.clock === rightId?.clock);
    if (isBeside && !isCut) return true;
    this.#walk(first, stop, isCut ? null : { leftId });
    return false;
  }

  /** The item that stands first in a list or under a key: Yjs walks back to it from the last one, twice. */
  #firstOf({ home, key, right }: Arrival): Y.Item | null {
    if (key === null) return home.type?._start ?? null;
    if (right?.item?.left === null) return right.item;
    let at = home.type?._map.get(key) ?? null;
    while (at?.left) {
      this.#effort.spend(2 * tariff.step);
      at = at.left;
    }
    return at;
  }

  /** From an item to the right neighbour; Yjs stops at once where the first is of another left neighbour. */
  #walk(first: Y.Item | null, stop: Y.Item | null, behind: { leftId: Id | null } | null): void {
    for (let at = first; at !== null && at !== stop; at = at.right) {
      this.#effort.spend(tariff.step);
      if (at === first && behind && !isSame(at.origin, behind.leftId)) return;
    }
  }
}

const isNext = (left: Id, right: Id | null) =>
  right !== null && right.client === left.client && right.clock === left.clock + 1;

/** One number for an id. Ids of the same number would only make what is put there seem dearer. */
const numberOf = ({ client, clock }: Id) => client * 2 ** 21 + (clock % 2 ** 21);
