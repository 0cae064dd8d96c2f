import type { Refusal } from '../../shared/wire/protocol.ts';
import { refusals } from '../../shared/wire/protocol.ts';

/** What the live side has done since it started: counters only, to be read by tests and metrics. */
export interface Counters {
  framesIn: number;
  /** On the wire, headers included. */
  bytesIn: number;
  /** Pings, pongs, and fragments so small that they are counted as such. */
  pingsIn: number;
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
  /** Ticks of presence that had to leave some for the next one. */
  presenceThinned: number;
  /** Readers that were sent one difference in place of many updates, and those that were cut off. */
  readersBehind: number;
  slowReaders: number;
  /** Times that a sender was not read for a while, because it sent too much. */
  delays: number;
  /** Full states sent, made of stored bytes; and answers to other state vectors that had to be encoded. */
  statesSent: number;
  differencesEncoded: number;
  /** States merged in the thread apart. */
  checkpoints: number;
  /** Updates not taken because the document was read-only; they are asked for again. */
  deferredUpdates: number;
  /** Offers with edits of others that the document lacks: kept aside, and proof of nothing by themselves. */
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
