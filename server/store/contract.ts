import type { Role } from '../../shared/roles.ts';
import type { Agenda } from '../../shared/session/agenda.ts';
import type { IdlePolicy } from '../../shared/session/policy.ts';
import type { Session } from '../../shared/session/session.ts';
import type { SessionRefusal } from '../../shared/session/transitions.ts';
import type { LogLine } from '../../shared/session/view.ts';
import type { StartView } from '../../shared/views.ts';

/** An invitation link. Only a hash of its secret is stored. */
export interface LinkRecord {
  readonly id: string;
  readonly role: Role;
  /** SHA-256 of the secret, base64url. */
  readonly hash: string;
  readonly createdAt: number;
  readonly revokedAt: number | null;
}

/** Small data that seldom changes: one file per board. Times are milliseconds since 1970. */
export interface BoardRecord {
  readonly id: string;
  readonly title: string;
  readonly template: string;
  readonly language: string;
  readonly start: StartView;
  readonly createdAt: number;
  readonly links: readonly LinkRecord[];
  /** Starts at 1 and rises with each reset, so that no older copy brings back what was reset. */
  readonly generation: number;
  /** True while nobody may write. */
  readonly frozen: boolean;
  /**
   * The minimum layout version of the board's documents; 1 if missing. It is known before a document is in memory. Only
   * the document's own `meta.schema` says which version it has.
   */
  readonly schema?: number;
  /**
   * What participants may do until a facilitator says otherwise; `everything` if missing, as on boards from before
   * there were sessions.
   */
  readonly idle?: IdlePolicy;
}

/** A person who has joined a board, whether or not they are there now. */
export interface KnownPerson {
  readonly person: string;
  /** The role of the link that they joined with. */
  readonly role: Role;
  readonly link: string;
}

/** The answer to a command: the version of the session that it made, or why it was refused. */
export type CommandAnswer =
  | { readonly id: string; readonly version: number }
  | { readonly id: string; readonly refused: SessionRefusal };

/** The workshop session of a board with its agenda, which change in one step. */
export interface SessionRecord {
  readonly agenda: Agenda;
  readonly session: Session;
  /** In the order in which they joined. */
  readonly people: readonly KnownPerson[];
  /** Oldest first. */
  readonly log: readonly LogLine[];
  /** Oldest first. */
  readonly answers: readonly CommandAnswer[];
}

/** What is stored of a board's session. */
export interface StoredSession {
  /** Null if no session was ever stored, or none of the stored ones can be read. */
  readonly record: SessionRecord | null;
  /** True if a newer record existed and was damaged. */
  readonly isBehind: boolean;
}

/** One Yjs update to be written to disk. */
export interface JournalEntry {
  /** `board/document`. */
  readonly room: string;
  /** The person who wrote it; empty for the server. */
  readonly person: string;
  readonly update: Uint8Array;
  /** The Yjs client ids that this update uses for the first time, with their owners. */
  readonly owners?: ReadonlyMap<number, string>;
}

/** Everything stored of a document: a state as one update, and the later updates in order. */
export interface StoredDocument {
  readonly snapshot: Uint8Array | null;
  readonly updates: readonly Uint8Array[];
  /** The room's last record is not newer than this; 0 if the room was never written. */
  readonly sequence: number;
  /** The owner of each Yjs client id, as far as entries say. */
  readonly owners: ReadonlyMap<number, string>;
  /** True if the store knows that it may have lost edits: it uses an older copy, or part of the journal is damaged. */
  readonly isBehind: boolean;
}

/** A copy of edits that a client has and the document lacks. It is held until somebody decides about it. */
export interface HeldRecord {
  /** The person whose client has them. There is one copy per person. */
  readonly person: string;
  readonly name: string;
  /** When it was stored, in milliseconds since 1970. */
  readonly at: number;
  /** True if this person's page has proven that the server lost edits. */
  readonly isProven: boolean;
  /** One Yjs update. */
  readonly update: Uint8Array;
}

/** A document as one update that includes all records of the room up to `sequence`. */
export interface Checkpoint {
  readonly state: Uint8Array;
  readonly sequence: number;
}

export type VersionKind = 'automatic' | 'named' | 'before-restore';

/** The kind, name and author of a version. */
export interface VersionLabel {
  readonly kind: VersionKind;
  /** Empty for an automatic version. */
  readonly name: string;
  /** The person who asked for it; empty for the server. */
  readonly person: string;
}

