import * as v from 'valibot';
import type { Touched } from './touched.ts';
import { looseText, touchedSchema } from './touched.ts';

/** The database on the device. Releases share it: the previous release must be able to read the rows of this one. */
const database = 'resa-edits';
const table = 'edits';
/** The index by `room`: `<board>/<person>` for edits, with `/lost` appended for edits that the board will not get. */
const index = 'room';
const lostEnd = '/lost';

/** Time limit for opening the database. Some browsers occasionally never open it; the page then works without one. */
const openPatienceMs = 5_000;

/** Numbers that the database assigns in rising order, each only once. */
export type RowKey = number;

/** Edits made over some time, and a description of what they changed. */
export interface EditRow {
  readonly bytes: Uint8Array;
  /** The generation of the board that the edits were made on. */
  readonly generation: number;
  /** The page that wrote the edits. As long as it is open, it sends them itself. */
  readonly page: string;
  readonly records: readonly Touched[];
}

/** Edits that the board lacks and will not get by itself, for the person to read. */
export interface LostRow {
  readonly why: string;
  readonly generation: number;
  readonly page: string;
  readonly records: readonly Touched[];
  /** The whole document of these edits, as one update; missing if the page goes on with it. */
  readonly state?: Uint8Array;
}

/** A row as read, from any release. */
export interface StoredRow {
  readonly key: RowKey;
  readonly person: string;
  /** Null for edits that may still be sent. */
  readonly why: string | null;
  readonly generation: number;
  readonly page: string;
  /** Null if there are none, or if they are unreadable. */
  readonly bytes: Uint8Array | null;
  readonly state: Uint8Array | null;
  readonly records: readonly Touched[];
}

/** Stores the rows of one board on the device. Without a database (a private window), it stores nothing. */
export interface EditRows {
  /** Adds a row, at once if the database is open. Null if it could not be stored. */
  add(person: string, row: EditRow): Promise<RowKey | null>;
  /**
   * Replaces edits by a lost row, in one transaction. Null if the row could not be stored; the edits are then still
   * there.
   */
  replace(keys: readonly RowKey[], person: string, row: LostRow): Promise<RowKey | null>;
  remove(keys: readonly RowKey[]): Promise<void>;
  /** All rows of the board, of every person on this device, in the order written. */
  read(): Promise<readonly StoredRow[]>;
  close(): void;
}

export class IndexedDbRows implements EditRows {
  readonly #board: string;
  readonly #opening: Promise<IDBDatabase | null>;
  #database: IDBDatabase | null = null;
  #isClosed = false;

  readonly #told: (isKept: boolean) => void;

  /** @param told called when it turns out whether the device stores rows */
  constructor(board: string, told: (isKept: boolean) => void = () => {}) {
    this.#board = board;
    this.#told = told;
    this.#opening = openDatabase().then(
      (opened) => {
        if (this.#isClosed) opened.close();
        else this.#database = opened;
        return this.#database;
      },
      () => {
        told(false);
        return null;
      },
    );
  }

  add(person: string, row: EditRow): Promise<RowKey | null> {
    // The previous release reads a name for each text, and the text.
    const texts = row.records.flatMap(({ of, id, texts }) =>
      texts.map(([field, text]) => [`${of}/${id}/${field}`, text]),
    );
    return this.#put((rows) => rows.add({ room: `${this.#board}/${person}`, ...row, texts }));
  }

