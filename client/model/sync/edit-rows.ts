import * as v from 'valibot';
import type { Touched } from './touched.ts';
import { looseText, touchedSchema } from './touched.ts';

/** The database of the device. Releases share it: a row that this one writes must be readable by the last one. */
const database = 'resa-edits';
const table = 'edits';
/** The index by `room`: `<board>/<person>` for edits, with `/lost` behind it for those that the board will not get. */
const index = 'room';
const lostEnd = '/lost';

/** A browser that does not open its database within this time, as some do once in a while, is as one without. */
const openPatienceMs = 5_000;

/** Numbers that the database gives in rising order, and gives once. */
export type RowKey = number;

/** Edits of one stretch of time, and what they changed in words. */
export interface EditRow {
  readonly bytes: Uint8Array;
  /** The generation of the board that they were made on. */
  readonly generation: number;
  /** The page that wrote them, which sends them itself for as long as it is open. */
  readonly page: string;
  readonly records: readonly Touched[];
}

/** What the board does not have and will not get by itself, for the person to read. */
export interface LostRow {
  readonly why: string;
  readonly generation: number;
  readonly page: string;
  readonly records: readonly Touched[];
  /** The whole document that they were part of, as one update. */
  readonly state: Uint8Array;
}

/** A row as it was found, whichever release wrote it. */
export interface StoredRow {
  readonly key: RowKey;
  readonly person: string;
  /** Null for edits that may still be sent. */
  readonly why: string | null;
  readonly generation: number;
  readonly page: string;
  /** Null where there are none, or none that can be read. */
  readonly bytes: Uint8Array | null;
  readonly state: Uint8Array | null;
  readonly records: readonly Touched[];
}

/** Keeps the rows of one board on the device. Where there is no database (a private window), it keeps nothing. */
export interface EditRows {
  /** Adds a row, at once where the database is open. Null: it could not be kept. */
  add(person: string, row: EditRow): Promise<RowKey | null>;
  /** Puts a lost row in the place of edits, in one step. Null: it could not be kept, and they are still there. */
  replace(keys: readonly RowKey[], person: string, row: LostRow): Promise<RowKey | null>;
  remove(keys: readonly RowKey[]): Promise<void>;
  /** All rows of the board, of every person of this device, in the order written. */
  read(): Promise<readonly StoredRow[]>;
  close(): void;
}

export class IndexedDbRows implements EditRows {
  readonly #board: string;
  readonly #opening: Promise<IDBDatabase | null>;
  #database: IDBDatabase | null = null;
  #isClosed = false;

  constructor(board: string) {
    this.#board = board;
    this.#opening = openDatabase().then(
      (opened) => {
        if (this.#isClosed) opened.close();
        else this.#database = opened;
        return this.#database;
      },
      () => null,
    );
  }

  add(person: string, row: EditRow): Promise<RowKey | null> {
    // A name for each text and its words are what the last release reads.
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
    // All rooms that begin with "<board>/": the character behind the slash is "0".
    const range = IDBKeyRange.bound(`${this.#board}/`, `${this.#board}0`, false, true);
    const found = await settled(rows.index(index).getAllKeys(range));
    const keys = found.filter((key) => typeof key === 'number').sort((a, b) => a - b);
    // One by one: a row that the browser itself cannot read costs that row and no other.
    const values = await Promise.all(keys.map((key) => settled<unknown>(rows.get(key)).catch(() => null)));
    return keys.map((key, at) => parseRow(key, this.#board, values[at]));
  }

  close(): void {
    this.#isClosed = true;
    this.#database?.close();
    this.#database = null;
  }

  /** Adds one row, and says under which key. */
  async #put(add: (rows: IDBObjectStore) => IDBRequest<IDBValidKey>): Promise<RowKey | null> {
    const key = await this.#write(add);
    return typeof key === 'number' ? key : null;
  }

  /** Resolves with the last result when all is on the device; null where it could not be. */
  async #write<T>(write: (rows: IDBObjectStore) => IDBRequest<T> | undefined): Promise<T | null> {
    // Without waiting where it is open: a page that is closing gets no second turn.
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
      // The browser has closed it, as where a person clears the data of the site.
      return null;
    }
  }

  #patiently(): Promise<IDBDatabase | null> {
    const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), openPatienceMs));
    return Promise.race([this.#opening, late]);
  }
}

/** Reads what can be read of a row: it may be of another release, or be damaged. */
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
    // Rows from before there were generations are of the first.
    generation: v.fallback(v.number(), 1),
    page: v.fallback(v.string(), ''),
    bytes: bytesSchema,
    state: bytesSchema,
    records: v.fallback(v.array(touchedSchema), []),
    // The last release: a name for each text, and how it reads.
    texts: v.fallback(v.array(v.tuple([v.string(), v.string()])), []),
  }),
  { room: '', why: '', generation: 1, page: '', bytes: null, state: null, records: [], texts: [] },
);

/** Rejects where there is none, as in some private windows. */
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
      // Else one request that fails would end the whole transaction.
      event.preventDefault();
      reject(request.error ?? new Error('no database'));
    };
  });
}
