import { setImmediate as turn } from 'node:timers/promises';
import * as Y from 'yjs';
import type {
  BoardRecord,
  HeldRecord,
  JournalEntry,
  SessionRecord,
  Store,
  StoredDocument,
  VersionLabel,
} from '../../server/store/contract.ts';

/** Whether a rejected append leaves no trace, or may be on disk anyway, as after a failed fsync. */
export type Blip = 'lost' | 'unsure';

/** Turns of the event loop that an append may take beyond the disk's own time. */
const mostTurns = 3;

/**
 * A store whose disk is sometimes slow, fails and recovers. It knows what is on disk at each moment, so that tests can
 * compare that with what people are sent.
 */
export class UnsteadyStore implements Store {
  readonly #inner: Store;
  readonly #random: () => number;
  /** What is on disk, by room, and the deleted ranges in it, computed on demand. */
  readonly #onDisk = new Map<string, { readonly doc: Y.Doc; deleted: ReturnType<typeof deletedIn> | null }>();
  #failure: Error | null = null;
  #blips: Blip[] = [];
  /** Rejected appends that may be on disk: they are read again when the process restarts. */
  #ghosts: JournalEntry[] = [];

  constructor(inner: Store, random: () => number) {
    this.#inner = inner;
    this.#random = random;
  }

  get failure(): Error | null {
    return this.#failure ?? this.#inner.failure;
  }

  get secret(): Uint8Array {
    return this.#inner.secret;
  }

  /** Every append is rejected until `heal`. */
  fail(): void {
    this.#failure = new Error('no space left');
  }

  heal(): void {
    this.#failure = null;
    this.#blips = [];
  }

  /** The next append is rejected. */
  blip(blip: Blip): void {
    this.#blips.push(blip);
  }

  /** As if the store were reopened by a new process: appends that it was not sure of may be there. */
  async reopen(): Promise<void> {
    for (const ghost of this.#ghosts.splice(0)) {
      await this.#inner.append(ghost);
      this.#note(ghost.room, ghost.update);
    }
  }

  /** True if everything in an update is on disk, both additions and deletions. */
  has(room: string, update: Uint8Array): boolean {
    const known = this.#onDisk.get(room);
    if (!known) return false;
    const { structs, ds } = Y.decodeUpdate(update);
    for (const { id, length } of structs)
      if (id.clock + length > Y.getState(known.doc.store, id.client)) return false;
    const deleted = (known.deleted ??= deletedIn(known.doc));
    for (const [client, ranges] of ds.clients)
      for (const { clock, len } of ranges)
        for (let at = clock; at < clock + len; at++)
          if (!Y.isDeleted(deleted, Y.createID(client, at))) return false;
    return true;
  }

  async append(entry: JournalEntry): Promise<number> {
    const update = entry.update.slice();
    for (let i = Math.floor(this.#random() * mostTurns); i > 0; i--) await turn();
    const blip = this.#blips.shift();
    if (this.#failure) throw this.#failure;
    if (blip === 'unsure') this.#ghosts.push({ ...entry, update });
    if (blip) throw new Error('a write that failed');
    const sequence = await this.#inner.append(entry);
    this.#note(entry.room, update);
    return sequence;
  }

  async load(room: string): Promise<StoredDocument> {
    const stored = await this.#inner.load(room);
    for (const update of [stored.snapshot, ...stored.updates]) if (update) this.#note(room, update);
    return stored;
  }

  board(id: string) {
    return this.#inner.board(id);
  }

  boards() {
    return this.#inner.boards();
  }

  createBoard(record: BoardRecord, document: Uint8Array) {
    return this.#inner.createBoard(record, document);
  }

  changeBoard(id: string, change: (now: BoardRecord) => BoardRecord) {
    return this.#inner.changeBoard(id, change);
  }

  deleteBoard(id: string) {
    return this.#inner.deleteBoard(id);
  }

  session(board: string) {
    return this.#inner.session(board);
  }

  keepSession(board: string, record: SessionRecord) {
    return this.#inner.keepSession(board, record);
  }

  timedBoards() {
    return this.#inner.timedBoards();
  }

  checkpoint(room: string) {
    return this.#inner.checkpoint(room);
  }

  owners(room: string, version?: string) {
    return this.#inner.owners(room, version);
  }

  resetDocument(room: string, state: Uint8Array, owners?: ReadonlyMap<number, string>) {
    return this.#inner.resetDocument(room, state, owners);
  }

  held(room: string) {
    return this.#inner.held(room);
  }

  keepHeld(room: string, record: HeldRecord) {
    return this.#inner.keepHeld(room, record);
  }

  dropHeld(room: string, people: readonly string[]) {
    return this.#inner.dropHeld(room, people);
  }

  versions(room: string) {
    return this.#inner.versions(room);
  }

  keepVersion(room: string, label: VersionLabel) {
    return this.#inner.keepVersion(room, label);
  }

  readVersion(room: string, id: string) {
    return this.#inner.readVersion(room, id);
  }

  /** It outlives the live server, which may be opened on it again; the owner of the disk store closes that. */
  close(): Promise<void> {
    return Promise.resolve();
  }

  #note(room: string, update: Uint8Array): void {
    const known = this.#onDisk.get(room) ?? { doc: new Y.Doc(), deleted: null };
    this.#onDisk.set(room, known);
    Y.applyUpdate(known.doc, update);
    known.deleted = null;
  }
}

function deletedIn(doc: Y.Doc) {
  return Y.createDeleteSetFromStructStore(doc.store);
}
