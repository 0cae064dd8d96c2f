import * as Y from 'yjs';
import type { Decoded, Run, Struct } from './decoded.ts';
import { decode } from './decoded.ts';
import type { AnyType, Content, Home, Homes } from './homes.ts';
import { hasKey, homeWithin } from './homes.ts';
import { Refused } from './refused.ts';

/** Something that an update puts somewhere. */
export interface Insertion {
  readonly does: 'insert';
  readonly home: Home;
  /** The key in the home; null for an element of a text or a list. */
  readonly key: string | null;
  readonly content: Content;
  /** The client id it is written under, the first new clock, and how many clocks it takes. */
  readonly client: number;
  readonly clock: number;
  readonly length: number;
  /** Whether there is, or was, something under this key already. */
  readonly isTaken: boolean;
}

/** Something that an update takes away and that was still there. */
export interface Removal {
  readonly does: 'remove';
  readonly home: Home;
  readonly key: string | null;
  readonly content: Content;
  readonly client: number;
  readonly clock: number;
  readonly length: number;
  /** Whether this same update made it. */
  readonly isFresh: boolean;
}

export type Change = Insertion | Removal;

/** All that an update would do, found out without doing it. */
export interface Anatomy {
  readonly changes: readonly Change[];
  /** The client ids under which it writes something new, collected things included. */
  readonly writers: ReadonlySet<number>;
}

/**
 * Finds out what an update would change. It walks the structs in the order and by the rules in which
 * Yjs would integrate them (`integrateStructs`, `Item.getMissing`, `Item.integrate`), but touches nothing.
 * @throws Refused with `malformed`, `missing-dependency`, `wrong-parent` or `too-many`
 */
export function dissect(doc: Y.Doc, homes: Homes, update: Uint8Array): Anatomy {
  return new Dissection(doc, homes, decode(update)).run();
}

/** Where an item goes. */
interface Spot {
  readonly home: Home;
  readonly key: string | null;
}

/** A stretch of clocks; `spot` null where Yjs has collected it, or will at once. */
interface Stretch {
  readonly clock: number;
  readonly end: number;
  readonly spot: Spot | null;
  readonly content: Content | null;
}

class Dissection {
  readonly #store: Y.Doc['store'];
  readonly #homes: Homes;
  readonly #runs: ReadonlyMap<number, Run>;
  readonly #deletes: Decoded['deletes'];
  /** The next clock of each client id, with what has been placed so far. */
  readonly #clocks = new Map<number, number>();
  /** What this update brings, by client id, in the order of clocks. */
  readonly #brought = new Map<number, Stretch[]>();
  readonly #freshHomes = new Map<AnyType, Home>();
  readonly #freshKeys = new Map<Home, Set<string>>();
  readonly #changes: Change[] = [];

  constructor(doc: Y.Doc, homes: Homes, update: Decoded) {
    this.#store = doc.store;
    this.#homes = homes;
    this.#runs = update.runs;
    this.#deletes = update.deletes;
  }

