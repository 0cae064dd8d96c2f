import { mkdir } from 'node:fs/promises';
import type {
  BoardRecord,
  Checkpoint,
  JournalEntry,
  Store,
  StoredDocument,
  VersionRecord,
} from '../contract.ts';
import { merge } from '../../work/jobs.ts';
import { BoardFiles } from './board-file.ts';
import type { FileContext } from './durable-file.ts';
import { DurableFile, syncFolder } from './durable-file.ts';
import type { FolderLock } from './folder-lock.ts';
import { lockFolder } from './folder-lock.ts';
import type { JournalDisk } from './journal-disk.ts';
import { realDisk } from './journal-disk.ts';
import { Journal } from './journal.ts';
import type { Layout, Room } from './layout.ts';
import { BadRoom, layoutOf, parseRoom } from './layout.ts';
import type { StoreLog } from './log.ts';
import { makeFolder } from './make-folder.ts';
import type { Replayed } from './replay.ts';
import { replay } from './replay.ts';
import { RoomTails } from './room-tails.ts';
import { openSecret } from './secret.ts';
import { decodeSnapshot, encodeSnapshot } from './snapshot.ts';
import { Turns } from './turns.ts';

export interface DiskStoreOptions {
  readonly folder: string;
  readonly log: StoreLog;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** A journal segment ends past this. Small enough that one is soon free, large enough that few are made. */
  readonly segmentBytes?: number;
  /** Past this the journal is shortened. It is held in memory, and read whole at start: 100,000 records in 0.4 s. */
  readonly journalBytes?: number;
  /** How long after a failure the disk is tried again, at first. */
  readonly probeAfterMs?: number;
  /**
   * Asks for a checkpoint of a room that holds the journal back: who has the room open has its state
   * at hand. If none has come a segment later, or without this, the store makes it from its files.
   */
  readonly onPressure?: (room: string) => void;
  /** The disk under the journal, for tests of its faults. */
  readonly disk?: JournalDisk;
}

/** Opens the store in a folder, for this process alone; rejects with `FolderInUse`. */
export async function openDiskStore(options: DiskStoreOptions): Promise<Store> {
  const layout = layoutOf(options.folder);
  for (const folder of [layout.folder, layout.journal, layout.boards]) {
    await makeFolder(folder);
  }
  await syncFolder(layout.folder);
  const context = { log: options.log, now: options.now ?? Date.now };
  const lock = await lockFolder(layout.lock);
  try {
    const secret = await openSecret(layout.secret, context);
    const tails = new RoomTails();
    const replayed = await replay(layout.journal, context, (record) => tails.add(record));
    return await DiskStore.open({ options, layout, context, lock, secret, tails, replayed });
  } catch (error) {
    await lock.release();
    throw error;
  }
}

interface Parts {
  readonly options: DiskStoreOptions;
  readonly layout: Layout;
  readonly context: FileContext;
  readonly lock: FolderLock;
  readonly secret: Uint8Array;
  readonly tails: RoomTails;
  readonly replayed: Replayed;
}

class DiskStore implements Store {
  readonly secret: Uint8Array;
  readonly #parts: Parts;
  readonly #boards: BoardFiles;
  readonly #journal: Journal;
  readonly #tails: RoomTails;
  /** Reads and replacements of one room's snapshot, one after another. */
  readonly #turns = new Turns();
  /** The newest append of each room that is under way. */
  readonly #appending = new Map<string, Promise<void>>();
  /** Rooms of which an append was rejected: what comes after it could not be read without it. */
  readonly #behind = new Set<string>();
  readonly #asked = new Set<string>();
  #shortening: Promise<void> | null = null;
  #closing: Promise<void> | null = null;

  static async open(parts: Parts): Promise<DiskStore> {
    const { options, layout, context, tails, replayed } = parts;
    const journal = await Journal.open(
      {
        folder: layout.journal,
        disk: options.disk ?? realDisk,
        log: context.log,
        now: context.now,
        segmentBytes: options.segmentBytes ?? 4 << 20,
        probeAfterMs: options.probeAfterMs ?? 250,
        onCommit: (record) => tails.add(record),
        onRoll: () => store.#shorten((room) => store.#relieve(room)),
      },
      replayed,
    );
    const store = new DiskStore(parts, journal);
    // Nobody has a room open yet, so there is nobody to ask.
    store.#shorten((room) => store.#compact(room));
    return store;
  }

  private constructor(parts: Parts, journal: Journal) {
    this.secret = parts.secret;
    this.#parts = parts;
    this.#journal = journal;
    this.#tails = parts.tails;
    this.#boards = new BoardFiles(parts.layout, parts.context);
  }

  get failure(): Error | null {
    return this.#journal.failure;
  }

  async board(id: string): Promise<BoardRecord | null> {
    this.#mustBeOpen();
    return this.#boards.read(id);
  }

