import * as Y from 'yjs';

/** An edit that has not been acknowledged for this long is put away on the device. */
const graceMs = 400;

const database = 'resa-edits';
const table = 'edits';

/** The origin of edits that come back from the device: this person's, but of an earlier page. */
export const restored = Symbol('restored');

/**
 * Edits that the server has not yet acknowledged, kept on the device so that a page that is closed or
 * crashes while offline loses nothing. An edit that is saved in time is never written here; one row
 * that cannot be read costs that row and no other. Without a database (a private window) it does nothing.
 */
export class PendingEdits {
  readonly #doc: Y.Doc;
  /** Board and person: another person on this device does not get them. */
  readonly #room: string;
  #database: IDBDatabase | null = null;
  readonly #opened: Promise<void>;
  #waiting: Uint8Array[] = [];
  #keys: IDBValidKey[] = [];
  #timer: ReturnType<typeof setTimeout> | null = null;
  #closed = false;

  constructor(doc: Y.Doc, room: string) {
    this.#doc = doc;
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
   */
  async restore(): Promise<void> {
    await this.#opened;
    await this.#read().catch(() => undefined);
  }

  /** All that was written has reached the server's disk: nothing needs to be kept here. */
  clear(): void {
    this.#stopTimer();
    this.#waiting = [];
    if (this.#keys.length === 0 || !this.#database) return;
    const rows = this.#database.transaction(table, 'readwrite').objectStore(table);
    for (const key of this.#keys) rows.delete(key);
    this.#keys = [];
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
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#write();
    }, graceMs);
  };

  #write = () => {
    if (this.#waiting.length === 0 || !this.#database) return;
    const writing = this.#waiting;
    this.#waiting = [];
    const bytes = Y.mergeUpdates(writing);
    const adding = this.#database
      .transaction(table, 'readwrite')
      .objectStore(table)
      .add({ room: this.#room, bytes });
    adding.onsuccess = () => this.#keys.push(adding.result);
    // No room on the device: they wait for the next try, and in the document all the while.
    adding.onerror = () => this.#waiting.unshift(...writing);
  };

  async #read(): Promise<void> {
    if (!this.#database) return;
    const rows = this.#database.transaction(table).objectStore(table).index('room');
    const [keys, values] = await Promise.all([
      settled(rows.getAllKeys(this.#room)),
      settled<unknown[]>(rows.getAll(this.#room)),
    ]);
    if (this.#closed) return;
    this.#keys.push(...keys.filter((key) => !this.#keys.includes(key)));
    for (const value of values) {
      try {
        const { bytes } = value as { bytes: unknown };
        if (bytes instanceof Uint8Array) Y.applyUpdate(this.#doc, bytes, restored);
      } catch {
        // Cut short or of another version: the other rows are still good.
      }
    }
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
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
