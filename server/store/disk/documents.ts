import type {
  Checkpoint,
  HeldRecord,
  JournalEntry,
  StoredDocument,
  VersionLabel,
  VersionRecord,
} from '../contract.ts';
import { isId } from '../../../shared/id.ts';
import type { WorkerClient } from '../../worker/worker-client.ts';
import type { Deflated } from '../../worker/jobs.ts';
import type { FileContext } from './durable-file.ts';
import { DurableFile } from './durable-file.ts';
import { HeldFiles } from './held-files.ts';
import type { Journal } from './journal.ts';
import type { Layout, Room } from './layout.ts';
import { BadRoom, parseRoom } from './layout.ts';
import type { PendingUpdates } from './pending-updates.ts';
import type { Snapshot } from './snapshot.ts';
import { decodeSnapshot, deflate, encodeSnapshot, inflate } from './snapshot.ts';
import type { Tombstones } from './tombstones.ts';
import { KeyedMutex } from './keyed-mutex.ts';
import { Versions } from './versions.ts';

export interface DocumentsParts {
  readonly layout: Layout;
  readonly context: FileContext;
  readonly worker: WorkerClient;
  readonly journal: Journal;
  readonly tails: PendingUpdates;
  readonly tombstones: Tombstones;
  /** Part of the journal could not be read; the affected rooms are unknown. */
  readonly isJournalDamaged: boolean;
  /** Milliseconds since 1970, by a clock that nobody sets while the process runs. */
  readonly steadyWall: () => number;
}

/** Everything stored of a room at one moment. `sequence`: it includes all records of the room up to this one. */
interface Stored {
  readonly snapshot: Snapshot | null;
  readonly updates: readonly Uint8Array[];
  readonly owners: ReadonlyMap<number, string>;
  readonly sequence: number;
}

/**
 * The documents of all boards: each a snapshot, and the journal records since. Operations on one document run in order.
 */
export class Documents {
  readonly #parts: DocumentsParts;
  readonly #versions: Versions;
  readonly #held: HeldFiles;
  /** Rooms whose newest snapshot was damaged, so that edits in it are lost. */
  readonly #fellBack = new Set<string>();
  readonly #turns = new KeyedMutex();
  /** The newest pending append of each room. */
  readonly #appending = new Map<string, Promise<void>>();
  /** Rooms with a rejected append: later updates would be unreadable without it. */
  readonly #behind = new Set<string>();
  /** Boards that are being deleted. */
  readonly #leaving = new Set<string>();

  constructor(parts: DocumentsParts) {
    this.#parts = parts;
    this.#versions = new Versions(parts.layout, parts.context, parts.steadyWall);
    this.#held = new HeldFiles(parts.layout, parts.context);
  }

