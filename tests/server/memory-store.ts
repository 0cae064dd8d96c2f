import { randomBytes } from 'node:crypto';
import type {
  BoardRecord,
  Checkpoint,
  HeldRecord,
  JournalEntry,
  SessionRecord,
  Store,
  StoredDocument,
  StoredSession,
  VersionLabel,
  VersionRecord,
} from '../../server/store/contract.ts';
import { BoardExists } from '../../server/store/contract.ts';
import { BadRoom, parseRoom } from '../../server/store/disk/layout.ts';
import { isId } from '../../shared/id.ts';
import { merge } from '../../server/worker/jobs.ts';

interface Version {
  readonly record: VersionRecord;
  readonly state: Uint8Array;
  readonly owners: StoredDocument['owners'];
}

const empty: StoredDocument = {
  snapshot: null,
  updates: [],
  sequence: 0,
  owners: new Map(),
  isBehind: false,
};

/**
 * A store in memory, for tests of the code above the store. `break()` makes writes fail, like a full disk; `mend()`
 * ends that.
 */
export class MemoryStore implements Store {
  secret: Uint8Array = randomBytes(32);
  readonly records = new Map<string, BoardRecord>();
  readonly documents = new Map<string, StoredDocument>();
  readonly sessions = new Map<string, SessionRecord>();
  failure: Error | null = null;
  /** Milliseconds since 1970. A test that controls time sets its own. */
  now: () => number = () => Date.now();
  isClosed = false;
  readonly #versions = new Map<string, Version[]>();
  readonly #held = new Map<string, Map<string, HeldRecord>>();
  readonly #deleted = new Set<string>();
  /** Rooms with a rejected append: they must be loaded again before the next one. */
  readonly #behind = new Set<string>();
  #sequence = 0;
  /** Settles with the last append. */
  #appended: Promise<unknown> = Promise.resolve();

  break(): void {
    this.failure = new Error('no space left');
  }

  mend(): void {
    this.failure = null;
  }

  async board(id: string): Promise<BoardRecord | null> {
    await this.reach();
    return this.records.get(id) ?? null;
  }

  async boards(): Promise<readonly string[]> {
    await this.reach();
    return [...this.records.keys()];
  }

