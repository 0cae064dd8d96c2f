import type { CloseCode, Control, Exceeded, Refusal } from '../../shared/wire/protocol.ts';
import type { Role } from '../../shared/roles.ts';
import type { Policy } from '../../shared/session/policy.ts';
import type { Membership } from '../access/membership.ts';
import type { HeldRecord } from '../store/contract.ts';
import type { Line } from './socket/line.ts';
import type { Counters } from './counters.ts';

export type { Line };

/** The states of an open room. A closed room has none. */
export const roomStates = ['loading', 'live', 'draining', 'failing', 'quarantined'] as const;
export type RoomState = (typeof roomStates)[number];

/** Why a document takes no edits at the moment. */
export type ReadOnly = 'store' | 'frozen';

/** Why the guard refused an update. */
export interface RefusedUpdate {
  readonly reason: Refusal;
  /** The number of the broken rule in docs/SYNC.md. */
  readonly rule: string;
  /** For the reason `allowance`: which allowance. */
  readonly exceeded?: Exceeded;
}

/** What a board's session says of its people, as it is now. */
export interface BoardRules {
  /** What participants may do. */
  readonly policy: Policy;
  /** People whose role differs from that of their link. */
  readonly roles: Readonly<Record<string, Role>>;
}

/** An open document, as reported to admins. */
export interface RoomReport {
  readonly board: string;
  readonly document: string;
  readonly state: RoomState;
  readonly connections: number;
  /** Updates that are not on disk yet. */
  readonly unsaved: number;
  /** Size of the document, encoded as one update. */
  readonly bytes: number;
  readonly readOnly: ReadOnly | null;
  /** Estimated memory of the document, in bytes. */
  readonly heapBytes: number;
  /** True if a loss of edits is proven, and the number of people with held copies of such edits. */
  readonly lost: { readonly isProven: boolean; readonly people: number };
}

/** Edits that a document lost and clients still have. */
export interface Loss {
  /** True if a page has proven the loss, or the store knows of it. Otherwise the copies may be forged. */
  readonly isProven: boolean;
  readonly held: readonly HeldRecord[];
}

/** An open socket. */
export interface SocketReport {
  readonly id: string;
  readonly person: string;
  readonly role: Role;
  /** When it was opened, in milliseconds since 1970 by the current wall clock. */
  readonly since: number;
  /** Bytes that were sent and not read yet. */
  readonly bufferedBytes: number;
  /** True if it reads so slowly that it gets one difference later. */
  readonly isBehind: boolean;
}

/** Current values, as opposed to counters. */
export interface LiveGauges {
  readonly connections: number;
  readonly roomsByState: Readonly<Record<RoomState, number>>;
  /** Updates of all rooms that are not on disk yet. */
  readonly unsaved: number;
  /** Estimated memory of the open documents, and its limit, in bytes. */
  readonly heapBytes: number;
  readonly heapBudgetBytes: number;
}

/** Receives durations, in seconds. */
export interface Observer {
  /** From the arrival of a tick's first update until the whole tick is applied. */
  tick(seconds: number): void;
  /** From the call of the store until the batch is on disk. */
  commit(seconds: number): void;
}

/** What rooms ask the workshop sessions of boards. */
export interface RoomSessions {
  /** Loads the session of a board whose room opens. Resolves to whether the session freezes the board. */
  open(board: string): Promise<{ readonly isFrozen: boolean }>;
  /** True if the session keeps this person out now. */
  isRemoved(membership: Membership): boolean;
  /** The `session` frame for a socket that joins; null if the session is not loaded. */
  frameFor(membership: Membership): Control | null;
  /** Adds a refused change to the log that facilitators read. `rule`: its number in docs/SYNC.md. */
  noteRefused(membership: Membership, rule: string): void;
}

/** The open boards: the interface of the live server for HTTP routes. */
export interface LiveBoards {
  /** Adds an open socket with a verified membership to a document's room, if its member may read the document. */
  join(membership: Membership, document: string, line: Line): void;
  /** Closes the sockets of a board that `which` selects by membership and socket id. Returns their number. */
  dismiss(
    board: string,
    which: (membership: Membership, socket: string) => boolean,
    code: CloseCode,
    reason: string,
  ): number;
  /** Sends a control frame to all sockets of a board that support control frames. */
  announce(board: string, control: Control): void;
  /**
   * Sets the rules of a board's session for its open rooms: at once for roles, and for the policy 2 s later where it
   * allows less than before. `bindsAtOnce`: without that grace. A room that opens asks for the rules itself.
   */
  govern(board: string, rules: BoardRules, bindsAtOnce: boolean): void;
  /**
   * Sends each socket of a board that supports control frames the one that `which` selects by its membership, with the
   * role of the link. The same object is encoded once.
   */
  tellEach(board: string, which: (membership: Membership) => Control): void;
  /** The colours of the people on the board, except those on the device `except`. */
  colorsTaken(board: string, except?: string): readonly string[];
  /** The number of sockets of a document, or of the whole board without `document`. */
  socketCount(board: string, document?: string): number;
  /** The number of devices with a socket in any document of a board, without the device `except`. */
  devices(board: string, except?: string): number;
  /** Resets the daily allowances of participants, so that people who reached them can add again. */
  relieve(board: string): void;
  /** The open documents, without those whose definition excludes them from reports. */
  report(): readonly RoomReport[];
  /** The open sockets of a board. */
  sockets(board: string): readonly SocketReport[];
  /**
   * Makes the open documents of a board read-only, or writable again. People keep what they type, and the server takes
   * it later. A room that opens reads the flag from the board's record, and asks the session.
   */
  freeze(board: string, frozen: boolean): void;
  /**
   * Opens a document if it is closed, which migrates its stored state to this server's layout. Rejects if the board
   * takes nobody in.
   */
  open(board: string, document: string): Promise<void>;
  /**
   * Applies an update as an edit of the server. Resolves when it is on disk. Opens the room if it is closed. Rejects if
   * the document cannot be written.
   */
  write(board: string, document: string, update: Uint8Array): Promise<void>;
  /** Returns the edits that a document lost. Opens the room if it is closed. */
  loss(board: string, document: string): Promise<Loss>;
  /**
   * Restores or discards these people's copies of lost edits. Resolves, when that is on disk, to the people whose
   * copies were decided on. Rejects if the document cannot be written.
   */
  settleLoss(
    board: string,
    document: string,
    people: readonly string[],
    how: 'restore' | 'discard',
  ): Promise<readonly string[]>;
  /**
   * Keeps a board closed, or opens it again. While it is closed, nobody can join (1013 `repair`), including those
   * already admitted, and `write` rejects. Connected people stay.
   */
  bar(board: string, isBarred: boolean): void;
  /** Closes the rooms and sockets of a board with a code. Resolves when none of their work is pending. */
  evict(board: string, code: CloseCode, reason: string): Promise<void>;
  /** Counters since the start. */
  readonly counters: Readonly<Counters>;
  /** Evaluated when metrics are read. */
  readonly gauges: LiveGauges;
  /**
   * Commits, closes all sockets with 1012 one by one, and checkpoints while time remains. Resolves within `deadlineMs`,
   * whatever the store does.
   */
  close(deadlineMs?: number): Promise<void>;
}
