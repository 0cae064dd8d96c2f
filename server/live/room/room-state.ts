import type { RoomState } from '../contract.ts';
import type { DocumentFrame } from '../socket/acknowledgements.ts';
import type { Connection } from '../socket/connection.ts';
import type { Commits } from './commits.ts';
import type { LiveDocument } from './live-document.ts';
import type { Stored } from './persistence.ts';

/** A document in memory, and the commits that bring its edits to disk. */
export interface Open {
  readonly document: LiveDocument;
  readonly commits: Commits;
}

/** A frame that arrived before the document was in memory. Its sender is paused until then. */
export interface EarlyFrame {
  readonly from: Connection;
  readonly frame: DocumentFrame;
}

/** Why a document is not opened although its bytes exist. Also the reason of the close. */
export type Bar = 'quarantined' | 'newer-schema';

/** The document is being read. */
export interface Loading {
  readonly kind: 'loading';
  /** Set once the bytes are read and have the layout of this server. From then on, sync requests are answered. */
  stored: Stored | null;
  readonly open: null;
  readonly early: EarlyFrame[];
}

/** People work. */
export interface Live {
  readonly kind: 'live';
  readonly stored: Stored;
  readonly open: Open;
}

/** Nobody is in the room. It is saved, and leaves memory unless somebody joins. */
export interface Draining {
  readonly kind: 'draining';
  readonly stored: Stored;
  readonly open: Open;
}

/** The disk did not take a batch. The document is as the disk has it, and read-only until the disk recovers. */
export interface Failing {
  readonly kind: 'failing';
  /** Of the document before the failure, until it is read again. */
  stored: Stored;
  /** Null until the document is read again. */
  open: Open | null;
  readonly early: EarlyFrame[];
}

/**
 * The stored document does not fit together, or a newer release wrote it. Nobody is let in until an admin resets it to
 * a version, or that release is back.
 */
export interface Quarantined {
  readonly kind: 'quarantined';
  readonly stored: null;
  readonly open: null;
  readonly bar: Bar;
}

/** The room is closed. The next person who joins gets a new room, loaded from disk. */
export interface Absent {
  readonly kind: 'absent';
  readonly stored: null;
  readonly open: null;
}

/** What a room is doing, with what exists only while it does so. */
export type State = Loading | Live | Draining | Failing | Quarantined | Absent;

export type RoomLife = RoomState | 'absent';

/** The allowed transitions: docs/SYNC.md, section R. */
const next: Readonly<Record<State['kind'], readonly RoomLife[]>> = {
  absent: [],
  loading: ['live', 'failing', 'quarantined', 'absent'],
  live: ['draining', 'failing', 'absent'],
  draining: ['live', 'failing', 'absent'],
  failing: ['live', 'absent'],
  quarantined: ['absent'],
};

/** Holds the state of a room. Every transition goes through `become`. */
export class RoomStateMachine {
  #now: State = { kind: 'loading', stored: null, open: null, early: [] };

  get now(): State {
    return this.#now;
  }

  /** @throws if the transition is not allowed, which is a bug */
  become(state: State): void {
    const before = this.#now.kind;
    if (!mayFollow(before, state.kind))
      throw new Error(`A room cannot change from ${before} to ${state.kind}.`);
    this.#now = state;
  }
}

export function mayFollow(before: RoomLife, after: RoomLife): boolean {
  return next[before].includes(after);
}
