import type { Card, Place, CellAt } from '$shared/collections/card.ts';
import { cellKey } from '$shared/collections/card.ts';
import { byOrder } from '$shared/schema/order-key.ts';
import type { Change } from './records.svelte.ts';

/** The cards of one cell, in order. */
export class Stack {
  ids: readonly string[] = $state.raw([]);
}

interface Standing {
  readonly id: string;
  readonly key: string;
  readonly order: string;
  readonly place: Place;
}

/**
 * Which cards stand in which cell. A card that changes costs the length of the stacks that it leaves
 * and joins, however many cards the board has.
 */
export class Stacks {
  readonly #stacks = new Map<string, Stack>();
  readonly #standing = new Map<string, Standing>();
  readonly #cellOf: (place: Place) => CellAt;

  /** `cellOf` says where a place is shown: it knows which steps are still there. */
  constructor(cellOf: (place: Place) => CellAt) {
    this.#cellOf = cellOf;
  }

  /** The stack of a cell. To be asked for outside of rendering first (see `open`). */
  at(cell: CellAt): Stack {
    return this.#at(cellKey(cell));
  }

  /** Where a card stands now, or null. */
  cellOfCard(id: string): CellAt | null {
    const standing = this.#standing.get(id);
    return standing ? this.#cellOf(standing.place) : null;
  }

  /** Takes in what changed in the cards. */
  apply(changes: readonly Change<Card>[]): void {
    const dirty = new Map<string, Standing[]>();
    for (const { entry, after } of changes) {
      const before = this.#standing.get(entry.id);
      const next = after && !after.gone ? this.#stand(entry.id, after.place) : null;
      if (before && next && before.key === next.key && before.order === next.order) {
        this.#standing.set(entry.id, next);
        continue;
      }
      if (before) {
        const list = this.#draft(dirty, before.key);
        list.splice(
          list.findIndex((one) => one.id === entry.id),
          1,
        );
        this.#standing.delete(entry.id);
      }
      if (next) {
        insert(this.#draft(dirty, next.key), next);
        this.#standing.set(entry.id, next);
      }
    }
    for (const [key, list] of dirty) this.#at(key).ids = list.map((one) => one.id);
  }

  /** Places all cards afresh: a step came, went or moved. */
  rearrange(): void {
    const moved: { key: string; next: Standing }[] = [];
    const dirty = new Map<string, Standing[]>();
    for (const standing of this.#standing.values()) {
      const next = this.#stand(standing.id, standing.place);
      if (next.key !== standing.key) moved.push({ key: standing.key, next });
    }
    for (const { key, next } of moved) {
      const list = this.#draft(dirty, key);
      list.splice(
        list.findIndex((one) => one.id === next.id),
        1,
      );
    }
    for (const { next } of moved) {
      insert(this.#draft(dirty, next.key), next);
      this.#standing.set(next.id, next);
    }
    for (const [key, list] of dirty) this.#at(key).ids = list.map((one) => one.id);
  }

  /** Makes the stacks of these cells, so that a component that reads one later finds its signal made. */
  open(cells: Iterable<CellAt>): void {
    for (const cell of cells) this.#at(cellKey(cell));
  }

  #at(key: string): Stack {
    let stack = this.#stacks.get(key);
    if (!stack) this.#stacks.set(key, (stack = new Stack()));
    return stack;
  }

  #stand(id: string, place: Place): Standing {
    return { id, key: cellKey(this.#cellOf(place)), order: place.order, place };
  }

  #draft(dirty: Map<string, Standing[]>, key: string): Standing[] {
    let list = dirty.get(key);
    if (!list) {
      list = this.#at(key).ids.flatMap((id) => this.#standing.get(id) ?? []);
      dirty.set(key, list);
    }
    return list;
  }
}

/** Binary search for the place of one more in a sorted list. */
function insert(list: Standing[], next: Standing): void {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const one = list[middle];
    if (one && byOrder(one, next) < 0) low = middle + 1;
    else high = middle;
  }
  list.splice(low, 0, next);
}
