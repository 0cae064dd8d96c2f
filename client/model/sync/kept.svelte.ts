import { newId } from '$shared/id.ts';
import type { Exceeded } from '$shared/wire/protocol.ts';
import type { EditRows, LostRow, RowKey } from './edit-rows.ts';
import { IndexedDbRows } from './edit-rows.ts';
import type { FoundLoss } from './edit-sorting.ts';
import type { Lost, LostWhy } from './lost.ts';
import { OpenPages } from './open-pages.ts';
import type { Touched } from './touched.ts';

/** Edits that a page gives up: why, a description, and the whole document that they were part of. */
export interface GivenUp {
  readonly why: LostWhy;
  readonly generation: number;
  readonly records: readonly Touched[];
  readonly state: Uint8Array;
  readonly exceeded?: Exceeded | undefined;
}

/** The rows on the device that hold a loss. They may still be in the process of being written. */
type Keys = Promise<readonly RowKey[]>;

/**
 * A person's edits that the board does not have: lost on this page, or found on the device. They stay on the device
 * until the person has dealt with them. This object outlives the documents of the page, because a refusal ends one
 * document and starts the next. The owner must call `close`.
 */
export class KeptEdits {
  losses: readonly Lost[] = $state.raw([]);
  /** False if the device has refused to store edits: they end with the page. */
  isStored = $state(true);
  readonly board: string;
  readonly person: string;
  readonly rows: EditRows;
  readonly pages: OpenPages;
  #own: readonly Lost[] = [];
  #found: readonly Lost[] = [];
  readonly #keys = new Map<string, Keys>();
  /** Losses that the device could not store. They end with the page. */
  readonly #volatile = new Set<string>();
  readonly #discarded = new Set<RowKey>();

  constructor(at: { board: string; person: string }, rows?: EditRows) {
    this.board = at.board;
    this.person = at.person;
    this.rows = rows ?? new IndexedDbRows(at.board, (isKept) => (this.isStored = isKept));
    this.pages = new OpenPages(at.board);
  }

  /** True if closing the page now would lose edits for good. */
  get isVolatile(): boolean {
    return this.#volatile.size > 0;
  }

  /** Keeps the edits that the server did not take, in place of the rows that held them. */
  lose(given: GivenUp, replaced: Keys): void {
    const { why, generation, records, state, exceeded } = given;
    // Refused again, with no records: a second notice would say nothing new.
    if (records.length === 0 && this.#own.some((one) => one.why === why && one.records.length === 0)) return;
    const lost = { ...this.#lost(why, this.person, records, state), ...(exceeded && { exceeded }) };
    this.#keys.set(lost.id, replaced);
    this.set(lost, { why, generation, records, state, page: this.pages.id });
  }

  /** Adds a loss, or replaces the one with its id, on the page and on the device. */
  set(lost: Lost, row: LostRow): void {
    const replaced = this.#keys.get(lost.id) ?? Promise.resolve([]);
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
    this.#own = [...this.#own.filter(({ id }) => id !== lost.id), lost];
    this.#publish();
  }

  /**
   * Shows edits that the device keeps too, and that are sent from there.
   * @param isKept resolves to true if the device has all of them
   */
  show(why: LostWhy, records: readonly Touched[], isKept: Promise<boolean>): void {
    const lost = this.#lost(why, this.person, records, null);
    this.#volatile.add(lost.id);
    void isKept.then((kept) => kept && this.#volatile.delete(lost.id));
    this.#own = [...this.#own, lost];
    this.#publish();
  }

  /** Sets the losses found on the device. Replaces those found before. */
  find(losses: readonly FoundLoss[]): void {
    for (const { id } of this.#found) this.#keys.delete(id);
    // Does not show again what the person dealt with after it was read.
    const left = losses.filter(({ keys }) => keys.some((key) => !this.#discarded.has(key)));
    this.#found = left.map(({ keys, why, person, records, state }) => {
      const lost = { ...this.#lost(why, person, records, state), id: `row ${keys.map(String).join(' ')}` };
      this.#keys.set(lost.id, Promise.resolve(keys));
      return lost;
    });
    this.#publish();
  }

  /** Drops what the board turns out to have. `missing` returns the part of a record that it lacks. */
  settle(missing: (touched: Touched) => Touched | null): void {
    this.#own = this.#own.map((lost) => ({
      ...lost,
      records: lost.records.flatMap((record) => missing(record) ?? []),
    }));
    this.#publish();
  }

  /** Drops all losses: the person has dealt with them. */
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
