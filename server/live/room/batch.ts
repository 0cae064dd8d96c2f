import type { Clock } from '../clock.ts';
import type { Connection } from '../socket/connection.ts';
import type { Control } from '../../../shared/wire/protocol.ts';
import type { Pass, Refuse } from '../guard/guard.ts';
import type { PutBackLimits } from './put-back-limits.ts';
import { nobody } from '../guard/owners.ts';
import type { PendingFrame, PendingChange } from './pending-changes.ts';
import type { LiveDocument } from './live-document.ts';
import type { DocumentFrame } from '../socket/acknowledgements.ts';
import type { Recovery } from '../recovery/recovery.ts';
import type { Counters } from '../counters.ts';
import { answerBytesPerMs, freeCommitMs, maxBatchBytes, maxBatchEffort, untoldEffort } from '../limits.ts';
import { isEmptyUpdate } from '../socket/wire.ts';

/** What one transaction did. */
export interface Batch {
  /** Null if it changed nothing. */
  readonly update: Uint8Array | null;
  /** The senders of the handled frames. They are acknowledged when the batch is on disk. */
  readonly senders: ReadonlySet<Connection>;
  /** Frames that were put back, and whom to tell when the batch is on disk. */
  readonly putBacks: readonly ToldPutBack[];
  /** The connection that made the whole update and need not be sent it; null if several made it. */
  readonly soleAuthor: Connection | null;
  /** True if people made any of it. */
  readonly isEdit: boolean;
  /** The person who made it, for the journal; empty if several people or the server made it. */
  readonly person: string;
  /** The owners of the client ids seen for the first time; null if there are none. */
  readonly owners: ReadonlyMap<number, string> | null;
  /** The new clock of each client id that was written under. */
  readonly clocks: ReadonlyMap<number, number>;
  /** Frames not judged because the batch cost enough or their senders are in debt, in the order of arrival. */
  readonly left: readonly PendingFrame[];
  /** The time of the transaction apart from its frames, in milliseconds. Grows with the document's client ids. */
  readonly overheadMs: number;
}

/** A frame that was put back. */
export interface ToldPutBack {
  readonly to: Connection;
  readonly control: Extract<Control, { kind: 'put-back' }>;
}

interface BatchContext {
  readonly recovery: Recovery;
  readonly counters: Counters;
  /** The number of sockets that get the update. */
  readonly receivers: number;
  /** Measures what people pay for. */
  readonly clock: Clock;
  readonly putBackLimits: PutBackLimits;
  readonly refused: (board: string, person: string, rule: string) => void;
}

/**
 * Judges and applies changes in order, in one transaction. Each verdict depends on the changes before it. A refused
 * sender is closed at once. The frames of a sender in debt wait, in order. So do all frames once the batch has cost
 * enough.
 * @throws if an update that passed was not applied completely; the document must then be dropped
 */
