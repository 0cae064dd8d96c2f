import type { Refusal } from '../../shared/wire/protocol.ts';
import { refusals } from '../../shared/wire/protocol.ts';

/** Counters of the live server since its start, for tests and metrics. */
export interface Counters {
  framesIn: number;
  /** On the wire, headers included. */
  bytesIn: number;
  /** Pings, pongs, and fragments small enough to count as pings. */
  pingsIn: number;
  framesOut: number;
  bytesOut: number;
  /** Malformed frames: sockets closed with 4400 or 4413. */
  malformedFrames: number;
  /** Updates of observers, dropped by message type without decoding. */
  observerUpdates: number;
  /** Updates that the guard accepted. */
  updates: number;
  /** Updates held until the updates they depend on arrived. */
  heldUpdates: number;
  /** Refused updates by reason. */
  readonly refusals: Record<Refusal, number>;
  /** Transactions on disk, and transactions that the store failed to write. */
  commits: number;
  failedCommits: number;
  presenceFrames: number;
  /** Presence entries that were not new, or not the sender's own. */
  presenceEchoes: number;
  /** Presence frames that a slow reader did not get. */
  presenceSkipped: number;
  /** Presence ticks that left entries for the next tick. */
  presenceThinned: number;
  /** Readers that got one difference instead of many updates, and readers that were closed. */
  readersBehind: number;
  slowReaders: number;
  /** Times that a sender was paused because it sent too much. */
  delays: number;
  /** Full states sent from stored bytes, and differences encoded for other state vectors. */
  statesSent: number;
  differencesEncoded: number;
  /** States merged on the worker thread. */
  checkpoints: number;
  /** Updates not taken because the document was read-only. The server asks for them again. */
  deferredUpdates: number;
  /** Offers with edits of others that the document lacks. They are held, and prove nothing by themselves. */
  offersHeld: number;
  /** Times that a mark proved that the server had lost edits. */
  lossesProven: number;
}

export function newCounters(): Counters {
  return {
    framesIn: 0,
    bytesIn: 0,
    pingsIn: 0,
    framesOut: 0,
    bytesOut: 0,
    malformedFrames: 0,
    observerUpdates: 0,
    updates: 0,
    heldUpdates: 0,
    refusals: Object.fromEntries(refusals.map((reason) => [reason, 0])) as Record<Refusal, number>,
    commits: 0,
    failedCommits: 0,
    presenceFrames: 0,
    presenceEchoes: 0,
    presenceSkipped: 0,
    presenceThinned: 0,
    readersBehind: 0,
    slowReaders: 0,
    delays: 0,
    statesSent: 0,
    differencesEncoded: 0,
    checkpoints: 0,
    deferredUpdates: 0,
    offersHeld: 0,
    lossesProven: 0,
  };
}
