import { randomBytes } from 'node:crypto';
import type { BoardRecord, JournalEntry, Store, StoredDocument } from '../../server/store/contract.ts';
import { BoardExists } from '../../server/store/contract.ts';

/**
 * A store that forgets: for tests of what stands above the store. `break()` makes writing fail as a full
 * disk does, and `mend()` ends that.
 */
export class MemoryStore implements Store {
  readonly secret: Uint8Array = randomBytes(32);
  readonly boards = new Map<string, BoardRecord>();
  readonly documents = new Map<string, StoredDocument>();
  failure: Error | null = null;
  isClosed = false;

  break(): void {
    this.failure = new Error('no space left');
  }

  mend(): void {
    this.failure = null;
  }

  board(id: string): Promise<BoardRecord | null> {
    return Promise.resolve(this.boards.get(id) ?? null);
  }

  async createBoard(record: BoardRecord, document: Uint8Array): Promise<void> {
    await this.#write();
    if (this.boards.has(record.id)) throw new BoardExists(record.id);
    this.boards.set(record.id, record);
    this.documents.set(`${record.id}/board`, { snapshot: document, updates: [] });
  }

  async changeBoard(id: string, change: (now: BoardRecord) => BoardRecord): Promise<BoardRecord | null> {
    await this.#write();
    const now = this.boards.get(id);
    if (!now) return null;
    const next = change(now);
    this.boards.set(id, next);
    return next;
  }

  load(room: string): Promise<StoredDocument> {
    return Promise.resolve(this.documents.get(room) ?? { snapshot: null, updates: [] });
  }

  async append({ room, update }: JournalEntry): Promise<void> {
    await this.#write();
    const now = await this.load(room);
    this.documents.set(room, { ...now, updates: [...now.updates, update] });
  }

  async checkpoint(room: string, state: Uint8Array): Promise<void> {
    await this.#write();
    this.documents.set(room, { snapshot: state, updates: [] });
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }

  async #write(): Promise<void> {
    await Promise.resolve();
    if (this.failure) throw this.failure;
  }
}
