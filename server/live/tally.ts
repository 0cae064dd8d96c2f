import type { Refusal } from '../../shared/protocol.ts';
import { refusals } from '../../shared/protocol.ts';

/** What the live side has done since it started: counters only, to be read by tests and metrics. */
export interface Tally {
  framesIn: number;
  bytesIn: number;
  framesOut: number;
  bytesOut: number;
  /** Frames that were no frames: sockets closed with 4400 or 4413. */
  malformedFrames: number;
  /** Updates that observers sent; dropped by type, never decoded. */
  observerUpdates: number;
  /** Updates of others that the guard let through. */
  updates: number;
  /** Updates held back because what they rest on was still to come. */
  heldUpdates: number;
  /** Refused updates by reason. */
  readonly refusals: Record<Refusal, number>;
  /** Transactions that are on disk, and those that the store would not take. */
  commits: number;
  failedCommits: number;
  presenceFrames: number;
  /** Presence entries that said nothing new, or were not the sender's to say. */
  presenceEchoes: number;
  /** Presence frames that a slow reader did not get. */
  presenceSkipped: number;
  /** Sockets closed because they read too slowly. */
  slowReaders: number;
  /** Full states encoded, against how often one was sent. */
  statesEncoded: number;
  statesSent: number;
}

export function newTally(): Tally {
  return {
    framesIn: 0,
    bytesIn: 0,
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
    slowReaders: 0,
    statesEncoded: 0,
    statesSent: 0,
  };
}
