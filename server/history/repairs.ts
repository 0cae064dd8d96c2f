import { closeCode } from '../../shared/wire/protocol.ts';
import type { LiveBoards } from '../live/contract.ts';
import type { Log } from '../log.ts';
import type { BoardRecord, Store, VersionRecord } from '../store/contract.ts';
import type { DocumentSize } from './rebuild.ts';
import type { HistoryWork } from './work.ts';

export interface RepairsParts {
  readonly store: Store;
  readonly live: LiveBoards;
  readonly work: HistoryWork;
  readonly log: Log;
}

/** What came of a rebuild. */
export type RebuildOutcome =
  | {
      readonly kind: 'rebuilt';
      /** The version that has the document as it was, its removed records too. */
      readonly version: VersionRecord;
      readonly before: DocumentSize;
      readonly after: DocumentSize;
      readonly isWhole: boolean;
    }
  /** The board was reset or rebuilt since the record was read. */
  | { readonly kind: 'outdated' }
  | { readonly kind: 'no-such-document' }
  /** It could not be read, kept, built or written. The board goes on with the old document. */
  | { readonly kind: 'failed' }
  /** The board is being repaired already. */
  | { readonly kind: 'busy' };

/**
 * What is done to a board with nobody on it: putting it back to a version for good, rebuilding it, and removing it.
 * While it lasts nobody is let in, since a room that opened between would hold what is about to go.
 */
export class Repairs {
  readonly #parts: RepairsParts;
  readonly #underWay = new Set<string>();

  constructor(parts: RepairsParts) {
    this.#parts = parts;
  }

  /** Whether a board is being worked on: let nobody in, and write nothing. */
  has(board: string): boolean {
    return this.#underWay.has(board);
  }

  /**
   * Puts a document back to a version: what came after it is gone from the document. Seats and copies of the
   * old generation are not taken any more, so that nobody fills it up again. What was there is kept as a
   * version where it can be read at all. Unlike a restore this mends a document that cannot be read or written.
   */
  reset(
    record: BoardRecord,
    document: string,
    version: string,
  ): Promise<'done' | 'no-such-version' | 'busy'> {
    const { store, live } = this.#parts;
    const { id } = record;
    const room = `${id}/${document}`;
    return this.#alone(id, async () => {
      const state = await store.readVersion(room, version);
      if (!state) return 'no-such-version';
      // A rebuild in between has cleared the owners; what the version holds is still whose it was.
      const owners = new Map([...(await store.owners(room)), ...(await store.owners(room, version))]);
      // First, so that nobody who is on the way in by an old seat comes after the rooms are closed.
      await this.#beginGeneration(id);
      await live.evict(id, closeCode.ticket, 'board-reset');
      await this.#keep(room, '').catch((error: unknown) =>
        this.#warn(id, error, 'the state before a reset could not be kept'),
      );
      await store.resetDocument(room, state, owners);
      return 'done';
    });
  }

  /**
   * Replaces a document by a new one with the same live content (`rebuild.ts`), as a new generation of the board.
   *
   * The order keeps both whole. First everybody is sent away and what they sent is on disk, so all that was
   * acknowledged is in the state that is kept as a version, and the new document is built from just that version.
   * Until then nothing has changed: where it fails, people come back to the board as it was. Then the generation
   * rises, so that no page brings its copy of the old document into the new one; and last the document is replaced
   * in one step. A crash between these two leaves the old document under the new generation, which is whole too.
   */
  async rebuild(record: BoardRecord, document: string, person: string): Promise<RebuildOutcome> {
    const { store, live, work } = this.#parts;
    const { id, generation } = record;
    const room = `${id}/${document}`;
    const outcome = await this.#alone<RebuildOutcome>(id, async () => {
      if ((await store.board(id))?.generation !== generation) return { kind: 'outdated' };
      // Not by a code that says what has not happened yet: who is sent away tries again, and is told when it has.
      await live.evict(id, closeCode.busy, 'repair');
      try {
        const version = await this.#keep(room, person);
        const state = version && (await store.readVersion(room, version.id));
        if (!state) return { kind: 'no-such-document' };
        const { state: fresh, ...rebuilt } = await work.rebuild(document, state);
        await this.#beginGeneration(id);
        await store.resetDocument(room, fresh, new Map());
        return { kind: 'rebuilt', version, ...rebuilt };
      } catch (error) {
        this.#warn(id, error, 'a document could not be rebuilt');
        return { kind: 'failed' };
      }
    });
    return outcome === 'busy' ? { kind: 'busy' } : outcome;
  }

  /** Removes a board for good. */
  remove(board: string): Promise<'done' | 'no-such-board' | 'busy'> {
    const { store, live } = this.#parts;
    return this.#alone(board, async () => {
      await live.evict(board, closeCode.noSuchBoard, 'no-such-board');
      return (await store.deleteBoard(board)) ? 'done' : 'no-such-board';
    });
  }

  /**
   * Ends all seats, and tells pages that their copies are of another document. That may have the layout of long ago:
   * a room that opens it looks.
   */
  async #beginGeneration(board: string): Promise<void> {
    await this.#parts.store.changeBoard(board, (now) => ({
      ...now,
      generation: now.generation + 1,
      schema: 1,
    }));
  }

  #keep(room: string, person: string): Promise<VersionRecord | null> {
    return this.#parts.store.keepVersion(room, { kind: 'before-restore', name: '', person });
  }

  #warn(board: string, error: unknown, message: string): void {
    this.#parts.log.warn({ board, code: error instanceof Error ? error.name : 'unknown' }, message);
  }

  async #alone<T>(board: string, work: () => Promise<T>): Promise<T | 'busy'> {
    if (this.#underWay.has(board)) return 'busy';
    this.#underWay.add(board);
    this.#parts.live.bar(board, true);
    try {
      return await work();
    } finally {
      this.#parts.live.bar(board, false);
      this.#underWay.delete(board);
    }
  }
}