  async createBoard(record: BoardRecord, document: Uint8Array): Promise<void> {
    this.#mustBeOpen();
    await this.#boards.create(record, () => {
      const room = roomNamed(`${record.id}/board`);
      return this.#turns.run(room.name, () => this.#write(room, document, this.#journal.committed));
    });
  }

  async changeBoard(id: string, change: (now: BoardRecord) => BoardRecord): Promise<BoardRecord | null> {
    this.#mustBeOpen();
    return this.#boards.change(id, change);
  }

  async load(name: string): Promise<StoredDocument> {
    this.#mustBeOpen();
    const room = roomNamed(name);
    const appended = this.#appending.get(name);
    return this.#turns.run(name, async () => {
      await appended;
      const stored = await this.#read(room);
      // Who goes on from this state rests on nothing that was not stored.
      this.#behind.delete(name);
      return stored;
    });
  }

  async append(entry: JournalEntry): Promise<number> {
    this.#mustBeOpen();
    const { name } = roomNamed(entry.room);
    if (this.#behind.has(name)) {
      throw (
        this.failure ??
        new Error(`An update of ${name} before this one was not stored: it must be loaded afresh.`)
      );
    }
    const appended = this.#journal.append(entry);
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
    this.#mustBeOpen();
    roomNamed(name);
    await this.#appending.get(name);
    return this.#compact(name);
  }

  boards(): Promise<readonly string[]> {
    throw new Error(`${this.#parts.layout.boards} is not listed yet.`);
  }

  deleteBoard(id: string): Promise<boolean> {
    throw new Error(`${id} cannot be deleted yet.`);
  }

  resetDocument(name: string): Promise<void> {
    throw new Error(`${name} cannot be reset yet.`);
  }

  versions(): Promise<readonly VersionRecord[]> {
    return Promise.resolve([]);
  }

  keepVersion(): Promise<VersionRecord | null> {
    return Promise.resolve(null);
  }

  readVersion(): Promise<Uint8Array | null> {
    return Promise.resolve(null);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#shortening;
    await this.#boards.idle();
    await this.#turns.idle();
    await this.#journal.close();
    await this.#parts.lock.release();
  }

  /** Reads a room, in its turn. `upTo`: the sequence up to which what is returned is all there is. */
  async #read(room: Room): Promise<StoredDocument & { readonly upTo: number }> {
    const snapshot = await this.#snapshotFile(room).read(decodeSnapshot);
    if (snapshot?.journal === this.#journal.id) this.#release(room.name, snapshot.sequence);
    const upTo = this.#journal.committed;
    const updates = this.#tails.updates(room.name);
    const sequence = snapshot || updates.length > 0 ? upTo : 0;
    return { snapshot: snapshot?.state ?? null, updates, sequence, owners: new Map(), upTo };
  }

  /** Replaces a room's snapshot, in its turn. */
  async #write(room: Room, state: Uint8Array, sequence: number): Promise<void> {
    const { layout } = this.#parts;
    const made = await mkdir(layout.boardFolder(room.board), { recursive: true, mode: 0o700 });
    if (made !== undefined) await syncFolder(layout.boards);
    await this.#snapshotFile(room).replace(encodeSnapshot({ journal: this.#journal.id, sequence, state }));
    this.#release(room.name, sequence);
  }

  #release(room: string, upTo: number): void {
    this.#asked.delete(room);
    this.#tails.release(room, upTo);
    this.#journal.release(room, upTo);
  }

  #snapshotFile(room: Room): DurableFile {
    return new DurableFile(this.#parts.layout.snapshot(room), this.#parts.context);
  }

  /** Brings the journal back to its size, one room after another, beside the work of the day. */
  #shorten(free: (room: string) => Promise<unknown>): void {
    const rooms = this.#journal.roomsBeyond(this.#parts.options.journalBytes ?? 16 << 20);
    if (rooms.size === 0 || this.#shortening || this.#closing) return;
    const freeAll = async () => {
      for (const room of rooms) {
        if (this.#closing) break;
        await free(room).catch((error: unknown) =>
          this.#parts.context.log.error({ room, error: String(error) }, 'a room holds the journal back'),
        );
      }
    };
    this.#shortening = freeAll().finally(() => {
      this.#shortening = null;
    });
  }

  async #relieve(room: string): Promise<void> {
    const { onPressure } = this.#parts.options;
    if (!onPressure || this.#asked.has(room)) {
      await this.#compact(room);
      return;
    }
    this.#asked.add(room);
    onPressure(room);
  }

  async #compact(name: string): Promise<Checkpoint | null> {
    const room = roomNamed(name);
    return this.#turns.run(name, async () => {
      const { snapshot, updates, upTo } = await this.#read(room);
      if (updates.length === 0) return snapshot && { state: snapshot, sequence: upTo };
      const state = merge(snapshot, updates);
      await this.#write(room, state, upTo);
      return { state, sequence: upTo };
    });
  }

  #mustBeOpen(): void {
    if (this.#closing) throw new Error('The store is closed.');
  }
}

function roomNamed(name: string): Room {
  const room = parseRoom(name);
  if (!room) throw new BadRoom('A room is named board/document, or board/document/person.');
  return room;
}
