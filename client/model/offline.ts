import * as v from 'valibot';
import * as Y from 'yjs';

/** An edit that has not been acknowledged for this long is put away on the device. */
const graceMs = 400;

/** Where the server takes none, waiting is for nothing but that one gesture makes one row. */
const gestureMs = 30;

const database = 'resa-edits';
const table = 'edits';

/** A row: edits of one stretch of time, and how the texts that were written in them read then. */
const rowSchema = v.object({
  bytes: v.instance(Uint8Array),
  /** The generation of the board that they were made on; rows from before there were any are of the first. */
  generation: v.optional(v.number(), 1),
  /** By a name that is the text's for ever. */
  texts: v.optional(v.array(v.tuple([v.string(), v.string()])), []),
});

/** The origin of edits that come back from the device: this person's, but of an earlier page. */
export const restored = Symbol('restored');

/**
 * Edits that the server has not yet acknowledged, kept on the device so that a page that is closed or
 * crashes while offline loses nothing. An edit that is saved in time is never written here; one row
 * that cannot be read costs that row and no other. Without a database (a private window) it does nothing.
 *
 * A board that was put back to an older version is of a newer generation: edits of an older one do not fit it
 * any more, and would fill it with what was to be rid of. Only their texts are brought back, to be copied.
 */
export class PendingEdits {
  readonly #doc: Y.Doc;
  /** Board and person: another person on this device does not get them. */
  readonly #room: string;
  readonly #mayBeSaved: () => boolean;
  #database: IDBDatabase | null = null;
  readonly #opened: Promise<void>;
  #generation = 0;
  /** How many times all that was written has been cleared. */
  #cleared = 0;
  #waiting: Uint8Array[] = [];
  readonly #touched = new Set<Y.Text>();
  #keys: IDBValidKey[] = [];
  #outdated: IDBValidKey[] = [];
  #timer: ReturnType<typeof setTimeout> | null = null;
  #closed = false;

  /** @param mayBeSaved whether the server takes edits just now */
  constructor(doc: Y.Doc, room: string, mayBeSaved: () => boolean) {
    this.#doc = doc;
    this.#mayBeSaved = mayBeSaved;
    this.#room = room;
    doc.on('update', this.#note);
    addEventListener('pagehide', this.#write);
    this.#opened = openDatabase().then(
      (database) => {
        if (this.#closed) return database.close();
        this.#database = database;
        this.#write();
      },
      () => undefined,
    );
  }

  /**
   * Puts what is on the device into the document, whence it goes to the server as any other edit. To be
   * called when the server's state is in: what builds on it would wait unseen, and never be sent.
   * @returns the texts in edits of an older generation, which stay out; null where there are none such
   */
  async restore(generation: number): Promise<readonly string[] | null> {
    this.#generation = generation;
    await this.#opened;
    return this.#read().catch(() => null);
  }

  /** All that was written has reached the server's disk: nothing needs to be kept here. */
  clear(): void {
    this.#cleared++;
    this.#stopTimer();
    this.#waiting = [];
    this.#touched.clear();
    this.#delete(this.#keys);
    this.#keys = [];
  }

  /** The texts of an older generation have been read: they need not be kept here. */
  forgetOutdated(): void {
    this.#delete(this.#outdated);
    this.#outdated = [];
  }

  /** Puts away at once what waits, and lets go. */
  close(): void {
    this.#closed = true;
    this.#stopTimer();
    this.#write();
    removeEventListener('pagehide', this.#write);
    this.#doc.off('update', this.#note);
    this.#database?.close();
  }

  #note = (update: Uint8Array, _origin: unknown, _doc: Y.Doc, transaction: Y.Transaction) => {
    if (!transaction.local) return;
    this.#waiting.push(update);
    for (const type of transaction.changed.keys()) if (type instanceof Y.Text) this.#touched.add(type);
    this.#timer ??= setTimeout(
      () => {
        this.#timer = null;
        this.#write();
      },
      this.#mayBeSaved() ? graceMs : gestureMs,
    );
  };

  #write = () => {
    if (this.#waiting.length === 0 || !this.#database) return;
    const writing = this.#waiting;
    const touched = [...this.#touched];
    this.#waiting = [];
    this.#touched.clear();
    const row = {
      bytes: Y.mergeUpdates(writing),
      generation: this.#generation,
      texts: touched.map((text) => [nameOf(text), text.toJSON()]),
    };
    const cleared = this.#cleared;
    const rows = this.#database.transaction(table, 'readwrite').objectStore(table);
    const adding = rows.add({ room: this.#room, ...row });
    adding.onsuccess = () => {
      // What was cleared while it was being written is not to be found by the next page.
      if (cleared === this.#cleared) this.#keys.push(adding.result);
      else rows.delete(adding.result);
    };
    // No room on the device: they wait for the next try, and in the document all the while.
    adding.onerror = () => {
      this.#waiting.unshift(...writing);
      for (const text of touched) this.#touched.add(text);
    };
  };

  async #read(): Promise<readonly string[] | null> {
    if (!this.#database) return null;
    const rows = this.#database.transaction(table).objectStore(table).index('room');
    const [keys, values] = await Promise.all([
      settled(rows.getAllKeys(this.#room)),
      settled<unknown[]>(rows.getAll(this.#room)),
    ]);
    if (this.#closed) return null;
    const texts = new Map<string, string>();
    for (const [index, key] of keys.entries()) {
      if (this.#keys.includes(key)) continue;
      const row = v.safeParse(rowSchema, values[index]);
      if (row.success && row.output.generation < this.#generation) {
        this.#outdated.push(key);
        // In the order written: the last word on each text stays.
        for (const [name, text] of row.output.texts) texts.set(name, text);
      } else {
        this.#keys.push(key);
        if (row.success) this.#apply(row.output.bytes);
      }
    }
    return this.#outdated.length > 0 ? [...texts.values()].filter((text) => text.trim() !== '') : null;
  }

  #apply(bytes: Uint8Array): void {
    try {
      Y.applyUpdate(this.#doc, bytes, restored);
    } catch {
      // Cut short or of another version: the other rows are still good.
    }
  }

  #delete(keys: readonly IDBValidKey[]): void {
    if (keys.length === 0 || !this.#database) return;
    const rows = this.#database.transaction(table, 'readwrite').objectStore(table);
    for (const key of keys) rows.delete(key);
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

/** What names a text whatever page it is read on: the id of the struct that made it. */
function nameOf(text: Y.Text): string {
  return JSON.stringify(Y.createRelativePositionFromTypeIndex(text, text.length).type);
}

/** Rejects where there is none, as in some private windows. */
async function openDatabase(): Promise<IDBDatabase> {
  const opening = indexedDB.open(database, 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore(table, { autoIncrement: true }).createIndex('room', 'room');
  };
  return settled(opening);
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('no database'));
  });
}
