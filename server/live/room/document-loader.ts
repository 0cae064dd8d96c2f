import { setImmediate as turn } from 'node:timers/promises';
import type { CloseCode } from '../../../shared/wire/protocol.ts';
import { closeCode } from '../../../shared/wire/protocol.ts';
import type { ServedDocument } from '../../documents/work.ts';
import type { BoardRecord, HeldRecord, StoredDocument } from '../../store/contract.ts';
import type { Bounds } from './live-document.ts';
import { LiveDocument } from './live-document.ts';
import { bringUp } from './migrating.ts';
import { Stored } from './persistence.ts';
import type { RoomContext } from './room-context.ts';
import type { Bar } from './room-state.ts';

/** How a load ended. */
export type LoadOutcome =
  | { readonly kind: 'opened'; readonly document: LiveDocument; readonly stored: Stored }
  /** The bytes exist but must not be opened. */
  | { readonly kind: 'barred'; readonly bar: Bar }
  /** The room must close. */
  | { readonly kind: 'closed'; readonly code: CloseCode; readonly reason: string };

/** What a load reports on its way. */
export interface LoadHooks {
  /** False if the room has closed. The load then stops and resolves to null. */
  isWanted(): boolean;
  /**
   * The board's record is read, and the copies of lost edits. `frozen` is also true if the session freezes the board.
   * `isBehind`: the store fell back to an earlier state.
   */
  board(record: BoardRecord, held: readonly HeldRecord[], isBehind: boolean): void;
  /** The stored bytes are read and have the layout of this server. */
  stored(stored: Stored): void;
}

/** The document that a loader reads. */
interface LoaderTarget {
  readonly board: string;
  /** `board/document` */
  readonly name: string;
  readonly served: ServedDocument;
}

/** Reads the document of a room from the store and makes sure that it can be opened. */
export class DocumentLoader {
  readonly #target: LoaderTarget;
  readonly #context: RoomContext;
  readonly #bounds: Bounds;
  readonly #tellFullness: (percent: number) => void;
  #migrating: Promise<unknown> = Promise.resolve();

  constructor(
    { board, name, served }: LoaderTarget,
    context: RoomContext,
    bounds: Bounds,
    tellFullness: (percent: number) => void,
  ) {
    this.#target = { board, name, served };
    this.#context = context;
    this.#bounds = bounds;
    this.#tellFullness = tellFullness;
  }

  /** Resolves when no migration is running. */
  async settled(): Promise<void> {
    await this.#migrating;
  }

  /**
   * Reads the document. Reports the bytes before it builds the document from them, because that takes a while and
   * blocks everyone else. If the bytes may have an older layout, they are migrated first.
   * @throws if the store fails
   */
  async load(hooks: LoadHooks): Promise<LoadOutcome | null> {
    const { board, name, served } = this.#target;
    const { store, sessions } = this.#context;
    const [bytes, held, { isFrozen }] = await Promise.all([
      store.load(name),
      store.held(name),
      sessions.open(board),
    ]);
    // Read last. Later changes override it, because the board may be frozen or renamed at this moment.
    const record = await store.board(board);
    if (!hooks.isWanted()) return null;
    if (!record) return { kind: 'closed', code: closeCode.noSuchBoard, reason: 'no-such-board' };
    hooks.board({ ...record, frozen: record.frozen || isFrozen }, held, bytes.isBehind);
    const { generation } = record;
    const { version } = served.schema;
    // The record holds the schema of `board` only. That of any other document is known once it is in memory.
    const recorded = served.comesWithBoard ? (record.schema ?? 1) : null;
    if (recorded !== null && recorded > version) return this.#refuseNewer(recorded);
    const current = recorded === version ? this.#stored(bytes, generation) : null;
    if (current) hooks.stored(current);
    await turn();
    if (!hooks.isWanted()) return null;
    const document = this.#build(bytes);
    if (!(document instanceof LiveDocument)) return document;
    if (!current) return this.#migrate(document, bytes, generation, hooks);
    if (document.schema === version) return { kind: 'opened', document, stored: current };
    return this.#correctRecord(document);
  }

  /** Reads the document again after a failed commit. @throws if the store fails */
  async reload(generation: number, isWanted: () => boolean): Promise<LoadOutcome | null> {
    const bytes = await this.#context.store.load(this.#target.name);
    if (!isWanted()) return null;
    const document = this.#build(bytes);
    if (!(document instanceof LiveDocument)) return document;
    return { kind: 'opened', document, stored: this.#stored(bytes, generation) };
  }

  async #migrate(
    document: LiveDocument,
    bytes: StoredDocument,
    generation: number,
    hooks: LoadHooks,
  ): Promise<LoadOutcome | null> {
    const { board, name, served } = this.#target;
    const migrating = bringUp(document, bytes, { board, room: name }, served, this.#context);
    this.#migrating = Promise.allSettled([migrating]);
    const migrated = await migrating.catch((error: unknown) => {
      document.close();
      throw error;
    });
    if (!hooks.isWanted()) {
      document.close();
      return null;
    }
    const stored = this.#stored(migrated, generation);
    hooks.stored(stored);
    return { kind: 'opened', document, stored };
  }

  /**
   * The document is older than the board's record says, for example because its previous copy replaced a damaged file.
   * People have already been sent it. They reconnect to a room that reads the corrected record.
   */
  async #correctRecord(document: LiveDocument): Promise<LoadOutcome> {
    const { board } = this.#target;
    const { store, log } = this.#context;
    const { schema } = document;
    document.close();
    log.warn({ board, schema }, 'the document has an older schema than its record says');
    await store.changeBoard(board, (record) => ({ ...record, schema }));
    return { kind: 'closed', code: closeCode.restart, reason: 'restart' };
  }

  /** Builds the document from its bytes, unless it must not be opened. */
  #build(bytes: StoredDocument): LiveDocument | LoadOutcome {
    const { board, served } = this.#target;
    const { log, counters } = this.#context;
    const document = new LiveDocument(bytes, served, counters, this.#bounds);
    const isNewer = document.schema > served.schema.version;
    if (document.isWhole && !isNewer) return document;
    const { isWhole, schema } = document;
    document.close();
    if (isWhole) return this.#refuseNewer(schema);
    log.error({ board }, 'the stored document does not fit together; it is quarantined');
    return { kind: 'barred', bar: 'quarantined' };
  }

  #refuseNewer(schema: number): LoadOutcome {
    const { board, served } = this.#target;
    const known = served.schema.version;
    const fields = { board, code: 'newer-schema', schema, known };
    this.#context.log.error(fields, 'a newer release wrote this document; it is not opened');
    return { kind: 'barred', bar: 'newer-schema' };
  }

  #stored(bytes: StoredDocument, generation: number): Stored {
    const { name, served } = this.#target;
    const context = { ...this.#context, keepsVersions: served.includedIn.versions };
    return new Stored(name, bytes, generation, context, this.#tellFullness);
  }
}