/** A stored earlier state of a document. */
export interface VersionRecord extends VersionLabel {
  readonly id: string;
  /** When it was stored, in milliseconds since 1970. */
  readonly at: number;
  /** Its size on disk. */
  readonly bytes: number;
}

/**
 * Stores boards. All data that must outlive the process goes through this interface. A promise that resolves means that
 * the data is on disk and survives kill -9 at any moment.
 */
export interface Store {
  /** The board's record, or null if there is none. */
  board(id: string): Promise<BoardRecord | null>;
  /** The ids of all boards, in any order. Reads every folder, so it is for admins and not for each request. */
  boards(): Promise<readonly string[]>;
  /**
   * Creates a board with the first state of its `board` document. Rejects with `BoardExists` if there is, or ever was,
   * a board with this id.
   */
  createBoard(record: BoardRecord, document: Uint8Array): Promise<void>;
  /** Replaces the record; changes to one board run in order. Returns null if there is none. */
  changeBoard(id: string, change: (now: BoardRecord) => BoardRecord): Promise<BoardRecord | null>;
  /**
   * Deletes a board with its documents and versions for good. Its id is never used again, and its rooms take no more
   * writes. The caller has closed them. Returns false if there is no such board.
   */
  deleteBoard(id: string): Promise<boolean>;
  /** Reads a board's session. A board without one, and an unknown board, have the record null. */
  session(board: string): Promise<StoredSession>;
  /**
   * Replaces a board's session, as a whole: after a crash it is the old or the new one. Calls for one board run in
   * order. Rejects if there is no such board.
   */
  keepSession(board: string, record: SessionRecord): Promise<void>;
  /**
   * The boards whose timers may be running, in any order. Includes each board whose stored session has a running timer.
   * Reads no board's folder, so it is fast at start.
   */
  timedBoards(): Promise<readonly string[]>;
  /** Reads a document's state. A room that was never written is empty. */
  load(room: string): Promise<StoredDocument>;
  /**
   * Appends to the journal. Resolves to the record's sequence, which rises with each record. Entries of one room keep
   * the order of the calls. After one append of a room was rejected, all later ones are too, because an update without
   * its predecessor is unreadable. They work again after the room is loaded again.
   */
  append(entry: JournalEntry): Promise<number>;
  /**
   * Merges everything stored of a document into one state, off the main thread, and stores that as its snapshot. The
   * records in it are then no longer needed. Returns null if the room was never written.
   */
  checkpoint(room: string): Promise<Checkpoint | null>;
  /** The copies of lost edits that wait for a decision. */
  held(room: string): Promise<readonly HeldRecord[]>;
  /** Stores such a copy, and replaces this person's earlier one. */
  keepHeld(room: string, record: HeldRecord): Promise<void>;
  /** Removes the copies of these people. */
  dropHeld(room: string, people: readonly string[]): Promise<void>;
  /**
   * The owner of each Yjs client id in the stored document, or in one of its versions (empty if there is no such
   * version). Only reads: unlike `load`, it does not reset a rejected room.
   */
  owners(room: string, version?: string): Promise<ReadonlyMap<number, string>>;
  /**
   * Replaces a document by a state; nothing stored of it before counts any more. The caller has closed the room.
   * `owners`: the new owners of client ids; if omitted, they stay. State and owners change in one step: after a crash,
   * both are old or both are new.
   */
  resetDocument(room: string, state: Uint8Array, owners?: ReadonlyMap<number, string>): Promise<void>;
  /** The stored versions of a document, newest first. */
  versions(room: string): Promise<readonly VersionRecord[]>;
  /**
   * Stores the current stored state as a version, and may remove old automatic ones. Returns null if the room was never
   * written.
   */
  keepVersion(room: string, label: VersionLabel): Promise<VersionRecord | null>;
  /** The state of a version as one update; null if there is none, or it is damaged. */
  readVersion(room: string, id: string): Promise<Uint8Array | null>;
  /** Null while the store takes writes; else the reason why not. */
  readonly failure: Error | null;
  /** Bytes in the journal; undefined for a store without one. */
  readonly journalBytes?: number;
  /** This installation's secret, created once, for signing tokens. */
  readonly secret: Uint8Array;
  /** Waits for pending work and releases the folder. */
  close(): Promise<void>;
}

export class BoardExists extends Error {
  override readonly name = 'BoardExists';
}