  async load(name: string): Promise<StoredDocument> {
    const room = roomNamed(name);
    const appended = this.#appending.get(name);
    return this.#turns.run(name, async () => {
      await appended;
      const { snapshot, updates, owners, sequence } = await this.#read(room);
      const state = snapshot && (await inflate(snapshot.state));
      // Updates based on this state depend only on stored updates.
      this.#behind.delete(name);
      const isBehind = this.#fellBack.has(name) || this.#parts.isJournalDamaged;
      return { snapshot: state, updates, owners, sequence, isBehind };
    });
  }

  async append(entry: JournalEntry): Promise<number> {
    const { name, board } = roomNamed(entry.room);
    const { journal } = this.#parts;
    this.#mustBeThere(board);
    if (this.#behind.has(name)) {
      throw journal.failure ?? new Error(`An earlier update of ${name} was not stored; load the room again.`);
    }
    const appended = journal.append(entry);
    const settled: Promise<void> = appended
      .then(
        () => undefined,
        () => void this.#behind.add(name),
      )
      .then(() => {
        if (this.#appending.get(name) === settled) this.#appending.delete(name);
      });
    this.#appending.set(name, settled);
    return appended;
  }

  async checkpoint(name: string): Promise<Checkpoint | null> {
    const room = roomNamed(name);
    const appended = this.#appending.get(name);
    return this.#turns.run(name, async () => {
      await appended;
      return this.#isGone(room.board) ? null : this.#checkpoint(room);
    });
  }

  /** Writes the first state of a board's document, before the board exists. */
  async create(name: string, state: Uint8Array): Promise<void> {
    const room = roomNamed(name);
    const deflated = await deflate(state);
    await this.#turns.run(name, () =>
      this.#write(room, { owners: new Map(), sequence: this.#parts.journal.committed, state: deflated }),
    );
  }

  async owners(name: string, version?: string): Promise<ReadonlyMap<number, string>> {
    const room = roomNamed(name);
    const appended = this.#appending.get(name);
    return this.#turns.run(name, async () => {
      if (version !== undefined) return this.#versions.owners(room, version);
      await appended;
      return (await this.#read(room)).owners;
    });
  }

  async reset(name: string, state: Uint8Array, owners?: ReadonlyMap<number, string>): Promise<void> {
    const room = roomNamed(name);
    const deflated = await deflate(state);
    const appended = this.#appending.get(name);
    await this.#turns.run(name, async () => {
      await appended;
      this.#mustBeThere(room.board);
      const now = await this.#read(room);
      const snapshot = { owners: owners ?? now.owners, sequence: now.sequence, state: deflated };
      await this.#write(room, snapshot);
      // Written twice, so that the previous copy, too, is from after the reset.
      await this.#write(room, snapshot);
      // Edits of clients with the old state do not fit the new one.
      const held = await this.#held.read(room);
      if (held.length > 0)
        await this.#held.drop(
          room,
          held.map(({ person }) => person),
        );
      this.#fellBack.delete(name);
    });
  }

  async held(name: string): Promise<readonly HeldRecord[]> {
    const room = roomNamed(name);
    return this.#turns.run(name, () => this.#held.read(room));
  }

  async keepHeld(name: string, record: HeldRecord): Promise<void> {
    const room = roomNamed(name);
    if (!isId(record.person)) throw new Error('A person must have an id.');
    await this.#turns.run(name, async () => {
      this.#mustBeThere(room.board);
      await this.#held.keep(room, record);
    });
  }

  async dropHeld(name: string, people: readonly string[]): Promise<void> {
    const room = roomNamed(name);
    await this.#turns.run(name, async () => {
      if (!this.#isGone(room.board)) await this.#held.drop(room, people.filter(isId));
    });
  }

  async versions(name: string): Promise<readonly VersionRecord[]> {
    const room = roomNamed(name);
    return this.#turns.run(name, () => this.#versions.list(room));
  }

  async keepVersion(name: string, label: VersionLabel): Promise<VersionRecord | null> {
    const room = roomNamed(name);
    const appended = this.#appending.get(name);
    return this.#turns.run(name, async () => {
      await appended;
      if (this.#isGone(room.board)) return null;
      // The snapshot is now the state to keep, and was just read from disk.
      const stored = await this.#read(room);
      if (stored.updates.length > 0) await this.#compact(room, stored);
      else if (!stored.snapshot) return null;
      return this.#versions.keep(room, label);
    });
  }

  async readVersion(name: string, id: string): Promise<Uint8Array | null> {
    const room = roomNamed(name);
    return this.#turns.run(name, () => this.#versions.read(room, id));
  }

  /**
   * Removes a board's documents: new writes are rejected, pending ones end, `bury` ensures that the board does not come
   * back, and its records no longer count. If `bury` rejects, nothing has changed.
   */
  async leave(board: string, bury: () => Promise<void>): Promise<void> {
    const { tails } = this.#parts;
    const isOf = (name: string) => name.startsWith(`${board}/`);
    this.#leaving.add(board);
    try {
      await Promise.all([...this.#appending].filter(([name]) => isOf(name)).map(([, settled]) => settled));
      await this.#turns.idle(isOf);
      await bury();
    } finally {
      this.#leaving.delete(board);
    }
    for (const name of tails.rooms(board)) this.#release(name, Infinity);
  }

  idle(): Promise<void> {
    return this.#turns.idle();
  }

  async #checkpoint(room: Room): Promise<Checkpoint | null> {
    const stored = await this.#read(room);
    if (stored.updates.length > 0) return this.#compact(room, stored);
    if (!stored.snapshot) return null;
    return { state: await inflate(stored.snapshot.state), sequence: stored.sequence };
  }

  /** Reads a room. Call only inside the room's mutex. */
  async #read(room: Room): Promise<Stored> {
    const { journal, tails } = this.#parts;
    const snapshot = await this.#file(room).read(decodeSnapshot, () => this.#fellBack.add(room.name));
    if (snapshot?.journal === journal.id) this.#release(room.name, snapshot.sequence);
    const updates = tails.updates(room.name);
    const owners = new Map([...(snapshot?.owners ?? []), ...tails.owners(room.name)]);
    return { snapshot, updates, owners, sequence: snapshot || updates.length > 0 ? journal.committed : 0 };
  }

  /** Merges a room's snapshot and records into one snapshot. Call only inside the room's mutex. */
  async #compact(room: Room, { snapshot, updates, owners, sequence }: Stored): Promise<Checkpoint> {
    const { worker, context } = this.#parts;
    const { state, deflated, isWhole } = await worker.compact(snapshot?.state ?? null, updates);
    if (!isWhole) context.log.error({ room: room.name }, 'a document depends on updates that are lost');
    await this.#write(room, { owners, sequence, state: { bytes: deflated, size: state.byteLength } });
    return { state, sequence };
  }

  /**
   * Replaces a room's snapshot. Call only inside the room's mutex. `sequence` must be on disk; otherwise it could be
   * used again after a crash.
   */
  async #write(
    room: Room,
    snapshot: { readonly owners: Snapshot['owners']; readonly sequence: number; readonly state: Deflated },
  ): Promise<void> {
    const { layout, context, journal } = this.#parts;
    const folder = layout.boardFolder(room.board);
    if (await context.disk.makeFolder(folder)) await context.disk.syncFolder(layout.boards);
    await this.#file(room).replace(encodeSnapshot({ journal: journal.id, ...snapshot }));
    this.#release(room.name, snapshot.sequence);
  }

  #release(room: string, upTo: number): void {
    this.#parts.tails.release(room, upTo);
    this.#parts.journal.release(room, upTo);
  }

  #file(room: Room): DurableFile {
    return new DurableFile(this.#parts.layout.snapshot(room), this.#parts.context);
  }

  #mustBeThere(board: string): void {
    if (this.#isGone(board)) throw new Error(`The board ${board} was deleted.`);
  }

  #isGone(board: string): boolean {
    return this.#leaving.has(board) || this.#parts.tombstones.has(board);
  }
}

function roomNamed(name: string): Room {
  const room = parseRoom(name);
  if (!room) throw new BadRoom('A room must be named board/document or board/document/person.');
  return room;
}