  async createBoard(record: BoardRecord, document: Uint8Array): Promise<void> {
    await this.write();
    if (!isId(record.id)) throw new Error('A board has an id.');
    if (this.records.has(record.id) || this.#deleted.has(record.id)) throw new BoardExists(record.id);
    this.records.set(record.id, record);
    this.documents.set(`${record.id}/board`, { ...empty, snapshot: document.slice() });
  }

  async changeBoard(id: string, change: (now: BoardRecord) => BoardRecord): Promise<BoardRecord | null> {
    await this.write();
    const now = this.records.get(id);
    if (!now) return null;
    const next = change(now);
    if (next.id !== id) throw new Error('A board keeps its id.');
    this.records.set(id, next);
    return next;
  }

  async deleteBoard(id: string): Promise<boolean> {
    await this.write();
    if (!this.records.delete(id)) return false;
    this.#deleted.add(id);
    this.sessions.delete(id);
    for (const room of [...this.documents.keys()]) if (boardOf(room) === id) this.documents.delete(room);
    for (const room of [...this.#versions.keys()]) if (boardOf(room) === id) this.#versions.delete(room);
    for (const room of [...this.#held.keys()]) if (boardOf(room) === id) this.#held.delete(room);
    return true;
  }

  async session(board: string): Promise<StoredSession> {
    await this.reach();
    return { record: this.sessions.get(board) ?? null, isBehind: false };
  }

  async keepSession(board: string, record: SessionRecord): Promise<void> {
    const kept = structuredClone(record);
    await this.write();
    if (!this.records.has(board)) throw new Error(`There is no board ${board}.`);
    this.sessions.set(board, kept);
  }

  async timedBoards(): Promise<readonly string[]> {
    await this.reach();
    return [...this.sessions]
      .filter(([, { session }]) => session.timer.state === 'running')
      .map(([board]) => board);
  }

  async load(room: string): Promise<StoredDocument> {
    mustBeRoom(room);
    await this.#appended;
    await this.reach();
    this.#behind.delete(room);
    return this.documents.get(room) ?? empty;
  }

  append(entry: JournalEntry): Promise<number> {
    const appended = this.#append(entry);
    this.#appended = Promise.allSettled([this.#appended, appended]);
    return appended;
  }

  async checkpoint(room: string): Promise<Checkpoint | null> {
    mustBeRoom(room);
    await this.write();
    const now = this.documents.get(room);
    if (!now) return null;
    const { snapshot, updates, sequence } = now;
    const state = snapshot && updates.length === 0 ? snapshot : merge(snapshot, updates).state;
    this.documents.set(room, { ...now, snapshot: state, updates: [] });
    return { state, sequence };
  }

  async owners(room: string, version?: string): Promise<ReadonlyMap<number, string>> {
    mustBeRoom(room);
    await this.#appended;
    await this.reach();
    if (version === undefined) return (this.documents.get(room) ?? empty).owners;
    return this.#versionsOf(room).find(({ record }) => record.id === version)?.owners ?? empty.owners;
  }

  async resetDocument(room: string, state: Uint8Array, owners?: ReadonlyMap<number, string>): Promise<void> {
    mustBeRoom(room);
    await this.write();
    this.#mustBeThere(room);
    const now = this.documents.get(room) ?? empty;
    this.#held.delete(room);
    this.documents.set(room, {
      ...empty,
      snapshot: state.slice(),
      sequence: this.#sequence,
      owners: owners ?? now.owners,
    });
  }

  async held(room: string): Promise<readonly HeldRecord[]> {
    mustBeRoom(room);
    await this.reach();
    return [...(this.#held.get(room)?.values() ?? [])];
  }

  async keepHeld(room: string, record: HeldRecord): Promise<void> {
    mustBeRoom(room);
    await this.write();
    this.#mustBeThere(room);
    const held = this.#held.get(room) ?? new Map<string, HeldRecord>();
    this.#held.set(room, held.set(record.person, { ...record, update: record.update.slice() }));
  }

  async dropHeld(room: string, people: readonly string[]): Promise<void> {
    mustBeRoom(room);
    await this.write();
    for (const person of people) this.#held.get(room)?.delete(person);
  }

  async versions(room: string): Promise<readonly VersionRecord[]> {
    await this.reach();
    return this.#versionsOf(room)
      .map(({ record }) => record)
      .reverse();
  }

  async keepVersion(room: string, label: VersionLabel): Promise<VersionRecord | null> {
    const point = await this.checkpoint(room);
    if (!point) return null;
    const versions = this.#versionsOf(room);
    const id = `v${versions.length + 1}`;
    const record = { ...label, id, at: this.now(), bytes: point.state.byteLength };
    const { owners } = this.documents.get(room) ?? empty;
    this.#versions.set(room, [...versions, { record, state: point.state, owners }]);
    return record;
  }

  async readVersion(room: string, id: string): Promise<Uint8Array | null> {
    await this.reach();
    return this.#versionsOf(room).find(({ record }) => record.id === id)?.state ?? null;
  }

  /** Opens the same data again after `close`. */
  reopened(): this {
    this.isClosed = false;
    return this;
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }

  /** Runs before each read and write. Rejects if the store is closed. */
  protected reach(): Promise<void> {
    return this.isClosed ? Promise.reject(new Error('The store is closed.')) : Promise.resolve();
  }

  /** Runs before each write. Rejects if the store is closed or broken. */
  protected async write(): Promise<void> {
    await this.reach();
    if (this.failure) throw this.failure;
  }

  async #append({ room, update, owners }: JournalEntry): Promise<number> {
    mustBeRoom(room);
    const kept = update.slice();
    const sequence = ++this.#sequence;
    try {
      await this.write();
      if (this.#behind.has(room)) throw new Error(`${room} must be loaded afresh.`);
    } catch (error) {
      this.#behind.add(room);
      throw error;
    }
    this.#mustBeThere(room);
    const now = this.documents.get(room) ?? empty;
    this.documents.set(room, {
      ...now,
      updates: [...now.updates, kept],
      sequence,
      owners: new Map([...now.owners, ...(owners ?? [])]),
    });
    return sequence;
  }

  #mustBeThere(room: string): void {
    if (this.#deleted.has(boardOf(room))) throw new Error(`The board of ${room} was deleted.`);
  }

  #versionsOf(room: string): Version[] {
    return this.#versions.get(room) ?? [];
  }
}

function mustBeRoom(room: string): void {
  if (!parseRoom(room)) throw new BadRoom('A room is named board/document.');
}

function boardOf(room: string): string {
  return room.split('/')[0] ?? '';
}
