import { untrack } from 'svelte';
import { restMs } from './attention.ts';

/** The rows under one heading, in order. A list without headings is one group. */
export interface RowGroup {
  readonly key: string;
  readonly ids: readonly string[];
}

/** A list as it is shown. */
export interface Arranged {
  readonly groups: readonly RowGroup[];
  /** True if the order is held and differs from the wanted one. */
  readonly isLate: boolean;
}

/** What tells the time: a test has its own. */
export interface Clock {
  /** Milliseconds. */
  now(): number;
  /** Calls `run` once, after `ms`. Returns a function that cancels it. */
  after(ms: number, run: () => void): () => void;
}

export const browserClock: Clock = {
  now: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/**
 * The order of a sorted or grouped list that other people change. While the pointer moves in the list, or keys are
 * pressed in it, and up to `restMs` after that, rows and headings keep their places. Meanwhile rows that leave the list
 * leave, a row that comes back goes to its old place, and new rows come last in their group. What a row shows is not
 * held. Call `moved` for each movement, or attach `watch` to the list.
 */
export class HeldOrder {
  readonly #clock: Clock;
  #isHeld = $state(false);
  /** The places of rows, with those that have left since the order was held. */
  #places: readonly RowGroup[] = [];
  #movedAt = 0;
  #cancel: () => void = () => {};

  constructor(clock: Clock = browserClock) {
    this.#clock = clock;
  }

  /** The order to show, from the order that the list should have. Reactive: it changes when the hold ends. */
  arrange(wanted: readonly RowGroup[]): Arranged {
    if (!this.#isHeld) {
      this.#places = wanted;
      return { groups: wanted, isLate: false };
    }
    this.#places = placed(this.#places, wanted);
    const groups = present(this.#places, wanted);
    const isLate = !isSameOrder(groups, wanted);
    return { groups: isLate ? groups : wanted, isLate };
  }

  /** The pointer has moved in the list, or a key was pressed in it. Cheap enough for each event. */
  moved = (): void => {
    this.#movedAt = this.#clock.now();
    // Untracked: an effect that moves the focus calls this, and must not run again when the hold ends.
    if (untrack(() => this.#isHeld)) return;
    this.#isHeld = true;
    this.#wait(restMs);
  };

  /** Shows the wanted order at once, until the next movement: the person has sorted the list, or asks for it. */
  release(): void {
    this.#cancel();
    // Forgotten, in case a movement follows before the order is shown.
    this.#places = [];
    this.#isHeld = false;
  }

  /** Attach this to the element around the list. */
  watch = (element: HTMLElement): (() => void) => {
    for (const name of movements) element.addEventListener(name, this.moved, { passive: true });
    return () => {
      for (const name of movements) element.removeEventListener(name, this.moved);
      this.release();
    };
  };

  #wait(ms: number): void {
    this.#cancel = this.#clock.after(ms, () => {
      const left = this.#movedAt + restMs - this.#clock.now();
      if (left > 0) this.#wait(left);
      else this.release();
    });
  }
}

const movements = [
  'pointermove',
  'pointerdown',
  'wheel',
  'touchmove',
  'focusin',
  'keydown',
  'input',
] as const;

/** The held places with the new rows and groups after them. A row that only changed its group keeps its place. */
function placed(held: readonly RowGroup[], wanted: readonly RowGroup[]): readonly RowGroup[] {
  const known = new Set(held.flatMap(({ ids }) => ids));
  const fresh = wanted
    .map(({ key, ids }) => ({ key, ids: ids.filter((id) => !known.has(id)) }))
    .filter(({ ids }) => ids.length > 0);
  if (fresh.length === 0) return held;
  const added = new Map(fresh.map(({ key, ids }) => [key, ids]));
  const keys = new Set(held.map(({ key }) => key));
  return [
    ...held.map((group) => ({ key: group.key, ids: [...group.ids, ...(added.get(group.key) ?? [])] })),
    ...fresh.filter(({ key }) => !keys.has(key)),
  ];
}

/** The places of the rows that are in the list now. */
function present(places: readonly RowGroup[], wanted: readonly RowGroup[]): readonly RowGroup[] {
  const here = new Set(wanted.flatMap(({ ids }) => ids));
  return places
    .map(({ key, ids }) => ({ key, ids: ids.filter((id) => here.has(id)) }))
    .filter(({ ids }) => ids.length > 0);
}

function isSameOrder(a: readonly RowGroup[], b: readonly RowGroup[]): boolean {
  // A group without rows has no heading.
  const flat = (groups: readonly RowGroup[]) =>
    groups.flatMap(({ key, ids }) => (ids.length > 0 ? [`# ${key}`, ...ids] : []));
  const [left, right] = [flat(a), flat(b)];
  return left.length === right.length && left.every((one, at) => one === right[at]);
}
