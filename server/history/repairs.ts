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

/** The result of a rebuild. */
export type RebuildOutcome =
  | {
      readonly kind: 'rebuilt';
      /** The version with the document as it was, including its removed records. */
      readonly version: VersionRecord;
      readonly before: DocumentSize;
      readonly after: DocumentSize;
      readonly isWhole: boolean;
    }
  /** The board was reset or rebuilt since the record was read. */
  | { readonly kind: 'outdated' }
  | { readonly kind: 'no-such-document' }
  /** It could not be read, stored as a version, built or written. The board continues with the old document. */
  | { readonly kind: 'failed' }
  /** The board is already being repaired. */
  | { readonly kind: 'busy' };

/**
 * Operations on a board with nobody on it: reset to a version, rebuild, and delete. Nobody can join meanwhile, because
 * a room opened in between would hold what is about to be replaced.
 */
export class Repairs {
  readonly #parts: RepairsParts;
  readonly #underWay = new Set<string>();

  constructor(parts: RepairsParts) {
    this.#parts = parts;
  }

  /** True while a board is repaired: admit nobody, and write nothing. */
  has(board: string): boolean {
    return this.#underWay.has(board);
  }

  /**
   * Resets a document to a version: later content is removed from the document. Memberships and copies of the old
   * generation are refused, so that nobody fills it up again. The earlier state is stored as a version if it can be
   * read. Unlike a restore, this also repairs a document that cannot be read or written.
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
      // A rebuild in between has cleared the owners; those of the version's content have not changed.
      const owners = new Map([...(await store.owners(room)), ...(await store.owners(room, version))]);
      // First, so that nobody with an old membership enters after the rooms are closed.
      await this.#beginGeneration(id);
      await live.evict(id, closeCode.ticket, 'board-reset');
      await this.#keep(room, '').catch((error: unknown) =>
        this.#warn(id, error, 'the state before a reset could not be stored'),
      );
      await store.resetDocument(room, state, owners);
      return 'done';
    });
  }

  /**
   * Replaces a document by a new one with the same live content (`rebuild.ts`), as a new generation of the board.
   *
   * The order keeps both whole. First everybody is disconnected and their edits are on disk, so the stored version has
   * everything acknowledged, and the new document is built from that version. If anything fails until then, nothing has
   * changed, and people come back to the old board. Then the generation rises, so that no page brings its copy of the
   * old document into the new one. Last, the document is replaced in one step. A crash between these two leaves the old
   * document under the new generation, which is whole too.
   */
  async rebuild(record: BoardRecord, document: string, person: string): Promise<RebuildOutcome> {
    const { store, live, work } = this.#parts;
    const { id, generation } = record;
    const room = `${id}/${document}`;
    const outcome = await this.#alone<RebuildOutcome>(id, async () => {
      if ((await store.board(id))?.generation !== generation) return { kind: 'outdated' };
      // Not `board-reset`, because the rebuild is not done yet. Pages retry, and get that code afterwards.
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

  /** Deletes a board for good. */
  remove(board: string): Promise<'done' | 'no-such-board' | 'busy'> {
    const { store, live } = this.#parts;
    return this.#alone(board, async () => {
      await live.evict(board, closeCode.noSuchBoard, 'no-such-board');
      return (await store.deleteBoard(board)) ? 'done' : 'no-such-board';
    });
  }

  /**
   * Ends all memberships, and tells pages that their copies are of another document. The new document may have an old
   * layout; the room that opens it checks.
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
