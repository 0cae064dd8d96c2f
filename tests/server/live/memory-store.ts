import type { BoardRecord, JournalEntry, Store, StoredDocument } from '../../../server/store/contract.ts';
import { BoardExists } from '../../../server/store/contract.ts';

interface Kept {
  snapshot: Uint8Array | null;
  updates: Uint8Array[];
}

/** A store in memory whose disk a test can stop, slow down and break. */
export class MemoryStore implements Store {
  readonly secret = new Uint8Array(32);
  failure: Error | null = null;
  loads = 0;
  checkpoints = 0;
  readonly journal: JournalEntry[] = [];
  readonly #boards = new Map<string, BoardRecord>();
  readonly #documents = new Map<string, Kept>();
  #gate: Promise<void> | null = null;
  #open: (() => void) | null = null;
  #broken: Error | null = null;

  addBoard(id: string, title = 'A day with Lövtåg'): void {
    this.#boards.set(id, {
      id,
      title,
      template: 'project',
      language: 'en',
      start: 'map',
      createdAt: 0,
      links: [],
    });
  }

  /** Makes everything wait until `release`. */
  hold(): void {
    this.#gate = new Promise((resolve) => (this.#open = resolve));
  }

  release(): void {
    this.#open?.();
    this.#gate = null;
  }

  /** Makes the appends that come next, and those that wait, fail; null mends the disk. */
  break(error: Error | null): void {
    this.#broken = error;
  }

  async board(id: string): Promise<BoardRecord | null> {
    await this.#gate;
    return this.#boards.get(id) ?? null;
  }

  async createBoard(record: BoardRecord, document: Uint8Array): Promise<void> {
    await this.#gate;
    if (this.#boards.has(record.id)) throw new BoardExists(record.id);
    this.#boards.set(record.id, record);
    this.#documents.set(`${record.id}/board`, { snapshot: document.slice(), updates: [] });
  }

  async changeBoard(id: string, change: (now: BoardRecord) => BoardRecord): Promise<BoardRecord | null> {
    await this.#gate;
    const now = this.#boards.get(id);
    if (!now) return null;
    const next = change(now);
    this.#boards.set(id, next);
    return next;
  }

  async load(room: string): Promise<StoredDocument> {
    this.loads++;
    await this.#gate;
    const { snapshot, updates } = this.#kept(room);
    return { snapshot, updates: [...updates] };
  }

  async append(entry: JournalEntry): Promise<void> {
    const update = entry.update.slice();
    await this.#gate;
    if (this.#broken) throw this.#broken;
    this.journal.push({ ...entry, update });
    this.#kept(entry.room).updates.push(update);
  }

  async checkpoint(room: string, state: Uint8Array): Promise<void> {
    const covered = this.#kept(room).updates.length;
    await this.#gate;
    this.checkpoints++;
    const kept = this.#kept(room);
    kept.snapshot = state.slice();
    kept.updates = kept.updates.slice(covered);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #kept(room: string): Kept {
    const kept = this.#documents.get(room) ?? { snapshot: null, updates: [] };
    this.#documents.set(room, kept);
    return kept;
  }
}
