import { ideas } from '../../shared/board/idea.ts';
import type { Connection } from './connection.ts';
import { recordsMade } from './guard/guard.ts';
import type { LiveDocument } from './live-document.ts';
import type { DocumentFrame } from './receipts.ts';
import type { Tally } from './tally.ts';
import { answerBytesPerMs, maxBatchEffort } from './tuning.ts';
import { isEmptyUpdate } from './wire.ts';

/** What waits for the next transaction: a client's frame, or something that the server itself writes. */
export type Letter = FrameLetter | { readonly kind: 'own'; readonly edit: (document: LiveDocument) => void };
export interface FrameLetter {
  readonly kind: 'frame';
  readonly from: Connection;
  readonly frame: DocumentFrame;
}

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
  /** What was not judged: the batch cost enough, or its senders are in debt. In the order in which it came. */
  readonly left: readonly FrameLetter[];
}

/**
 * Judges and applies letters, one after another, in one transaction: each verdict rests on what came
 * before. Who is refused is closed on the way. Whoever is in debt waits, and what comes behind in the inbox from
 * the same sender with it; so does everything once the batch has cost enough.
 * @throws where an update that passed did not go in whole: the document is then worth nothing any more
 */
export function applyLetters(
  document: LiveDocument,
  letters: readonly Letter[],
  { tally, receivers }: { tally: Tally; receivers: number },
): Batch {
  const authors = new Set<Connection>();
  const senders = new Set<Connection>();
  const owners = new Map<number, string>();
  const frames = letters.filter((letter) => letter.kind === 'frame');
  const left: FrameLetter[] = [];
  /** Microseconds. */
  let effort = 0;

  function applyFrames(): void {
    for (let i = 0; i < frames.length; i++) {
      const letter = frames[i];
      if (!letter || letter.from.wasRefused) continue;
      if (effort >= maxBatchEffort || letter.from.owes > 0) left.push(letter);
      else {
        const released = applyFrame(letter);
        if (released.length > 0) frames.splice(i + 1, 0, ...released);
      }
    }
  }

  /** Returns what may be tried again now, and comes before all else of this sender. */
  function applyFrame({ from, frame }: FrameLetter): readonly FrameLetter[] {
    if (!isEmptyUpdate(frame.update)) {
      const began = performance.now();
      const verdict = document.judge(frame.update, from.seat);
      if (verdict.kind === 'refuse') {
        // To be refused, or to wait, is not free: whoever comes back for it comes back in debt.
        const tookMs = performance.now() - began;
        effort += tookMs * 1000;
        from.charge('work', tookMs);
        if (verdict.reason === 'missing-dependency' && mayWait(from, frame)) return [];
        tally.refusals[verdict.reason]++;
        from.refuse(verdict.reason, verdict.rule);
        return [];
      }
      effort += verdict.weight;
      // What it is to the others as well: the system copies it for each.
      const toAllMs = verdict.hasEffect ? (frame.update.length * receivers) / answerBytesPerMs : 0;
      from.charge('work', verdict.weight / 1000 + toAllMs);
      tally.updates++;
      if (verdict.hasEffect) {
        document.apply(frame.update);
        verdict.owners?.forEach((person, client) => owners.set(client, person));
        document.numbering.notice(recordsMade(verdict.changes, ideas.name));
        authors.add(from);
      }
    }
    senders.add(from);
    return from.receipts.done(frame).map((held) => ({ kind: 'frame', from, frame: held }));
  }

  /** A client that reconnects may type before it has offered what it did while away: that waits for it. */
  function mayWait({ receipts }: Connection, frame: DocumentFrame): boolean {
    if (receipts.hasOffered || receipts.isOffer(frame) || !receipts.hold(frame)) return false;
    tally.heldUpdates++;
    return true;
  }

  const ownClock = document.ownClock;
  const update = document.change(() => {
    applyFrames();
    for (const letter of letters) if (letter.kind === 'own') letter.edit(document);
    document.numbering.assign();
  });
  if (!document.isWhole) throw new Error('an update that the guard let through left a gap');
  const hasOwn = document.ownClock > ownClock;
  const [author] = authors;
  const people = new Set([...authors].map(({ seat }) => seat.person));
  return {
    update,
    senders,
    soleAuthor: authors.size === 1 && !hasOwn && author ? author : null,
    isEdit: authors.size > 0,
    person: people.size === 1 && author ? author.seat.person : '',
    owners: owners.size > 0 ? owners : null,
    left,
  };
}
