import type { Role } from '../../shared/roles.ts';
import type { StartView } from '../../shared/board/document.ts';

/** A link by which people join; its secret is kept as a hash only. */
export interface LinkRecord {
  readonly id: string;
  readonly role: Role;
  /** SHA-256 of the secret, base64url. */
  readonly hash: string;
  readonly createdAt: number;
  readonly revokedAt: number | null;
}

/** What is small and seldom changes: one file a board. Times are milliseconds since 1970. */
export interface BoardRecord {
  readonly id: string;
  readonly title: string;
  readonly template: string;
  readonly language: string;
  readonly start: StartView;
  readonly createdAt: number;
  readonly links: readonly LinkRecord[];
}

/** One Yjs update on its way to disk. */
export interface JournalEntry {
  /** `board/document`. */
  readonly room: string;
  /** Who wrote it; empty for the server itself. */
  readonly person: string;
  readonly update: Uint8Array;
}

/** All that is known of a document: a state as one update, and the updates since, in the order they came. */
export interface StoredDocument {
  readonly snapshot: Uint8Array | null;
  readonly updates: readonly Uint8Array[];
}

/**
 * Where boards live. Everything that must outlive the process goes through here, and each promise
 * that resolves means: on disk, it survives kill -9 at any instant.
 */
export interface Store {
  /** The board's record, or null where there is none. */
  board(id: string): Promise<BoardRecord | null>;
  /** Makes a board with the first state of its `board` document; rejects with `BoardExists`. */
  createBoard(record: BoardRecord, document: Uint8Array): Promise<void>;
  /** Replaces the record; changes to one board are done one after another. */
  changeBoard(id: string, change: (now: BoardRecord) => BoardRecord): Promise<BoardRecord | null>;
  /** Reads a document's state. A room that was never written reads as empty. */
  load(room: string): Promise<StoredDocument>;
  /**
   * Appends to the journal. Entries of one room are kept in the order of the calls. Once an append of a
   * room was rejected, so are later ones, since an update whose predecessor is missing could not be read:
   * until the room is loaded afresh, or a `checkpoint` has brought its full state.
   */
  append(entry: JournalEntry): Promise<void>;
  /**
   * Stores the full state of a document, after which the updates appended to it before this call need
   * not be kept. `state` must hold all of them.
   */
  checkpoint(room: string, state: Uint8Array): Promise<void>;
  /** Null while writing works; else why the store does not take writes just now. */
  readonly failure: Error | null;
  /** A secret of this installation, made once, to sign tokens with. */
  readonly secret: Uint8Array;
  /** Waits for what is under way and lets go of the folder. */
  close(): Promise<void>;
}

export class BoardExists extends Error {
  override readonly name = 'BoardExists';
}