  replace(keys: readonly RowKey[], person: string, row: LostRow): Promise<RowKey | null> {
    return this.#put((rows) => {
      for (const key of keys) rows.delete(key);
      return rows.add({ room: `${this.#board}/${person}${lostEnd}`, ...row });
    });
  }

  async remove(keys: readonly RowKey[]): Promise<void> {
    if (keys.length > 0) await this.#write((rows) => keys.map((key) => rows.delete(key)).at(-1));
  }

  async read(): Promise<readonly StoredRow[]> {
    const opened = await this.#patiently();
    if (!opened) return [];
    const rows = opened.transaction(table).objectStore(table);
    // All rooms that begin with "<board>/": "0" is the character after the slash.
    const range = IDBKeyRange.bound(`${this.#board}/`, `${this.#board}0`, false, true);
    const found = await settled(rows.index(index).getAllKeys(range));
    const keys = found.filter((key) => typeof key === 'number').sort((a, b) => a - b);
    // One by one, so that a row that the browser cannot read costs no other row.
    const values = await Promise.all(keys.map((key) => settled<unknown>(rows.get(key)).catch(() => null)));
    return keys.map((key, at) => parseRow(key, this.#board, values[at]));
  }

  close(): void {
    this.#isClosed = true;
    this.#database?.close();
    this.#database = null;
  }

  /** Adds one row and returns its key. */
  async #put(add: (rows: IDBObjectStore) => IDBRequest<IDBValidKey>): Promise<RowKey | null> {
    const key = await this.#write(add);
    const isKept = typeof key === 'number';
    // A page that closes its database stores no more.
    if (!this.#isClosed) this.#told(isKept);
    return isKept ? key : null;
  }

  /** Resolves with the last result when everything is on the device; null if the transaction failed. */
  async #write<T>(write: (rows: IDBObjectStore) => IDBRequest<T> | undefined): Promise<T | null> {
    // Does not wait if the database is open: a page that is closing gets no second chance.
    const opened = this.#database ?? (await this.#patiently());
    try {
      const transaction = opened?.transaction(table, 'readwrite');
      if (!transaction) return null;
      const request = write(transaction.objectStore(table));
      return await new Promise((resolve) => {
        transaction.oncomplete = () => resolve(request?.result ?? null);
        transaction.onabort = () => resolve(null);
      });
    } catch {
      // The browser has closed the database, as when a person clears the site's data.
      return null;
    }
  }

  #patiently(): Promise<IDBDatabase | null> {
    const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), openPatienceMs));
    return Promise.race([this.#opening, late]);
  }
}

/** Reads whatever is readable of a row. It may come from another release or be damaged. */
function parseRow(key: RowKey, board: string, stored: unknown): StoredRow {
  const row = v.parse(rowSchema, stored);
  const room = row.room.slice(board.length + 1);
  const isLost = room.endsWith(lostEnd);
  const loose = new Map(row.texts);
  return {
    key,
    person: isLost ? room.slice(0, -lostEnd.length) : room,
    why: isLost ? row.why : null,
    generation: row.generation,
    page: row.page,
    bytes: row.bytes,
    state: row.state,
    records: row.records.length > 0 ? row.records : [...loose.values()].map(looseText),
  };
}

const bytesSchema = v.fallback(v.nullable(v.instance(Uint8Array)), null);

const rowSchema = v.fallback(
  v.object({
    room: v.fallback(v.string(), ''),
    why: v.fallback(v.string(), ''),
    // Rows without a generation come from releases before generations. They belong to the first.
    generation: v.fallback(v.number(), 1),
    page: v.fallback(v.string(), ''),
    bytes: bytesSchema,
    state: bytesSchema,
    records: v.fallback(v.array(touchedSchema), []),
    // The previous release stores a name for each text, and the text.
    texts: v.fallback(v.array(v.tuple([v.string(), v.string()])), []),
  }),
  { room: '', why: '', generation: 1, page: '', bytes: null, state: null, records: [], texts: [] },
);

/** Rejects if there is no database, as in some private windows. */
async function openDatabase(): Promise<IDBDatabase> {
  const opening = indexedDB.open(database, 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore(table, { autoIncrement: true }).createIndex(index, 'room');
  };
  return settled(opening);
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = (event) => {
      // Otherwise one failed request would abort the whole transaction.
      event.preventDefault();
      reject(request.error ?? new Error('no database'));
    };
  });
}
