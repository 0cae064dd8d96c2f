import * as Y from 'yjs';
import type { RowKey, StoredRow } from './edit-rows.ts';
import type { Sorted } from './edit-sorting.ts';
import type { KeptEdits } from './kept.svelte.ts';
import { Touches } from './touched.ts';

/** Edits that the server has not acknowledged for this long are stored on the device. */
const graceMs = 400;

/** While the server takes no edits, wait just long enough to store one gesture as one row. */
const gestureMs = 30;

/**
 * Bytes of stored edits that go into the document, and so to the server, at once. An hour offline makes thousands of
 * rows.
 */
const batchBytes = 1 << 16;

/** The origin of edits that come from the device: by this person, but from an earlier page. */
export const restored = Symbol('restored');

/**
 * The edits of one document that the server has not acknowledged. They are stored on the device, so that a page which
 * closes or crashes while offline loses nothing. Edits that are acknowledged in time are never stored.
 *
 * The edits of an earlier page go into the document if they fit: made on the same generation of the board by the same
 * person, and the document has what they build on. All other edits are shown (`KeptEdits`). The document never holds an
 * edit that waits for its base, since Yjs would neither show nor send it.
 */
export class PendingEdits {
  readonly #doc: Y.Doc;
  readonly #kept: KeptEdits;
  readonly #mayBeSaved: () => boolean;
  #generation = 0;
  /** How many times the stored edits were cleared. */
  #cleared = 0;
  #waiting: Uint8Array[] = [];
  #touches: Touches;
  /** The rows that this document has written or applied. */
  #keys = new Set<RowKey>();
  readonly #adding = new Set<Promise<void>>();
  #reading: Promise<void> | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #isOver = false;

  /** @param mayBeSaved returns true if the server takes edits now */
  constructor(doc: Y.Doc, kept: KeptEdits, mayBeSaved: () => boolean) {
    this.#doc = doc;
    this.#kept = kept;
    this.#mayBeSaved = mayBeSaved;
    this.#touches = new Touches(doc);
    doc.on('update', this.#note);
    addEventListener('pagehide', this.#write);
  }

  /**
   * Applies the rows on the device that fit to the document, which sends them like any other edit, and shows the rest.
   * Call it when the server's state has arrived. Never rejects.
   */
  restore(generation: number, mayWrite: boolean): Promise<void> {
    this.#generation = generation;
    this.#reading ??= this.#read(mayWrite)
      .catch(() => undefined)
      .finally(() => (this.#reading = null));
    return this.#reading;
  }

  /** Shows all rows of a deleted board. None of them can be sent any more. */
  async showKept(): Promise<void> {
    const left = await this.#rowsLeft().catch(() => []);
    if (left.length === 0) return this.#kept.find([]);
    const { sortRows } = await import('./edit-sorting.ts');
    const { losses } = sortRows(left, {
      doc: new Y.Doc(),
      person: this.#kept.person,
      generation: NaN,
      mayWrite: false,
    });
    this.#kept.find(losses.map((loss) => (loss.why === 'outdated' ? { ...loss, why: 'no-board' } : loss)));
  }

  /** All edits have reached the server's disk. Clears the rows. */
  clear(): void {
    this.#cleared++;
    this.#stopTimer();
    this.#waiting = [];
    this.#touches.clear();
    void this.#kept.rows.remove([...this.#keys]);
    this.#keys.clear();
  }

  /**
   * Hands over the rows of this document, because the server will not take its edits. Nothing is written afterwards.
   */
  async surrender(): Promise<readonly RowKey[]> {
    this.#end();
    this.#waiting = [];
    await Promise.all(this.#adding);
    return [...this.#keys];
  }

  /** Stores waiting edits at once. False if the device does not have all of them. */
  async putAway(): Promise<boolean> {
    this.#write();
    await Promise.all(this.#adding);
    return this.#waiting.length === 0;
  }

  /** Stores waiting edits at once, and stops. */
  close(): void {
    this.#write();
    this.#end();
  }

  #end(): void {
    this.#isOver = true;
    this.#stopTimer();
    removeEventListener('pagehide', this.#write);
    this.#doc.off('update', this.#note);
  }

  #note = (update: Uint8Array, _origin: unknown, _doc: Y.Doc, transaction: Y.Transaction) => {
    if (!transaction.local) return;
    this.#waiting.push(update);
    this.#touches.note(transaction);
    this.#timer ??= setTimeout(
      () => {
        this.#timer = null;
        this.#write();
      },
      this.#mayBeSaved() ? graceMs : gestureMs,
    );
  };

  #write = () => {
    if (this.#waiting.length === 0) return;
    const writing = this.#waiting;
    const touches = this.#touches;
    this.#waiting = [];
    this.#touches = new Touches(this.#doc);
    const { rows, person, pages } = this.#kept;
    const cleared = this.#cleared;
    const row = {
      bytes: Y.mergeUpdates(writing),
      generation: this.#generation,
      page: pages.id,
      records: touches.read(),
    };
    const adding = rows.add(person, row).then((key) => {
      this.#adding.delete(adding);
      if (key !== null && cleared === this.#cleared) this.#keys.add(key);
      // Cleared while it was being written: the next page must not find it.
      else if (key !== null) void rows.remove([key]);
      else if (cleared === this.#cleared) {
        // No room on the device. The edits wait for the next attempt, and stay in the document.
        this.#waiting.unshift(row.bytes);
        this.#touches.add(touches);
      }
    });
    this.#adding.add(adding);
  };

  async #read(mayWrite: boolean): Promise<void> {
    const left = await this.#rowsLeft();
    if (left.length === 0) return this.#kept.find([]);
    // Loaded only for a page that finds rows, which is seldom.
    const { sortRows } = await import('./edit-sorting.ts');
    if (this.#isOver) return;
    const { rows, person } = this.#kept;
    const finder = { doc: this.#doc, person, generation: this.#generation, mayWrite };
    const { fitting, needless, losses } = sortRows(left, finder);
    for (const { key } of fitting) this.#keys.add(key);
    for (const update of batches(fitting)) Y.applyUpdate(this.#doc, update, restored);
    this.#kept.find(losses);
    await rows.remove(needless);
  }

  /** The rows of the board that no open page is handling. */
  async #rowsLeft(): Promise<readonly StoredRow[]> {
    const { rows, pages } = this.#kept;
    const stored = await rows.read();
    const elsewhere = stored.map(({ page }) => page).filter((page) => this.#isElsewhere(page));
    const open = await pages.among(elsewhere);
    return stored.filter((row) => !this.#isInHand(row) && !open.has(row.page));
  }

  #isElsewhere(page: string): boolean {
    return page !== '' && page !== this.#kept.pages.id;
  }

  /** True if a row belongs to this page: its edits are already in the document, or were lost and are shown. */
  #isInHand({ key, page }: StoredRow): boolean {
    return page === this.#kept.pages.id || this.#keys.has(key);
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

/** Merges rows into fewer updates, in order. */
function batches(rows: Sorted['fitting']): readonly Uint8Array[] {
  const all: Uint8Array[][] = [];
  let room = 0;
  for (const { bytes } of rows) {
    if (bytes.length > room) {
      all.push([]);
      room = batchBytes;
    }
    all.at(-1)?.push(bytes);
    room -= bytes.length;
  }
  return all.map((updates) => Y.mergeUpdates(updates));
}
