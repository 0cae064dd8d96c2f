import * as Y from 'yjs';
import type { RowKey, StoredRow } from './edit-rows.ts';
import type { Sorted } from './edit-sorting.ts';
import { sortRows } from './edit-sorting.ts';
import type { KeptEdits } from './kept.svelte.ts';
import { Touches } from './touched.ts';

/** An edit that has not been acknowledged for this long is put away on the device. */
const graceMs = 400;

/** While the server takes no edits, wait just long enough to store one gesture as one row. */
const gestureMs = 30;

/** Bytes of kept edits that go into the document, and so to the server, at once: an hour offline is thousands of rows. */
const batchBytes = 1 << 16;

/** The origin of edits that come back from the device: this person's, but of an earlier page. */
export const restored = Symbol('restored');

/**
 * The edits of one document that the server has not yet acknowledged, kept on the device so that a page that is
 * closed or crashes while offline loses nothing. An edit that is saved in time is never written there.
 *
 * What an earlier page has left goes into the document if it fits: if it was made on the same generation of the
 * board by the same person, and the document has what it builds on. All else is shown (`KeptEdits`): the document
 * never holds an edit that waits for its base, since that would be neither seen nor sent.
 */
export class PendingEdits {
  readonly #doc: Y.Doc;
  readonly #kept: KeptEdits;
  readonly #mayBeSaved: () => boolean;
  #generation = 0;
  /** How many times all that was written has been cleared. */
  #cleared = 0;
  #waiting: Uint8Array[] = [];
  #touches: Touches;
  /** The rows that this document has written, or has taken in. */
  #keys = new Set<RowKey>();
  readonly #adding = new Set<Promise<void>>();
  #reading: Promise<void> | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #isOver = false;

  /** @param mayBeSaved whether the server takes edits just now */
  constructor(doc: Y.Doc, kept: KeptEdits, mayBeSaved: () => boolean) {
    this.#doc = doc;
    this.#kept = kept;
    this.#mayBeSaved = mayBeSaved;
    this.#touches = new Touches(doc);
    doc.on('update', this.#note);
    addEventListener('pagehide', this.#write);
  }

  /**
   * Puts what fits of the rows on the device into the document, whence it goes to the server as any other edit, and
   * shows the rest. To be called when the server's state is in. Never rejects.
   */
  restore(generation: number, mayWrite: boolean): Promise<void> {
    this.#generation = generation;
    this.#reading ??= this.#read(mayWrite)
      .catch(() => undefined)
      .finally(() => (this.#reading = null));
    return this.#reading;
  }

  /** Shows all that lies on the device, of a board that is gone: nothing of it can be sent any more. */
  async showKept(): Promise<void> {
    const left = await this.#rowsLeft().catch(() => []);
    const { losses } = sortRows(left, {
      doc: new Y.Doc(),
      person: this.#kept.person,
      generation: NaN,
      mayWrite: false,
    });
    this.#kept.find(losses.map((loss) => (loss.why === 'outdated' ? { ...loss, why: 'no-board' } : loss)));
  }

  /** All that was written has reached the server's disk: nothing needs to be kept here. */
  clear(): void {
    this.#cleared++;
    this.#stopTimer();
    this.#waiting = [];
    this.#touches.clear();
    void this.#kept.rows.remove([...this.#keys]);
    this.#keys.clear();
  }

  /** Hands over the rows of this document, whose edits the server will not take. Nothing is written after it. */
  async surrender(): Promise<readonly RowKey[]> {
    this.#end();
    this.#waiting = [];
    await Promise.all(this.#adding);
    return [...this.#keys];
  }

  /** Puts away at once what waits. False: the device does not have all of it. */
  async putAway(): Promise<boolean> {
    this.#write();
    await Promise.all(this.#adding);
    return this.#waiting.length === 0;
  }

  /** Puts away at once what waits, and lets go. */
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
      // What was cleared while it was being written is not to be found by the next page.
      else if (key !== null) void rows.remove([key]);
      else if (cleared === this.#cleared) {
        // No room on the device: they wait for the next try, and in the document all the while.
        this.#waiting.unshift(row.bytes);
        this.#touches.add(touches);
      }
    });
    this.#adding.add(adding);
  };

  async #read(mayWrite: boolean): Promise<void> {
    const left = await this.#rowsLeft();
    if (this.#isOver) return;
    const { rows, person } = this.#kept;
    const finder = { doc: this.#doc, person, generation: this.#generation, mayWrite };
    const { fitting, needless, losses } = sortRows(left, finder);
    for (const { key } of fitting) this.#keys.add(key);
    for (const update of batches(fitting)) Y.applyUpdate(this.#doc, update, restored);
    this.#kept.find(losses);
    await rows.remove(needless);
  }

  /** The rows of the board that no open page has in hand. */
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

  /** Whether a row is this page's own: its edits are in the document already, or were lost and are shown. */
  #isInHand({ key, page }: StoredRow): boolean {
    return page === this.#kept.pages.id || this.#keys.has(key);
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

/** Merges rows to fewer updates, in their order. */
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
