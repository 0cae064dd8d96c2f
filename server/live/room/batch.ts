import type { Connection } from '../socket/connection.ts';
import type { Pass } from '../guard/guard.ts';
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
  /** Null where it changed nothing. */
  readonly update: Uint8Array | null;
  /** Whose frames were dealt with: they are told when it is on disk. */
  readonly senders: ReadonlySet<Connection>;
  /** The only one who need not be sent the update, having made all of it; null where several did. */
  readonly soleAuthor: Connection | null;
  /** Whether people made any of it. */
  readonly isEdit: boolean;
  /** Who made it, for the journal; empty where several did, or the server. */
  readonly person: string;
  /** The client ids that were seen for the first time, and whose they are; null where there are none. */
  readonly owners: ReadonlyMap<number, string> | null;
  /** How far each client id is that was written under. */
  readonly clocks: ReadonlyMap<number, number>;
  /** What was not judged: the batch cost enough, or its senders are in debt. In the order in which it came. */
  readonly left: readonly PendingFrame[];
  /** What the transaction took beside its frames, in milliseconds: it grows with the client ids of the document. */
  readonly overheadMs: number;
}

/**
 * Judges and applies letters, one after another, in one transaction: each verdict rests on what came
 * before. Who is refused is closed on the way. Whoever is in debt waits, and what comes behind in the inbox from
 * the same sender with it; so does everything once the batch has cost enough.
 * @throws where an update that passed did not go in whole: the document is then worth nothing any more
 */
