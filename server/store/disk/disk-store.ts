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
} from '../contract.ts';
import { steadyWall, systemTime } from '../../time.ts';
import type { WorkerClient } from '../../worker/worker-client.ts';
import { openWorker } from '../../worker/worker-client.ts';
import { BoardFiles } from './board-file.ts';
import type { Disk } from './disk.ts';
import { realDisk } from './disk.ts';
import { Documents } from './documents.ts';
import { lockFolder } from './folder-lock.ts';
import { Journal } from './journal.ts';
import { layoutOf } from './layout.ts';
import type { StoreLog } from './log.ts';
import { replay } from './replay.ts';
import { PendingUpdates } from './pending-updates.ts';
import { openSecret } from './secret.ts';
import { SessionFiles } from './session-files.ts';
import { JournalCompaction } from './journal-compaction.ts';
import { Tombstones } from './tombstones.ts';

export interface DiskStoreOptions {
  readonly folder: string;
  readonly log: StoreLog;
  /** Milliseconds since 1970, by the wall clock. */
  readonly now?: () => number;
  /** Elapsed milliseconds, by a clock that nobody sets. */
  readonly passed?: () => number;
  /** Size at which a journal segment ends: small enough to be freed soon, large enough that there are few. */
  readonly segmentBytes?: number;
  /** Size at which the journal is shortened. It is in memory, and read whole at start: 100,000 records in 0.4 s. */
  readonly journalBytes?: number;
  /** Delay before the disk is first retried after a failure, in ms. */
  readonly probeAfterMs?: number;
  /**
   * Asks for a checkpoint of a room that keeps the journal from shrinking; the owner of an open room uses the state
   * too. If there is no checkpoint when it resolves, or no callback, the store makes one itself.
   */
  readonly onPressure?: (room: string) => Promise<void>;
  /** Merges documents; by default the store opens one of its own. */
  readonly worker?: WorkerClient;
  /** The disk; tests inject faults here. */
  readonly disk?: Disk;
}

/** Opens the store in a folder, for this process alone. Rejects with `FolderInUse`. */
export async function openDiskStore(options: DiskStoreOptions): Promise<Store> {
  const { folder, log, now = systemTime.wall, passed = systemTime.now, disk = realDisk } = options;
  const layout = layoutOf(folder);
  const context = { disk, log, now };
  for (const each of [layout.folder, layout.journal, layout.boards, layout.deleted]) {
    await disk.makeFolder(each);
  }
  await disk.syncFolder(layout.folder);
  const lock = await lockFolder(layout.lock);
  try {
    const secret = await openSecret(layout.secret, context);
    const tombstones = await Tombstones.open(layout, context);
    const tails = new PendingUpdates();
    const replayed = await replay(layout.journal, context, (record) => {
      if (tombstones.has(boardOf(record.room))) return false;
      tails.add(record);
      return true;
    });
    const pressure = { relieve: () => {} };
    const journal = await Journal.open(
      {
        folder: layout.journal,
        disk,
        log,
        now,
        segmentBytes: options.segmentBytes ?? 1 << 20,
        probeAfterMs: options.probeAfterMs ?? 250,
        onCommit: (record) => tails.add(record),
        onRoll: () => pressure.relieve(),
      },
      replayed,
    );
    const worker = options.worker ?? openWorker({ log });
    const documents = new Documents({
      layout,
      context,
      worker,
      journal,
      tails,
      tombstones,
      isJournalDamaged: replayed.isDamaged,
      steadyWall: steadyWall({ now: passed, wall: now }),
    });
    const boards = new BoardFiles(layout, context, tombstones);
    const sessions = await SessionFiles.open(layout, context, { boards, tombstones });
    const shortening = new JournalCompaction(journal, documents, options);
    pressure.relieve = () => shortening.start();
    shortening.startAlone();
    const close = async () => {
      await shortening.close();
      await sessions.idle();
      await boards.idle();
      await documents.idle();
      await journal.close();
      if (!options.worker) await worker.close();
      await lock.release();
    };
    return new DiskStore({ secret, journal, documents, boards, sessions, tombstones, close });
  } catch (error) {
    await lock.release();
    throw error;
  }
}

interface Parts {
  readonly secret: Uint8Array;
  readonly journal: Journal;
  readonly documents: Documents;
  readonly boards: BoardFiles;
  readonly sessions: SessionFiles;
  readonly tombstones: Tombstones;
  readonly close: () => Promise<void>;
}

class DiskStore implements Store {
  readonly #parts: Parts;
  #closing: Promise<void> | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get secret(): Uint8Array {
    return this.#parts.secret;
  }

  get journalBytes(): number {
    return this.#parts.journal.bytes;
  }

  get failure(): Error | null {
    return this.#parts.journal.failure;
  }

  async board(id: string): Promise<BoardRecord | null> {
    return this.#open.boards.read(id);
  }

  async boards(): Promise<readonly string[]> {
    return this.#open.boards.list();
  }

  async createBoard(record: BoardRecord, document: Uint8Array): Promise<void> {
    const { boards, documents } = this.#open;
    await boards.create(record, () => documents.create(`${record.id}/board`, document));
  }

  async changeBoard(id: string, change: (now: BoardRecord) => BoardRecord): Promise<BoardRecord | null> {
    return this.#open.boards.change(id, change);
  }

  async deleteBoard(id: string): Promise<boolean> {
    const { boards, sessions, documents, tombstones } = this.#open;
    const wasThere = await boards.remove(id, () =>
      documents.leave(id, () => sessions.leave(id, () => tombstones.bury(id))),
    );
    if (wasThere) await tombstones.clear(id);
    return wasThere;
  }

  async session(board: string): Promise<StoredSession> {
    return this.#open.sessions.read(board);
  }

  async keepSession(board: string, record: SessionRecord): Promise<void> {
    await this.#open.sessions.keep(board, record);
  }

  async timedBoards(): Promise<readonly string[]> {
    return this.#open.sessions.timed();
  }

  async load(room: string): Promise<StoredDocument> {
    return this.#open.documents.load(room);
  }

  async append(entry: JournalEntry): Promise<number> {
    return this.#open.documents.append(entry);
  }

  async checkpoint(room: string): Promise<Checkpoint | null> {
    return this.#open.documents.checkpoint(room);
  }

  async owners(room: string, version?: string): Promise<ReadonlyMap<number, string>> {
    return this.#open.documents.owners(room, version);
  }

  async resetDocument(room: string, state: Uint8Array, owners?: ReadonlyMap<number, string>): Promise<void> {
    await this.#open.documents.reset(room, state, owners);
  }

  async held(room: string): Promise<readonly HeldRecord[]> {
    return this.#open.documents.held(room);
  }

  async keepHeld(room: string, record: HeldRecord): Promise<void> {
    await this.#open.documents.keepHeld(room, record);
  }

  async dropHeld(room: string, people: readonly string[]): Promise<void> {
    await this.#open.documents.dropHeld(room, people);
  }

  async versions(room: string): Promise<readonly VersionRecord[]> {
    return this.#open.documents.versions(room);
  }

  async keepVersion(room: string, label: VersionLabel): Promise<VersionRecord | null> {
    return this.#open.documents.keepVersion(room, label);
  }

  async readVersion(room: string, id: string): Promise<Uint8Array | null> {
    return this.#open.documents.readVersion(room, id);
  }

  close(): Promise<void> {
    this.#closing ??= this.#parts.close();
    return this.#closing;
  }

  get #open(): Parts {
    if (this.#closing) throw new Error('The store is closed.');
    return this.#parts;
  }
}

function boardOf(room: string): string {
  return room.slice(0, room.indexOf('/'));
}
