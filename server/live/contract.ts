import type { CloseCode, Control, Exceeded, Refusal } from '../../shared/wire/protocol.ts';
import type { Role } from '../../shared/roles.ts';
import type { Membership } from '../access/membership.ts';
import type { HeldRecord } from '../store/contract.ts';
import type { Line } from './socket/line.ts';
import type { Counters } from './counters.ts';

export type { Line };

/** What a room may be doing; one that is absent is none of these. */
export const roomStates = ['loading', 'live', 'draining', 'failing', 'quarantined'] as const;
export type RoomState = (typeof roomStates)[number];

/** Why a document takes no edits just now. */
export type ReadOnly = 'store' | 'frozen';

/** An update that the guard does not take, and why. */
export interface RefusedUpdate {
  readonly reason: Refusal;
  /** The number of the broken rule in docs/SYNC.md. */
  readonly rule: string;
  /** With the reason `allowance`: which. */
  readonly exceeded?: Exceeded;
}

/** A document that is open, as those who run the server see it. */
export interface RoomReport {
  readonly board: string;
  readonly document: string;
  readonly state: RoomState;
  readonly connections: number;
  /** Updates that are not on disk yet. */
  readonly unsaved: number;
  /** The size of the document as one update. */
  readonly bytes: number;
  readonly readOnly: ReadOnly | null;
  /** What the document is reckoned to take in memory. */
  readonly heapBytes: number;
  /** Whether it is proven that the server lost edits of it, and how many people's copies of such edits wait. */
  readonly lost: { readonly isProven: boolean; readonly people: number };
}

/** What is known of edits that a document lost and clients still have. */
export interface Loss {
  /** Whether a page has proven it, or the store knows. Without that the copies may be forged. */
  readonly isProven: boolean;
  readonly held: readonly HeldRecord[];
}

/** A socket that is open. */
export interface SocketReport {
  readonly id: string;
  readonly person: string;
  readonly role: Role;
  /** Since when, milliseconds since 1970 as the wall clock goes now. */
  readonly since: number;
  /** What it has been sent and has not read. */
  readonly bufferedBytes: number;
  /** Whether it reads so slowly that it will be sent one difference later. */
  readonly isBehind: boolean;
}

/** What is so at this moment, in contrast to what has been counted. */
export interface LiveGauges {
  readonly connections: number;
  readonly roomsByState: Readonly<Record<RoomState, number>>;
  /** Updates that are not on disk yet, of all rooms. */
  readonly unsaved: number;
  /** What the open documents are reckoned to take in memory, and may take. */
  readonly heapBytes: number;
  readonly heapBudgetBytes: number;
}

/** Is told how long things took, in seconds. */
export interface Observer {
  /** From the first update of a tick coming in until all of it was applied. */
  tick(seconds: number): void;
  /** From handing a batch to the store until it was on disk. */
  commit(seconds: number): void;
}

/** The boards that people are in just now: what the HTTP side may ask of the live side. */
export interface LiveBoards {
  /** Takes a socket into a document's room, if its member may read it. The socket is open and its seat verified. */
  join(membership: Membership, document: string, line: Line): void;
  /** Closes the sockets of a board that `which` picks by seat and socket id. Returns how many. */
  dismiss(
    board: string,
    which: (membership: Membership, socket: string) => boolean,
    code: CloseCode,
    reason: string,
  ): number;
  /** Tells everyone on a board that listens for control frames. */
  announce(board: string, control: Control): void;
  /** The colours of the people who are on the board now, without those on a certain device. */
  colorsTaken(board: string, except?: string): readonly string[];
  /** How many sockets a document of a board has open; without its name, the board in all. */
  socketCount(board: string, document?: string): number;
  /** How many devices have a socket on a board, in whichever documents, without a certain one. */
  devices(board: string, except?: string): number;
  /** Lets participants add as much as in a day once more: who has added too much was shut out. */
  relieve(board: string): void;
  /** The documents that are open, without those whose definition leaves them out. */
  report(): readonly RoomReport[];
  /** The sockets that a board has open. */
  sockets(board: string): readonly SocketReport[];
  /**
   * Makes the open documents of a board read-only, or writable again; people keep what they type, and it is
   * taken later. A room that opens reads it from the board's record.
   */
  freeze(board: string, frozen: boolean): void;
  /**
   * Opens a document where it is closed, so that what is stored of it has the layout of this server. Rejects where
   * the board takes nobody in.
   */
  open(board: string, document: string): Promise<void>;
  /**
   * Applies an update that the server made to a document, as its own; on disk when it resolves. Opens the room
   * where it is closed. Rejects where it cannot be written.
   */
  write(board: string, document: string, update: Uint8Array): Promise<void>;
  /** What is known of edits that a document lost. Opens the room where it is closed. */
  loss(board: string, document: string): Promise<Loss>;
  /**
   * Restores or discards the copies of lost edits that these people have. Resolves, when that is on disk, to whose
   * were decided about. Rejects where the document cannot be written.
   */
  settleLoss(
    board: string,
    document: string,
    people: readonly string[],
    how: 'restore' | 'discard',
  ): Promise<readonly string[]>;
  /**
   * Keeps a board closed, or opens it again: while it is closed nobody joins (1013 `repair`), whoever let them in,
   * and `write` rejects. Who is on it stays.
   */
  bar(board: string, isBarred: boolean): void;
  /**
   * Closes the rooms and sockets of a board with a code and forgets them; resolves when nothing of them is
   * under way.
   */
  evict(board: string, code: CloseCode, reason: string): Promise<void>;
  /** Counters since the start. */
  readonly counters: Readonly<Counters>;
  /** Asked when metrics are read. */
  readonly gauges: LiveGauges;
  /**
   * Commits, closes all sockets with 1012, spread out, and checkpoints while time remains. Resolves within
   * `deadlineMs`, whatever the store does.
   */
  close(deadlineMs?: number): Promise<void>;
}