  run(): Anatomy {
    for (const run of this.#runs.values()) while (run.next < run.structs.length) this.#placeNext(run);
    for (const [client, ranges] of this.#deletes.clients) this.#remove(client, ranges);
    return { changes: this.#changes, writers: new Set(this.#brought.keys()) };
  }

  #clockOf(client: number): number {
    return this.#clocks.get(client) ?? Y.getState(this.#store, client);
  }

  #placeNext(run: Run): void {
    const struct = run.structs[run.next];
    if (!struct || run.isBusy) throw new Refused('missing-dependency');
    run.isBusy = true;
    this.#place(struct);
    run.isBusy = false;
    run.next++;
  }

  #place(struct: Struct): void {
    if (struct instanceof Y.Skip) return;
    const { client, clock } = struct.id;
    const from = this.#clockOf(client);
    if (clock > from) throw new Refused('missing-dependency');
    if (struct instanceof Y.Item) this.#needDependencies(struct);
    const end = clock + struct.length;
    if (end <= from) return;
    const spot = struct instanceof Y.Item ? this.#spotOf(struct) : null;
    if (spot !== null && clock < from) this.#mustContinue(client, from - 1, spot);
    this.#clocks.set(client, end);
    const content = struct instanceof Y.Item ? struct.content : null;
    this.#bring(client, { clock: from, end, spot, content });
    if (spot === null || content === null) return;
    const isTaken = this.#take(spot);
    this.#changes.push({
      does: 'insert',
      ...spot,
      content,
      client,
      clock: from,
      length: end - from,
      isTaken,
    });
  }

  /** Places what an item rests on before the item itself, as Yjs does. */
  #needDependencies(item: Y.Item): void {
    const parent = item.parent instanceof Y.ID ? item.parent : null;
    for (const id of [item.origin, item.rightOrigin, parent]) {
      if (id === null) continue;
      if (id.client === item.id.client) {
        // Yjs does not look for this one and would fall over it with the update half applied.
        if (id.clock >= item.id.clock) throw new Refused('malformed');
        continue;
      }
      while (this.#clockOf(id.client) <= id.clock) {
        const run = this.#runs.get(id.client);
        if (!run) throw new Refused('missing-dependency');
        this.#placeNext(run);
      }
    }
  }

  /** Where an item goes: as its left neighbour, else as its right one, else where it says. */
  #spotOf(item: Y.Item): Spot | null {
    const left = item.origin && this.#find(item.origin);
    const right = item.rightOrigin && this.#find(item.rightOrigin);
    if (left || right) {
      if (left?.spot === null || right?.spot === null) return null;
      return left?.spot ?? right?.spot ?? null;
    }
    // An item that is not in a store yet names its root by a string, which Yjs's types do not say.
    const parent = item.parent as Y.ID | string | null;
    if (parent === null) throw new Refused('malformed');
    if (typeof parent === 'string') return { home: this.#homes.ofRoot(parent), key: item.parentSub };
    const home = this.#homeAt(this.#find(parent));
    return home && { home, key: item.parentSub };
  }

  /** The type that a stretch holds; null where it is collected or deleted, and all that goes in with it. */
  #homeAt({ spot, content }: Stretch): Home | null {
    if (spot === null || content instanceof Y.ContentDeleted) return null;
    if (!(content instanceof Y.ContentType)) throw new Refused('wrong-parent');
    const type: AnyType = content.type;
    if (type._item !== null) return this.#homes.of(type);
    const known = this.#freshHomes.get(type);
    if (known) return known;
    const home = homeWithin(spot.home, spot.key, type, true);
    this.#freshHomes.set(type, home);
    return home;
  }

  /** What stands at a clock, in the store or in this update; the caller has made sure that something does. */
  #find({ client, clock }: Y.ID): Stretch {
    if (clock < Y.getState(this.#store, client)) {
      return this.#stretch(Y.getItem(this.#store, Y.createID(client, clock)));
    }
    const brought = this.#brought.get(client) ?? [];
    const stretch = brought[firstEndingAfter(brought, clock)];
    if (!stretch) throw new Refused('missing-dependency');
    return stretch;
  }

  #stretch(struct: Y.Item | Y.GC): Stretch {
    const { clock } = struct.id;
    const end = clock + struct.length;
    if (!(struct instanceof Y.Item)) return { clock, end, spot: null, content: null };
    const home = this.#homes.of(struct.parent as AnyType);
    return { clock, end, spot: { home, key: struct.parentSub }, content: struct.content };
  }

  /**
   * An item of which the store has the beginning must go on where that stands: Yjs takes the neighbour
   * from the store but the parent from the update, and would tie two lists together.
   */
  #mustContinue(client: number, clock: number, spot: Spot): void {
    const before = this.#stretch(Y.getItem(this.#store, Y.createID(client, clock))).spot;
    if (before?.home !== spot.home || before.key !== spot.key) throw new Refused('wrong-parent');
  }

  #bring(client: number, stretch: Stretch): void {
    const brought = this.#brought.get(client);
    if (brought) brought.push(stretch);
    else this.#brought.set(client, [stretch]);
  }

  #take({ home, key }: Spot): boolean {
    if (key === null) return false;
    const keys = this.#freshKeys.get(home) ?? new Set();
    const isTaken = keys.has(key) || hasKey(home, key);
    this.#freshKeys.set(home, keys.add(key));
    return isTaken;
  }

  #remove(client: number, ranges: readonly { clock: number; len: number }[]): void {
    const inStore = Y.getState(this.#store, client);
    const end = this.#clockOf(client);
    let done = 0;
    for (const range of [...ranges].sort((a, b) => a.clock - b.clock)) {
      const to = range.clock + range.len;
      if (to > end) throw new Refused('missing-dependency');
      // Ranges that overlap count once, or a text could be made to look shorter than it is.
      const from = Math.max(range.clock, done);
      done = Math.max(to, done);
      if (from < Math.min(to, inStore)) this.#removeStored(client, from, Math.min(to, inStore));
      if (Math.max(from, inStore) < to) this.#removeBrought(client, Math.max(from, inStore), to);
    }
  }

  #removeStored(client: number, from: number, to: number): void {
    const structs = this.#store.clients.get(client) ?? [];
    for (let i = Y.findIndexSS(structs, from); ; i++) {
      const struct = structs[i];
      if (!struct || struct.id.clock >= to) return;
      if (!struct.deleted) this.#removeStretch(client, from, to, this.#stretch(struct), false);
    }
  }

  #removeBrought(client: number, from: number, to: number): void {
    const brought = this.#brought.get(client) ?? [];
    for (let i = firstEndingAfter(brought, from); ; i++) {
      const stretch = brought[i];
      if (!stretch || stretch.clock >= to) return;
      if (!(stretch.content instanceof Y.ContentDeleted))
        this.#removeStretch(client, from, to, stretch, true);
    }
  }

  #removeStretch(client: number, from: number, to: number, stretch: Stretch, isFresh: boolean): void {
    const { spot, content } = stretch;
    if (spot === null || content === null) return;
    const clock = Math.max(from, stretch.clock);
    const length = Math.min(to, stretch.end) - clock;
    this.#changes.push({ does: 'remove', ...spot, content, client, clock, length, isFresh });
  }
}

/** The index of the first stretch that ends after a clock; stretches are in order and without gaps. */
function firstEndingAfter(stretches: readonly Stretch[], clock: number): number {
  let low = 0;
  let high = stretches.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((stretches[middle]?.end ?? Infinity) > clock) high = middle;
    else low = middle + 1;
  }
  return low;
}