export function applyChanges(
  document: LiveDocument,
  letters: readonly PendingChange[],
  { recovery, counters, receivers }: { recovery: Recovery; counters: Counters; receivers: number },
): Batch {
  const authors = new Set<Connection>();
  const senders = new Set<Connection>();
  const owners = new Map<number, string>();
  const writers = new Set<number>();
  const restored = new Set<PendingChange>();

  function apply(update: Uint8Array, verdict: Pass): void {
    document.apply(update, verdict);
    for (const writer of verdict.writers) writers.add(writer);
    verdict.owners?.forEach((person, client) => owners.set(client, person));
  }
  const frames = letters.filter((letter) => letter.kind === 'frame');
  const left: PendingFrame[] = [];
  /** Microseconds. */
  let effort = 0;
  /** Of the updates that are in it. */
  let bytes = 0;

  function applyFrames(): void {
    for (let i = 0; i < frames.length; i++) {
      const letter = frames[i];
      if (!letter || letter.from.wasRefused) continue;
      const isFull = effort >= maxBatchEffort || bytes >= maxBatchBytes;
      if (isFull || letter.from.owes > 0) left.push(letter);
      else {
        const released = applyFrame(letter);
        if (released.length > 0) frames.splice(i + 1, 0, ...released);
      }
    }
  }

  /** Returns what may be tried again now, and comes before all else of this sender. */
  function applyFrame({ from, frame }: PendingFrame): readonly PendingFrame[] {
    if (!isEmptyUpdate(frame.update)) {
      const began = performance.now();
      if (recovery.mustHold(document, from, frame)) {
        hold(from, frame, 'G4');
        chargeSince(from, began);
        return [];
      }
      const verdict = document.judge(frame.update, from.membership, from.since);
      if (verdict.kind === 'refuse') {
        const isWaiting = verdict.reason === 'missing-dependency' && !from.isHeld && mayWait(from, frame);
        const isHeld = !isWaiting && recovery.holds(document, from, frame, verdict);
        if (isHeld) hold(from, frame, verdict.rule);
        // To be refused, or to wait, is not free: whoever comes back for it comes back in debt.
        chargeSince(from, began);
        if (isWaiting || isHeld) return [];
        counters.refusals[verdict.reason]++;
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
      // By the clock where that says far more: then the tariff knows nothing of what was dear.
      const cost = Math.max(verdict.weight, (performance.now() - began) * 1000 - untoldEffort);
      effort += cost;
      // What it is to the others as well: the system copies it for each.
      const toAllMs = verdict.hasEffect ? (frame.update.length * receivers) / answerBytesPerMs : 0;
      from.charge('work', cost / 1000 + toAllMs);
    }
    if (from.isHeld && from.acknowledgements.isOffer(frame)) recovery.released(from);
    senders.add(from);
    return from.acknowledgements.done(frame).map((held) => ({ kind: 'frame', from, frame: held }));
  }

  function chargeSince(from: Connection, began: number): void {
    const tookMs = performance.now() - began;
    effort += tookMs * 1000;
    from.charge('work', tookMs);
  }

  /** The document lacks what this rests on, or others made it: the sender's own part goes in, the rest waits. */
  function hold(from: Connection, frame: DocumentFrame, rule: string): void {
    const part = recovery.hold(document, from, frame, rule);
    if (!part) return;
    apply(part.update, part.verdict);
    counters.updates++;
    authors.add(from);
  }

  function restore(letter: Extract<PendingChange, { kind: 'restored' }>): void {
    const { update, ownerOf, judged } = letter;
    const verdict = document.guard.judgeRestored(update);
    judged(verdict.kind === 'pass');
    if (verdict.kind === 'refuse' || !verdict.hasEffect) return;
    const areBack = document.work.restoring();
    const isNew = new Set(verdict.writers.filter((client) => document.clockOf(client) === 0));
    const servers = document.guard.serversIn(verdict.changes);
    apply(update, verdict);
    areBack();
    restored.add(letter);
    for (const client of verdict.writers) {
      const owner = ownerOf(client);
      if (owner !== null) document.guard.owners.assign(client, owner);
      else if (isNew.has(client) && !servers.has(client)) document.guard.owners.open(client);
      else continue;
      owners.set(client, owner ?? nobody);
    }
  }

  /** A client that reconnects may type before it has offered what it did while away: that waits for it. */
  function mayWait({ acknowledgements }: Connection, frame: DocumentFrame): boolean {
    if (acknowledgements.hasOffered || acknowledgements.isOffer(frame) || !acknowledgements.hold(frame))
      return false;
    counters.heldUpdates++;
    return true;
  }

  /**
   * What the transaction took beside the frames is its senders' to pay: Yjs goes through all client ids of a document
   * several times, so that each edit of one with thousands takes milliseconds.
   */
  function chargeRest(overheadMs: number): void {
    const each = (overheadMs - freeCommitMs) / senders.size;
    if (each > 0) for (const sender of senders) sender.charge('work', each);
  }

  const ownClock = document.ownClock;
  const began = performance.now();
  const update = document.change(() => {
    applyFrames();
    for (const letter of letters) if (letter.kind === 'restored') restore(letter);
    for (const letter of letters) if (letter.kind === 'own') letter.edit(document);
    document.work.finish();
  });
  const overheadMs = performance.now() - began - effort / 1000;
  chargeRest(overheadMs);
  if (!document.isWhole) throw new Error('an update that the guard let through left a gap');
  const hasOwn = document.ownClock > ownClock;
  if (hasOwn) writers.add(document.doc.clientID);
  // A letter of the server's may delete only, or bring structs of another client id: its own clock does not tell.
  const isFramesOnly = letters.every(({ kind }) => kind === 'frame');
  const [author] = authors;
  const people = new Set([...authors].map(({ membership }) => membership.person));
  return {
    update,
    senders,
    soleAuthor: authors.size === 1 && !hasOwn && isFramesOnly && author ? author : null,
    isEdit: authors.size > 0 || restored.size > 0,
    person: people.size === 1 && author ? author.membership.person : '',
    owners: owners.size > 0 ? owners : null,
    clocks: new Map([...writers].map((client) => [client, document.clockOf(client)])),
    left,
    overheadMs,
  };
}
