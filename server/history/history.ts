import type { LiveBoards } from '../live/contract.ts';
import type { BoardRecord, Store, VersionRecord } from '../store/contract.ts';
import type { Removal } from './removal.ts';
import type { Repairs } from './repairs.ts';
import type { HistoryWork } from './work.ts';

/** Named versions per document: each costs as much disk as a snapshot. Automatic ones have their own limits. */
export const maxNamedVersions = 50;

/** The result of an edit based on a version. */
export type EditOutcome<Edit> =
  /** `before` is the version that restores the earlier state. */
  | { readonly kind: 'done'; readonly before: VersionRecord; readonly edit: Edit }
  | { readonly kind: 'no-such-version' }
  /** The document has a gap, the board was reset meanwhile, or the room rejects the edit. */
  | { readonly kind: 'not-written'; readonly error: unknown };

/** An edit of the server; without an update if it would change nothing. */
interface ServerEdit {
  readonly update: Uint8Array | null;
}

/** A document, the version that an edit is based on, and the person who asks for it. */
export interface EditOrder {
  readonly record: BoardRecord;
  readonly document: string;
  readonly version: string;
  /** Empty for admins. */
  readonly person: string;
}

export interface HistoryParts {
  readonly store: Store;
  readonly live: LiveBoards;
  readonly repairs: Repairs;
  readonly work: HistoryWork;
}

/** Earlier states of documents: stores them by name, and restores them while people work. */
export class History {
  readonly #parts: HistoryParts;

  constructor(parts: HistoryParts) {
    this.#parts = parts;
  }

  /** The versions of a document, newest first. */
  list(room: string): Promise<readonly VersionRecord[]> {
    return this.#parts.store.versions(room);
  }

  /** Stores the current state under a name; `too-many` if the limit of named versions is reached. */
  async keep(room: string, name: string, person: string): Promise<VersionRecord | 'too-many' | null> {
    const { store } = this.#parts;
    const named = (await store.versions(room)).filter(({ kind }) => kind === 'named');
    if (named.length >= maxNamedVersions) return 'too-many';
    return store.keepVersion(room, { kind: 'named', name, person });
  }

  /** The state of a version, for export; null if there is none. */
  read(room: string, version: string): Promise<Uint8Array | null> {
    return this.#parts.store.readVersion(room, version);
  }

  /**
   * The current state on disk; null if nothing was ever written. This does not use `load`, which
   * tells the store that a rejected room starts again.
   */
  async state(room: string): Promise<Uint8Array | null> {
    return (await this.#parts.store.checkpoint(room))?.state ?? null;
  }

  /** Makes a document read like a version: see `restore.ts`. */
  restore(order: EditOrder): Promise<EditOutcome<ServerEdit>> {
    const { work } = this.#parts;
    return this.#edit(order, async (current, wanted) => ({
      update: await work.restore(order.document, current, wanted),
    }));
  }

  /** Removes what some people added since a version: see `removal.ts`. */
  removeAdded(order: EditOrder, people: readonly string[]): Promise<EditOutcome<Removal>> {
    const { store, work } = this.#parts;
    return this.#edit(order, async (current, wanted) => {
      const theirs = new Set(people);
      const owners = [...(await store.owners(roomOf(order)))];
      const clients = owners.filter(([, person]) => theirs.has(person)).map(([client]) => client);
      return work.removeAdded(order.document, current, wanted, clients);
    });
  }

  /**
   * Changes a document by an edit of the server, which everybody gets. The earlier state is stored as a version first,
   * so that restoring it undoes the edit.
   */
  async #edit<Edit extends ServerEdit>(
    order: EditOrder,
    make: (current: Uint8Array, wanted: Uint8Array) => Promise<Edit>,
  ): Promise<EditOutcome<Edit>> {
    const { store, live, repairs } = this.#parts;
    const { record, document, version, person } = order;
    const room = roomOf(order);
    const wanted = await store.readVersion(room, version);
    if (!wanted) return { kind: 'no-such-version' };
    try {
      // The stored state of a document that nobody has opened yet may have an older layout.
      await live.open(record.id, document);
    } catch (error) {
      return { kind: 'not-written', error };
    }
    const before = await store.keepVersion(room, { kind: 'before-restore', name: '', person });
    const current = before && (await store.readVersion(room, before.id));
    if (!current) return { kind: 'not-written', error: new Error('the current state cannot be read') };
    try {
      // Fails if a state has a gap: a quarantined board must be reset or rebuilt first.
      const edit = await make(current, wanted);
      if (edit.update) {
        // After a reset, an edit would depend on content that no longer exists.
        const isSame = (await store.board(record.id))?.generation === record.generation;
        if (!isSame || repairs.has(record.id)) throw new Error('board was reset');
        await live.write(record.id, document, edit.update);
      }
      return { kind: 'done', before, edit };
    } catch (error) {
      return { kind: 'not-written', error };
    }
  }
}

function roomOf({ record, document }: EditOrder): string {
  return `${record.id}/${document}`;
}
