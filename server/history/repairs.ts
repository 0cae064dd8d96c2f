import { closeCode } from '../../shared/protocol.ts';
import type { LiveBoards } from '../live/contract.ts';
import type { Log } from '../log.ts';
import type { BoardRecord, Store } from '../store/contract.ts';

export interface RepairsParts {
  readonly store: Store;
  readonly live: LiveBoards;
  readonly log: Log;
}

/**
 * What is done to a board with nobody on it: putting it back to a version for good, and removing it. While it
 * lasts nobody is let in, since a room that opened between would hold what is about to go.
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
    const { store, live, log } = this.#parts;
    const { id } = record;
    const room = `${id}/${document}`;
    return this.#alone(id, async () => {
      const state = await store.readVersion(room, version);
      if (!state) return 'no-such-version';
      // First, so that nobody who is on the way in by an old seat comes after the rooms are closed.
      await store.changeBoard(id, (now) => ({ ...now, generation: now.generation + 1 }));
      await live.evict(id, closeCode.ticket, 'board-reset');
      await store
        .keepVersion(room, { kind: 'before-restore', name: '', person: '' })
        .catch((error: unknown) => {
          const code = error instanceof Error ? error.name : 'unknown';
          log.warn({ board: id, code }, 'the state before a reset could not be kept');
        });
      await store.resetDocument(room, state);
      return 'done';
    });
  }

  /** Removes a board for good. */
  remove(board: string): Promise<'done' | 'no-such-board' | 'busy'> {
    const { store, live } = this.#parts;
    return this.#alone(board, async () => {
      await live.evict(board, closeCode.noSuchBoard, 'no-such-board');
      return (await store.deleteBoard(board)) ? 'done' : 'no-such-board';
    });
  }

  async #alone<T>(board: string, work: () => Promise<T>): Promise<T | 'busy'> {
    if (this.#underWay.has(board)) return 'busy';
    this.#underWay.add(board);
    try {
      return await work();
    } finally {
      this.#underWay.delete(board);
    }
  }
}