export function applyChanges(
  document: LiveDocument,
  changes: readonly PendingChange[],
  { recovery, counters, receivers, clock, putBackLimits, refused }: BatchContext,
): Batch {
  const authors = new Set<Connection>();
  const senders = new Set<Connection>();
  const owners = new Map<number, string>();
  const writers = new Set<number>();
  const restored = new Set<PendingChange>();
  const putBacks: ToldPutBack[] = [];

  function apply(update: Uint8Array, verdict: Pass): void {
    document.apply(update, verdict);
    for (const writer of verdict.writers) writers.add(writer);
    verdict.owners?.forEach((person, client) => owners.set(client, person));
  }
  const frames = changes.filter((change) => change.kind === 'frame');
  const left: PendingFrame[] = [];
  /** Microseconds. */
  let effort = 0;
  /** Total size of the applied updates. */
  let bytes = 0;

  function applyFrames(): void {
    for (let i = 0; i < frames.length; i++) {
      const change = frames[i];
      if (!change || change.from.wasRefused) continue;
      const isFull = effort >= maxBatchEffort || bytes >= maxBatchBytes;
      if (isFull || change.from.owes > 0) left.push(change);
      else {
        const released = applyFrame(change);
        if (released.length > 0) frames.splice(i + 1, 0, ...released);
      }
    }
  }

  /** Returns held frames that can be tried now. They come before all other frames of this sender. */
  function applyFrame({ from, frame }: PendingFrame): readonly PendingFrame[] {
    if (!isEmptyUpdate(frame.update)) {
      const began = clock.now();
      if (recovery.mustHold(document, from, frame)) {
        hold(from, frame, 'G4');
        chargeSince(from, began);
        return [];
      }
      const isStale = frame.isStep2 && from.isStale;
      const verdict = document.judge(frame.update, from.membership, from.since, isStale);
      if (verdict.kind === 'refuse') {
        const isWaiting = verdict.reason === 'missing-dependency' && !from.isHeld && mayWait(from, frame);
        const isHeld = !isWaiting && recovery.holds(document, from, frame, verdict);
        if (isHeld) hold(from, frame, verdict.rule);
        // A refused or waiting update costs time too, so its sender pays, even after a reconnect.
        chargeSince(from, began);
        if (isWaiting || isHeld) return [];
        counters.refusals[verdict.reason]++;
        refused(from.membership.board, from.membership.person, verdict.rule);
        if (putBack(from, frame, verdict)) return finish(from, frame);
        from.refuse(verdict);
        return [];
      }
      counters.updates++;
      if (verdict.hasEffect) {
        bytes += frame.update.length;
        apply(frame.update, verdict);
        authors.add(from);
        if (frame.isStep2) recovery.hasCome();
      }
      // If the clock says far more, the tariff has missed something expensive, so the measured time counts.
      const cost = Math.max(verdict.weight, (clock.now() - began) * 1000 - untoldEffort);
      effort += cost;
      // Delivery costs too: the operating system copies the update for each receiver.
      const toAllMs = verdict.hasEffect ? (frame.update.length * receivers) / answerBytesPerMs : 0;
      from.charge('work', cost / 1000 + toAllMs);
    }
    return finish(from, frame);
  }

  /** Returns held frames that can be tried now. */
  function finish(from: Connection, frame: DocumentFrame): readonly PendingFrame[] {
    if (from.isHeld && from.acknowledgements.isOffer(frame)) recovery.released(from);
    senders.add(from);
    return from.acknowledgements.done(frame).map((held) => ({ kind: 'frame', from, frame: held }));
  }

  /** Puts a refused update back. Returns false if its sender must be closed instead. */
  function putBack(from: Connection, frame: DocumentFrame, verdict: Refuse): boolean {
    const { reason, rule, exceeded, putBack } = verdict;
    if (!from.takesPutBacks || !putBack) return false;
    const { board, device } = from.membership;
    if (!putBackLimits.take(`${board}/${device}`)) return false;
    const done = document.putBack(frame.update, { ...verdict, putBack }, from.membership, from.since);
    if (done === null) return false;
    from.charge('work', putBack.weight / 1000);
    for (const writer of putBack.writers) writers.add(writer);
    putBack.owners?.forEach((person, client) => owners.set(client, person));
    const anew = done === 'emptied';
    from.isStale ||= anew;
    const places = [...putBack.places];
    putBacks.push({
      to: from,
      control: { kind: 'put-back', frame: frame.number, reason, rule, places, anew, ...exceeded },
    });
    return true;
  }

  function chargeSince(from: Connection, began: number): void {
    const tookMs = clock.now() - began;
    effort += tookMs * 1000;
    from.charge('work', tookMs);
  }

  /**
   * The document lacks what the frame builds on, or others made it. Applies the sender's own part and keeps the rest.
   */
  function hold(from: Connection, frame: DocumentFrame, rule: string): void {
    const part = recovery.hold(document, from, frame, rule);
    if (!part) return;
    apply(part.update, part.verdict);
    counters.updates++;
    authors.add(from);
  }

  function restore(change: Extract<PendingChange, { kind: 'restored' }>): void {
    const { update, ownerOf, judged } = change;
    const verdict = document.guard.judgeRestored(update);
    judged(verdict.kind === 'pass');
    if (verdict.kind === 'refuse' || !verdict.hasEffect) return;
    const areBack = document.work.restoring();
    const isNew = new Set(verdict.writers.filter((client) => document.clockOf(client) === 0));
    const servers = document.guard.serversIn(verdict.changes);
    apply(update, verdict);
    areBack();
    restored.add(change);
    for (const client of verdict.writers) {
      const owner = ownerOf(client);
      if (owner !== null) document.guard.owners.assign(client, owner);
      else if (isNew.has(client) && !servers.has(client)) document.guard.owners.open(client);
      else continue;
      owners.set(client, owner ?? nobody);
    }
  }

  /** A client that reconnects may type before it offers its offline edits. Such frames wait for the offer. */
  function mayWait({ acknowledgements }: Connection, frame: DocumentFrame): boolean {
    if (acknowledgements.hasOffered || acknowledgements.isOffer(frame) || !acknowledgements.hold(frame))
      return false;
    counters.heldUpdates++;
    return true;
  }

  /**
   * Charges the senders for the time of the transaction apart from the frames. Yjs goes through all client ids of a
   * document several times, so that each edit of a document with thousands takes milliseconds.
   */
  function chargeRest(overheadMs: number): void {
    const each = (overheadMs - freeCommitMs) / senders.size;
    if (each > 0) for (const sender of senders) sender.charge('work', each);
  }

  const ownClock = document.ownClock;
  const began = clock.now();
  const update = document.change(() => {
    applyFrames();
    for (const change of changes) if (change.kind === 'restored') restore(change);
    for (const change of changes) if (change.kind === 'own') change.edit(document);
    document.work.finish();
  });
  const overheadMs = clock.now() - began - effort / 1000;
  chargeRest(overheadMs);
  if (!document.isWhole) throw new Error('An update that passed the guard left a gap in the document.');
  const hasOwn = document.ownClock > ownClock;
  if (hasOwn) writers.add(document.doc.clientID);
  // The server's own clock is not enough: its change may only delete, or bring structs of another client id.
  const isFramesOnly = changes.every(({ kind }) => kind === 'frame');
  const [author] = authors;
  const people = new Set([...authors].map(({ membership }) => membership.person));
  return {
    update,
    senders,
    putBacks,
    // The author of what was put back must be sent that it is gone.
    soleAuthor:
      authors.size === 1 && !hasOwn && isFramesOnly && putBacks.length === 0 && author ? author : null,
    isEdit: authors.size > 0 || restored.size > 0,
    person: people.size === 1 && author ? author.membership.person : '',
    owners: owners.size > 0 ? owners : null,
    clocks: new Map([...writers].map((client) => [client, document.clockOf(client)])),
    left,
    overheadMs,
  };
}
