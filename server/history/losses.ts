import type { DocumentDefinition } from '../../shared/schema/document.ts';
import { documentNamed } from '../../shared/schema/document.ts';
import type { LiveBoards } from '../live/contract.ts';
import type { BoardRecord, HeldRecord, Store, VersionRecord } from '../store/contract.ts';
import type { Preview } from './preview.ts';
import type { HistoryWork } from './work.ts';

/** A person's copy of edits that a document lost, with the changes that restoring it would make. */
export interface LostCopy extends Omit<HeldRecord, 'update'> {
  readonly bytes: number;
  /** Null if it cannot be previewed because a dependency is still missing. */
  readonly preview: Preview | null;
}

export interface LossReport {
  /** True if it is proven that the server lost edits. Otherwise the copies may be forged. */
  readonly isProven: boolean;
  readonly copies: readonly LostCopy[];
}

export interface Settled {
  /** The version of the earlier state; null for a discard, and if the document has no versions. */
  readonly before: VersionRecord | null;
  /** The people whose copies were restored or discarded. */
  readonly settled: readonly string[];
}

export interface LossesParts {
  readonly store: Store;
  readonly live: LiveBoards;
  readonly work: HistoryWork;
  readonly documents: readonly DocumentDefinition[];
}

/** Edits that a document lost and clients still have: lists, restores and discards them. */
export class Losses {
  readonly #parts: LossesParts;

  constructor(parts: LossesParts) {
    this.#parts = parts;
  }

  /** True if proven copies wait for a decision. Reads the disk, because the room may be unreadable. */
  async areWaiting(board: string, document: string): Promise<boolean> {
    const held = await this.#parts.store.held(`${board}/${document}`);
    return held.some(({ isProven }) => isProven);
  }

  async report(board: string, document: string): Promise<LossReport> {
    const { store, live, work } = this.#parts;
    const { isProven, held } = await live.loss(board, document);
    if (held.length === 0) return { isProven, copies: [] };
    const state = (await store.checkpoint(`${board}/${document}`))?.state ?? new Uint8Array([0, 0]);
    const copies: LostCopy[] = [];
    for (const { update, ...copy } of held) {
      const preview = await work.preview(document, state, update).catch(() => null);
      copies.push({ ...copy, bytes: update.length, preview });
    }
    return { isProven, copies };
  }

  /** Restores copies as edits of the server. Stores the earlier state as a version, if the document has versions. */
  async restore(
    record: BoardRecord,
    document: string,
    people: readonly string[],
    by: string,
  ): Promise<Settled> {
    const { store, live, documents } = this.#parts;
    const label = { kind: 'before-restore', name: '', person: by } as const;
    const isKept = documentNamed(documents, document)?.definition.includedIn.versions ?? false;
    const before = isKept ? await store.keepVersion(`${record.id}/${document}`, label) : null;
    return { before, settled: await live.settleLoss(record.id, document, people, 'restore') };
  }

  /** Discards copies; the pages of these people start over. */
  async discard(record: BoardRecord, document: string, people: readonly string[]): Promise<Settled> {
    return {
      before: null,
      settled: await this.#parts.live.settleLoss(record.id, document, people, 'discard'),
    };
  }
}
