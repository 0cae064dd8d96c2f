import type { Role } from '../../shared/roles.ts';
import type { StartView } from '../../shared/views.ts';

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
  /** 1 at first; raised by each reset, so that a copy from before it does not fill the board again. */
  readonly generation: number;
  /** Whether nobody may write for now. */
  readonly frozen: boolean;
  /**
   * The board's documents have at least this version of their layout; missing: 1. It is known before a document is in
   * memory. Only `meta.schema` of the document itself says which version it has.
   */
  readonly schema?: number;
}

/** One Yjs update on its way to disk. */
export interface JournalEntry {
  /** `board/document`. */
  readonly room: string;
  /** Who wrote it; empty for the server itself. */
  readonly person: string;
  readonly update: Uint8Array;
  /** The Yjs client ids that are seen for the first time in this update, and whose they are. */
  readonly owners?: ReadonlyMap<number, string>;
}

/** All that is known of a document: a state as one update, and the updates since, in the order they came. */
export interface StoredDocument {
  readonly snapshot: Uint8Array | null;
  readonly updates: readonly Uint8Array[];
  /** The last record of the room is not newer than this; 0 where it was never written. */
  readonly sequence: number;
  /** Whose each Yjs client id is, as far as entries have told. */
  readonly owners: ReadonlyMap<number, string>;
  /** Whether the store knows that it may have lost edits: a copy from before them serves, or part of the journal is damaged. */
  readonly isBehind: boolean;
}

/** A copy of edits that a client has and the document lacks: it waits until somebody decides about it. */
export interface HeldRecord {
  /** Whose client has them; there is one copy a person. */
  readonly person: string;
  readonly name: string;
  /** When it was kept, milliseconds since 1970. */
  readonly at: number;
  /** Whether this person's page has proven that the server lost edits. */
  readonly isProven: boolean;
  /** One Yjs update. */
  readonly update: Uint8Array;
}

/** A document as one update, with all records of the room up to `sequence` in it. */
export interface Checkpoint {
  readonly state: Uint8Array;
  readonly sequence: number;
}

export type VersionKind = 'automatic' | 'named' | 'before-restore';

/** What a version is to be kept as. */
export interface VersionLabel {
  readonly kind: VersionKind;
  /** Empty for an automatic one. */
  readonly name: string;
  /** Who asked for it; empty for the server. */
  readonly person: string;
}

/** A state of a document that is kept beside the present one. */
export interface VersionRecord extends VersionLabel {
  readonly id: string;
  /** When it was kept, milliseconds since 1970. */
  readonly at: number;
  /** What it takes on disk. */
  readonly bytes: number;
}

/**
 * Where boards live. Everything that must outlive the process goes through here, and each promise
 * that resolves means: on disk, it survives kill -9 at any instant.
 */
export interface Store {
  /** The board's record, or null where there is none. */
  board(id: string): Promise<BoardRecord | null>;
  /** The ids of all boards, in no order. Looks at every folder: for those who run the server, not for a request. */
  boards(): Promise<readonly string[]>;
  /** Makes a board with the first state of its `board` document; rejects with `BoardExists`, also where there was one. */
  createBoard(record: BoardRecord, document: Uint8Array): Promise<void>;
  /** Replaces the record; changes to one board are done one after another. Null where there is none. */
  changeBoard(id: string, change: (now: BoardRecord) => BoardRecord): Promise<BoardRecord | null>;
  /**
   * Removes a board with its documents and versions for good. Its id is never given again, and its rooms
   * take nothing more. The caller has closed them. False where there is none.
   */
  deleteBoard(id: string): Promise<boolean>;
  /** Reads a document's state. A room that was never written reads as empty. */
  load(room: string): Promise<StoredDocument>;
  /**
   * Appends to the journal, and resolves to the record's sequence, which rises with each. Entries of one
   * room are kept in the order of the calls. Once an append of a room was rejected, so are later ones,
   * since an update whose predecessor is missing could not be read: until the room is loaded afresh.
   */
  append(entry: JournalEntry): Promise<number>;
  /**
   * Merges what is stored of a document into one state, beside the main thread, and keeps that as its
   * snapshot, after which the records in it need not be kept. Null where the room was never written.
   */
  checkpoint(room: string): Promise<Checkpoint | null>;
  /** The copies of lost edits that wait for a decision. */
  held(room: string): Promise<readonly HeldRecord[]>;
  /** Keeps such a copy, in place of the one that there is of this person. */
  keepHeld(room: string, record: HeldRecord): Promise<void>;
  /** Lets go of the copies of these people. */
  dropHeld(room: string, people: readonly string[]): Promise<void>;
  /**
   * Whose each Yjs client id is: of the document as it is stored now, or of one of its versions (empty where that
   * is not kept). It only reads: unlike `load` it does not let appends begin again after one was rejected.
   */
  owners(room: string, version?: string): Promise<ReadonlyMap<number, string>>;
  /**
   * Replaces a document by a state: nothing that was stored of it before counts any more. The caller has closed
   * the room. `owners`: whose each client id is from now on; left out, that stays as it was. State and owners
   * change in one step: a crash leaves the old ones or the new ones.
   */
  resetDocument(room: string, state: Uint8Array, owners?: ReadonlyMap<number, string>): Promise<void>;
  /** The versions that are kept of a document, newest first. */
  versions(room: string): Promise<readonly VersionRecord[]>;
  /** Keeps the state that is stored now; of the automatic versions old ones may go. Null where the room was never written. */
  keepVersion(room: string, label: VersionLabel): Promise<VersionRecord | null>;
  /** The state of a version as one update; null where it is not kept, or cannot be read any more. */
  readVersion(room: string, id: string): Promise<Uint8Array | null>;
  /** Null while writing works; else why the store does not take writes just now. */
  readonly failure: Error | null;
  /** What waits in the journal, in bytes; left out where a store has none. */
  readonly journalBytes?: number;
  /** A secret of this installation, made once, to sign tokens with. */
  readonly secret: Uint8Array;
  /** Waits for what is under way and lets go of the folder. */
  close(): Promise<void>;
}

export class BoardExists extends Error {
  override readonly name = 'BoardExists';
}
