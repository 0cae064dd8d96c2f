import { newId } from '$shared/id.ts';
import type { Exceeded } from '$shared/wire/protocol.ts';
import type { EditRows, RowKey } from './edit-rows.ts';
import { IndexedDbRows } from './edit-rows.ts';
import type { FoundLoss } from './edit-sorting.ts';
import type { Lost, LostWhy } from './lost.ts';
import { OpenPages } from './open-pages.ts';
import type { Touched } from './touched.ts';

/** What a page gives up: why, what it was in words, and the whole document that it was part of. */
export interface GivenUp {
  readonly why: LostWhy;
  readonly generation: number;
  readonly records: readonly Touched[];
  readonly state: Uint8Array;
  readonly exceeded?: Exceeded | undefined;
}

/** The rows on the device that a loss is kept in; they may still be being written. */
type Keys = Promise<readonly RowKey[]>;

/**
 * What a person did on a board and the board does not have: lost on this page, or found on the device. It stays on
 * the device until the person has dealt with it. It outlives the documents of the page, of which a refusal ends one
 * and begins the next. Whoever opens it calls `close`.
 */
export class KeptEdits {
  losses: readonly Lost[] = $state.raw([]);
  readonly board: string;
  readonly person: string;
  readonly rows: EditRows;
  readonly pages: OpenPages;
  #own: readonly Lost[] = [];
  #found: readonly Lost[] = [];
  readonly #keys = new Map<string, Keys>();
  /** Losses that the device could not keep: they end with the page. */
  readonly #volatile = new Set<string>();
  readonly #discarded = new Set<RowKey>();

  constructor(at: { board: string; seat: string }, rows: EditRows = new IndexedDbRows(at.board)) {
    this.board = at.board;
    this.person = at.seat;
    this.rows = rows;
    this.pages = new OpenPages(at.board);
  }

  /** Whether something would be lost for good if the page were closed now. */
  get isVolatile(): boolean {
    return this.#volatile.size > 0;
  }

  /** Keeps what a document had and the server did not take, in place of the rows that it was in. */
  lose(given: GivenUp, replaced: Keys): void {
    const { why, generation, records, state, exceeded } = given;
    // Refused again with nothing in it: the same word twice says no more.
    if (records.length === 0 && this.#own.some((one) => one.why === why && one.records.length === 0)) return;
    const lost = { ...this.#lost(why, this.person, records, state), ...(exceeded && { exceeded }) };
    const row = { why, generation, records, state, page: this.pages.id };
    this.#volatile.add(lost.id);
    this.#keys.set(
      lost.id,
      replaced.then(async (keys) => {
        const key = await this.rows.replace(keys, this.person, row);
        if (key === null) return keys;
        this.#volatile.delete(lost.id);
        return [key];
      }),
    );
    this.#own = [...this.#own, lost];
    this.#publish();
  }

  /**
   * Shows what stays on the device all the same, and is sent from there.
   * @param isKept whether the device has all of it
   */
  show(why: LostWhy, records: readonly Touched[], isKept: Promise<boolean>): void {
    const lost = this.#lost(why, this.person, records, null);
    this.#volatile.add(lost.id);
    void isKept.then((kept) => kept && this.#volatile.delete(lost.id));
    this.#own = [...this.#own, lost];
    this.#publish();
  }

  /** What lies on the device; takes the place of what was found before. */
  find(losses: readonly FoundLoss[]): void {
    for (const { id } of this.#found) this.#keys.delete(id);
    // What was read just before the person dealt with it is not shown again.
    const left = losses.filter(({ keys }) => keys.some((key) => !this.#discarded.has(key)));
    this.#found = left.map(({ keys, why, person, records, state }) => {
      const lost = { ...this.#lost(why, person, records, state), id: `row ${keys.map(String).join(' ')}` };
      this.#keys.set(lost.id, Promise.resolve(keys));
      return lost;
    });
    this.#publish();
  }

  /** Leaves out what the board turns out to have. `missing` tells what of a record it does not. */
  settle(missing: (touched: Touched) => Touched | null): void {
    this.#own = this.#own.map((lost) => ({
      ...lost,
      records: lost.records.flatMap((record) => missing(record) ?? []),
    }));
    this.#publish();
  }

  /** The person has dealt with all of it. */
  discard(): void {
    for (const { id } of this.losses) {
      void this.#keys.get(id)?.then((keys) => {
        for (const key of keys) this.#discarded.add(key);
        return this.rows.remove(keys);
      });
      this.#keys.delete(id);
      this.#volatile.delete(id);
    }
    this.#own = this.#found = [];
    this.#publish();
  }

  close(): void {
    this.pages.close();
    void Promise.allSettled(this.#keys.values()).then(() => this.rows.close());
  }

  #lost(why: LostWhy, person: string, records: readonly Touched[], state: Uint8Array | null): Lost {
    const file = state && { name: `resa-${this.board}.yjs`, bytes: () => state };
    return { id: newId(), why, person, records, file };
  }

  #publish(): void {
    this.losses = [...this.#own, ...this.#found];
  }
}
