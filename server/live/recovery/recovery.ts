import * as Y from 'yjs';
import type { Control } from '../../../shared/wire/protocol.ts';
import { closeCode } from '../../../shared/wire/protocol.ts';
import { may } from '../../../shared/roles.ts';
import type { Log } from '../../log.ts';
import type { HeldRecord, Store } from '../../store/contract.ts';
import type { PendingChange } from '../room/pending-changes.ts';
import type { Clock } from '../clock.ts';
import type { Connection } from '../socket/connection.ts';
import type { Pass, Refuse } from '../guard/guard.ts';
import type { Owners } from '../guard/owners.ts';
import { isUpdate } from '../guard/structs.ts';
import type { LiveDocument } from '../room/live-document.ts';
import type { Packet } from '../socket/packets.ts';
import { controlPacket } from '../socket/packets.ts';
import type { DocumentFrame } from '../socket/acknowledgements.ts';
import type { Counters } from '../counters.ts';
import { maxHeldEffort } from '../limits.ts';
import { HeldEdits } from './held-edits.ts';
import { Marker } from './marker.ts';
import { Marks } from './marks.ts';
import { bringsOf, ownPart } from './own-part.ts';

export interface RecoveryContext {
  readonly store: Store;
  readonly log: Log;
  readonly clock: Clock;
  readonly counters: Counters;
  /** True if several people write the document. Otherwise its writer never brings edits of others. */
  readonly isShared: boolean;
}

export interface RecoveryHooks {
  connections(): Iterable<Connection>;
  /** Asks a client for everything that the document lacks. */
  ask(connection: Connection): void;
}

/** The part of an offer that its sender wrote, and its verdict. */
export interface OwnPart {
  readonly update: Uint8Array;
  readonly verdict: Pass;
}

/**
 * The rules that an edit breaks because of its sender: see `rules.ts`. Not the policy (G22): it is temporary, and a
 * refusal by it says nothing about the owner of a client id.
 */
const aboutWho: ReadonlySet<string> = new Set(['G4', 'G6', 'G7', 'G11', 'G12', 'G23', 'G36']);

/** Client ids whose owner a mark has named: as many as a board's people use in days. */
const maxClaims = 20_000;

/**
 * How often the sender's part is cut before it is given up; the copy is held in any case. Honest edits need one or two
 * cuts. Forged ones could need thousands, and each goes through the whole update.
 */
const maxCuts = 8;

/**
 * Handles edits that clients have and the server lost: a backup was restored, or a damaged file was replaced by its
 * previous copy.
 *
 * Signs marks of what is on disk, so that pages can prove a loss. A client's offer with edits of others is never
 * applied as a whole: its sender's own part is, and a copy of the rest is held. People who come back bring their own
 * edits; a facilitator decides about edits that nobody brings. Without proof a copy is held silently, because a forger
 * can offer the same.
 */
export class Recovery {
  readonly #room: string;
  readonly #context: RecoveryContext;
  readonly #hooks: RecoveryHooks;
  readonly #marks: Marks;
  readonly #marker = new Marker();
  readonly #held: HeldEdits;
  #generation = 0;
  #isProven = false;
  /** The owners of client ids by genuine marks, and the time of the earliest such mark. */
  readonly #claims = new Map<number, { readonly person: string; readonly at: number }>();
  /** People who have shown a genuine mark ahead of the document. */
  readonly #provers = new Set<string>();
  /** True if lost edits have come back since the last heartbeat. */
  #hasNews = false;
  #peopleTold = 0;

  constructor(room: string, context: RecoveryContext, hooks: RecoveryHooks) {
    this.#room = room;
    this.#context = context;
    this.#hooks = hooks;
    this.#marks = new Marks(context.store.secret);
    this.#held = new HeldEdits(room, context);
  }

  get isProven(): boolean {
    return this.#isProven;
  }

  /** The held copies, including unproven ones. */
  get held(): readonly HeldRecord[] {
    return this.#held.all;
  }

  /** The number of people with lost edits that facilitators see. */
  get people(): number {
    return this.#isProven ? this.#held.size : 0;
  }

  /** Starts from what the store has. `isBehind`: the store itself fell back to an earlier state. */
  load(generation: number, held: readonly HeldRecord[], isBehind: boolean): void {
    this.#generation = generation;
    this.#held.load(held);
    if (isBehind || held.some((record) => record.isProven)) this.#isProven = true;
  }

