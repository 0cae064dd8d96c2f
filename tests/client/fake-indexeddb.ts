import { vi } from 'vitest';

/**
 * The part of IndexedDB that the page uses for edits, in memory: a device that outlives pages. A test can read, write
 * and damage its rows. Requests answer in a later task, as in a browser.
 */
export class FakeDevice {
  /** The rows on the device, by key. */
  readonly rows = new Map<number, unknown>();
  /** Whether there is no room for more. */
  isFull = false;
  /** Rows that the browser itself cannot read. */
  readonly unreadable = new Set<number>();
  /** While true, the database does not open. */
  isStuck = false;
  #next = 1;

  /** Makes this the device of all pages opened from now on. */
  use(): this {
    vi.stubGlobal('indexedDB', { open: () => this.#open() });
    vi.stubGlobal('IDBKeyRange', { bound: (from: string, to: string) => ({ from, to }) });
    return this;
  }

  /** Adds a row as another release may have written it. */
  put(row: unknown): number {
    this.rows.set(this.#next, row);
    return this.#next++;
  }

  /** Everything on the device, as text. */
  get words(): string {
    return JSON.stringify([...this.rows.values()]);
  }

  #open() {
    const opening = new FakeRequest();
    const result = {
      createObjectStore: () => ({ createIndex: () => undefined }),
      transaction: () => this.#transaction(),
      close: () => undefined,
    };
    if (!this.isStuck) opening.answer(() => result);
    return opening;
  }

  #transaction() {
    const transaction = new FakeTransaction();
    const before = new Map(this.rows);
    const run = (work: () => unknown) => transaction.run(work, () => this.#restore(before));
    return Object.assign(transaction, {
      objectStore: () => ({
        add: (row: unknown) =>
          run(() => {
            if (this.isFull) throw new DOMException('no room', 'QuotaExceededError');
            return this.put(structuredClone(row));
          }),
        delete: (key: number) => run(() => void this.rows.delete(key)),
        get: (key: number) =>
          run(() => {
            if (this.unreadable.has(key)) throw new DOMException('damaged', 'DataError');
            return structuredClone(this.rows.get(key));
          }),
        index: () => ({
          getAllKeys: ({ from, to }: { from: string; to: string }) => run(() => this.#keys(from, to)),
        }),
      }),
    });
  }

  #keys(from: string, to: string): number[] {
    return [...this.rows].flatMap(([key, row]) => {
      const room = typeof row === 'object' && row !== null && 'room' in row ? String(row.room) : '';
      return room >= from && room < to ? [key] : [];
    });
  }

  #restore(before: ReadonlyMap<number, unknown>): void {
    this.rows.clear();
    for (const [key, row] of before) this.rows.set(key, row);
  }
}

class FakeRequest {
  result: unknown = undefined;
  error: DOMException | null = null;
  onsuccess: (() => void) | null = null;
  onerror: ((event: { preventDefault: () => void }) => void) | null = null;

  answer(work: () => unknown): void {
    setTimeout(() => {
      this.result = work();
      this.onsuccess?.();
    });
  }
}

class FakeTransaction {
  oncomplete: (() => void) | null = null;
  onabort: (() => void) | null = null;
  #open = 0;

  run(work: () => unknown, abort: () => void): FakeRequest {
    const request = new FakeRequest();
    this.#open++;
    setTimeout(() => {
      let isHandled = true;
      try {
        request.result = work();
        request.onsuccess?.();
      } catch (error) {
        request.error = error as DOMException;
        isHandled = false;
        request.onerror?.({ preventDefault: () => (isHandled = true) });
      }
      if (!isHandled) {
        abort();
        this.onabort?.();
      } else setTimeout(() => --this.#open === 0 && this.oncomplete?.());
    });
    return request;
  }
}