  /** The document was opened or reopened. Passes on what is known about client ids. */
  opened(document: LiveDocument): void {
    for (const [client, { person }] of this.#claims) document.guard.owners.assign(client, person);
    for (const { update, isProven } of this.held)
      document.guard.owners.suspect(Y.parseUpdateMeta(update).to.keys(), isProven);
    this.#hasNews = true;
  }

  /** Notes what is on disk. */
  committed(clocks: ReadonlyMap<number, number>): void {
    this.#marker.note(clocks);
  }

  /** The mark for all clients with control frames, if one is due; else null. */
  mark(owners: Owners): Packet | null {
    const clocks = this.#marker.take(this.#context.clock.now(), (client) => owners.ownerOf(client) ?? '');
    if (!clocks) return null;
    const at = this.#context.clock.wall();
    const mark = this.#marks.sign({ room: this.#room, at, generation: this.#generation, clocks });
    return controlPacket({ kind: 'mark', mark });
  }

  /** Reads the marks that a page shows. A mark ahead of the document proves that the server has lost edits. */
  prove(document: LiveDocument, from: Connection, marks: readonly string[]): void {
    const { owners } = document.guard;
    let isAhead = false;
    let isContested = false;
    for (const signed of marks) {
      const mark = this.#marks.read(signed);
      if (mark?.room !== this.#room || mark.generation !== this.#generation) continue;
      for (const { client, clock, person } of mark.clocks) {
        isAhead ||= clock > document.clockOf(client);
        if (person === '') continue;
        // Its structs differ from those here with the same clocks, so they can never be merged.
        if (owners.isTaken(client, person)) {
          isContested = true;
          // Neither person continues under it.
          owners.assign(client, '');
        } else this.#claim(document, client, person, mark.at);
      }
    }
    if (isContested) return from.close(closeCode.refused, 'fallen-back');
    if (!isAhead) return;
    this.#provers.add(from.membership.person);
    if (this.#isProven) return;
    this.#isProven = true;
    this.#context.counters.lossesProven++;
    this.#context.log.error(
      { room: this.#room },
      'clients have edits that this server acknowledged and does not have: it was put back to an earlier state',
    );
    // Until now they got no room, or had no proof.
    for (const connection of this.#hooks.connections()) {
      if (connection.isHeld) connection.isToOffer = true;
      if (!connection.mayWrite) connection.tell({ kind: 'stale' });
    }
    this.#hasNews = true;
  }

  /**
   * True if an offer must be held whatever the guard says. On a board that lost edits, an unknown client id may belong
   * to a person who has not come back yet, and the first to bring it must not become its owner.
   */
  mustHold(document: LiveDocument, from: Connection, { update, isStep2 }: DocumentFrame): boolean {
    if (!this.#context.isShared || !this.#isProven) return false;
    if (!isStep2 || !isUpdate(update, maxHeldEffort)) return false;
    const { isOwn, state } = this.#ground(document, from);
    return bringsOf(update, state, (client) => !isOwn(client));
  }

  /** True if a frame that the guard refuses must be held instead. */
  holds(document: LiveDocument, from: Connection, frame: DocumentFrame, verdict: Refuse): boolean {
    if (verdict.reason === 'malformed' || !this.#context.isShared) return false;
    // Too expensive to check: once a loss is proven, it is held as it is. It must be readable to its end, because it is
    // read again later and the guard may have stopped earlier.
    if (verdict.rule === 'G19')
      return frame.isStep2 && this.#isProven && isUpdate(frame.update, maxHeldEffort);
    if (from.isHeld && !frame.isStep2) return verdict.rule === 'G3' || verdict.rule === 'G4';
    if (!frame.isStep2 && !this.#isProven) return false;
    const { owners } = document.guard;
    const { person } = from.membership;
    // If a rule about the sender is broken and the sender has an id, an unknown id is somebody else's too.
    const isAnothers =
      aboutWho.has(verdict.rule) && owners.hasAny(person)
        ? (client: number) => !owners.isSurely(client, person)
        : (client: number) => !owners.allow(client, person);
    return bringsOf(frame.update, (client) => document.clockOf(client), isAnothers);
  }

  /**
   * Holds a copy of a frame, which is not acknowledged. Returns the sender's own part of it to apply at once, or null
   * if there is none.
   */
  hold(document: LiveDocument, from: Connection, frame: DocumentFrame, rule: string): OwnPart | null {
    from.acknowledgements.lose(frame.number);
    if (!frame.isStep2 && from.isHeld) {
      // The next offer includes it, with everything it depends on.
      from.isToOffer = true;
      return null;
    }
    this.#context.counters.offersHeld++;
    const part = rule === 'G19' ? null : this.#applicable(document, from, frame.update);
    if (part) this.#hasNews = true;
    const { person, name } = from.membership;
    const isProven = this.#provers.has(person);
    const at = this.#context.clock.wall();
    const isKept = this.#held.keep({ person, name, at, isProven, update: frame.update });
    if (isKept) {
      const { isOwn } = this.#ground(document, from);
      const clients = [...Y.parseUpdateMeta(frame.update).to.keys()];
      document.guard.owners.suspect(
        clients.filter((client) => !isOwn(client)),
        isProven,
      );
    }
    from.isHeld = true;
    from.tellHeld(isKept ? 'waiting' : 'full');
    this.#tellOfRoom();
    this.#tellLoss();
    return part;
  }

  /** Lost edits have come back, and others may depend on them. */
  hasCome(): void {
    this.#hasNews = true;
  }

  /** A client's offer was accepted as a whole. */
  released(from: Connection): void {
    from.isHeld = from.isToOffer = false;
    from.tellHeld('none');
    this.#hasNews = true;
  }

  /** Asks clients again that may have more by now, and drops copies that are no longer needed. */
  beat(document: LiveDocument): void {
    // Reading copies of 8 MiB takes about 200 ms, so it is not done on every heartbeat.
    if (this.#hasNews)
      this.#held.sweep(
        (client) => document.clockOf(client),
        (update) => document.guard.has(update),
      );
    for (const connection of this.#hooks.connections()) {
      if (!connection.isHeld || !(connection.isToOffer || this.#hasNews)) continue;
      connection.isToOffer = false;
      this.#hooks.ask(connection);
    }
    this.#hasNews = false;
    this.#tellLoss();
  }

  /** The message about a loss for a newcomer; null if there is none. */
  newsFor(connection: Connection): Control | null {
    const { role } = connection.membership;
    // A client that may not write is never asked for its state, so only its page can tell.
    if (!connection.mayWrite) return this.#isProven ? { kind: 'stale' } : null;
    return may(role, 'versions') && this.people > 0 ? { kind: 'loss', people: this.people } : null;
  }

  /**
   * Applies these people's copies, one per tick, so that other work continues in between. Returns the people whose
   * copies were applied. A copy with missing dependencies stays.
   */
  async restore(
    document: LiveDocument,
    people: readonly string[],
    post: (letter: (applied: () => void) => PendingChange) => Promise<void>,
  ): Promise<readonly string[]> {
    const taken = new Set<string>();
    const left = () => this.held.filter(({ person }) => people.includes(person) && !taken.has(person));
    // One copy may depend on another that comes later.
    for (let before = -1; before < taken.size;) {
      before = taken.size;
      for (const record of left()) {
        await post((applied) => ({
          kind: 'restored',
          update: record.update,
          ownerOf: (client) => this.#ownerIn(document, record, client),
          judged: (isTaken) => {
            if (isTaken) taken.add(record.person);
            applied();
          },
        }));
      }
    }
    this.#decided([...taken]);
    return [...taken];
  }

  /** Drops these people's copies and makes their clients start over. Returns the people who had copies. */
  discard(people: readonly string[]): readonly string[] {
    const there = this.held.map(({ person }) => person).filter((person) => people.includes(person));
    this.#decided(there);
    for (const connection of [...this.#hooks.connections()])
      if (connection.isHeld && there.includes(connection.membership.person))
        connection.close(closeCode.refused, 'discarded');
    return there;
  }

  /** Resolves when everything held is on disk. */
  written(): Promise<void> {
    return this.#held.written();
  }

  /**
   * The owner of a new client id in a copy: by a mark, else the sender if the id is certainly the sender's. Otherwise
   * the id stays without an owner.
   */
  #ownerIn({ guard }: LiveDocument, { person }: HeldRecord, client: number): string | null {
    return this.#claims.get(client)?.person ?? (guard.owners.isSurely(client, person) ? person : null);
  }

  #decided(people: readonly string[]): void {
    this.#held.drop(people);
    this.#hasNews = true;
    this.#tellLoss();
  }

  /** A mark is the server's own statement from before the loss, so it overrides an owner recorded since. */
  #claim({ guard }: LiveDocument, client: number, person: string, at: number): void {
    const known = this.#claims.get(client);
    if (known && known.at <= at) return;
    if (!known && this.#claims.size >= maxClaims) return;
    this.#claims.set(client, { person, at });
    if (guard.owners.ownerOf(client) !== person) guard.owners.assign(client, person);
  }

  #ground(document: LiveDocument, { membership }: Connection) {
    const { owners } = document.guard;
    return {
      state: (client: number) => document.clockOf(client),
      isOwn: (client: number) => owners.isSurely(client, membership.person),
    };
  }

  /**
   * The sender's own part, cut before anything that would leave a field without a value or a record without its author.
   */
  #applicable(document: LiveDocument, from: Connection, update: Uint8Array): OwnPart | null {
    const ground = this.#ground(document, from);
    const end = new Map<number, number>();
    const decoded = Y.decodeUpdate(update);
    for (let cut = 0; cut <= maxCuts; cut++) {
      const selection = ownPart(decoded, { ...ground, end });
      if (selection.kind === 'nothing') return null;
      const shorter = selection.kind === 'part' ? document.guard.emptied(selection.update) : selection.end;
      if (!shorter) return null;
      if (selection.kind === 'part' && shorter.size === 0) {
        // Check only once, at the end: an accepted update makes the sender the owner of its new client ids.
        const verdict = document.judge(selection.update, from.membership, from.since);
        return verdict.kind === 'pass' ? { update: selection.update, verdict } : null;
      }
      for (const [client, clock] of shorter) end.set(client, clock);
    }
    return null;
  }

  /** A proven copy may have displaced an unproven one. */
  #tellOfRoom(): void {
    const kept = new Set(this.held.map(({ person }) => person));
    for (const connection of this.#hooks.connections())
      if (connection.isHeld && !kept.has(connection.membership.person)) connection.tellHeld('full');
  }

  #tellLoss(): void {
    if (this.people === this.#peopleTold) return;
    this.#peopleTold = this.people;
    for (const connection of this.#hooks.connections())
      if (may(connection.membership.role, 'versions')) connection.tell({ kind: 'loss', people: this.people });
  }
}
