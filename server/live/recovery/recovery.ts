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
  /** Whether several people write the document: else nothing that its writer brings is another's. */
  readonly isShared: boolean;
}

export interface RecoveryHooks {
  connections(): Iterable<Connection>;
  /** Asks a client for all that the document lacks. */
  ask(connection: Connection): void;
}

/** What the sender of an offer made of it, and the verdict on that. */
export interface OwnPart {
  readonly update: Uint8Array;
  readonly verdict: Pass;
}

/**
 * The rules that an edit breaks because of who brings it: see `rules.ts`. A policy (G22) is none of them: it holds for a
 * while, and what it refuses says nothing of whose a client id is.
 */
const aboutWho: ReadonlySet<string> = new Set(['G4', 'G6', 'G7', 'G11', 'G12', 'G23', 'G24']);

/** Client ids whose owner a mark has named: as many as the people of a board have in days. */
const maxClaims = 20_000;

/**
 * How often the sender's part is cut shorter before it is given up; the copy waits in any case. Honest edits need one
 * or two cuts, and others were made to need thousands, each of which goes through the whole update.
 */
const maxCuts = 8;

/**
 * What a room does where clients have edits that the server lost: after a backup was put in place, or a damaged file
 * gave way to its previous copy.
 *
 * It marks what is on disk, so that pages can prove a loss. What a client brings of others' is never applied for it:
 * its own part is, and a copy of the rest waits. People who come back bring their own; a facilitator decides about
 * what nobody brings. Without proof a copy is kept in silence, since a forger can offer the same.
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
  /** Whose client ids are, by genuine marks, and when the earliest of these was signed. */
  readonly #claims = new Map<number, { readonly person: string; readonly at: number }>();
  /** Who has shown a genuine mark that the document is behind. */
  readonly #provers = new Set<string>();
  /** Whether edits that were lost have come back since the last beat. */
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

  /** The copies that are kept, also those that nothing proves. */
  get held(): readonly HeldRecord[] {
    return this.#held.all;
  }

  /** How many people a facilitator is told of. */
  get people(): number {
    return this.#isProven ? this.#held.size : 0;
  }

  /** Begins with what the store has. `isBehind`: the store itself fell back to an earlier state. */
  load(generation: number, held: readonly HeldRecord[], isBehind: boolean): void {
    this.#generation = generation;
    this.#held.load(held);
    if (isBehind || held.some((record) => record.isProven)) this.#isProven = true;
  }

  /** The document is open, or open anew: it learns what is known of client ids. */
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

  /** The mark that is due, for everyone who listens for control frames; null where none is. */
  mark(owners: Owners): Packet | null {
    const clocks = this.#marker.take(this.#context.clock.now(), (client) => owners.ownerOf(client) ?? '');
    if (!clocks) return null;
    const at = this.#context.clock.wall();
    const mark = this.#marks.sign({ room: this.#room, at, generation: this.#generation, clocks });
    return controlPacket({ kind: 'mark', mark });
  }

  /** Reads the marks that a page shows: one ahead of the document proves that the server has lost edits. */
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
        // Its structs and those of the same clocks that are here are not the same: they can never be merged.
        if (owners.isTaken(client, person)) {
          isContested = true;
          // Neither goes on under it.
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
    // They were refused room, or proof, until now.
    for (const connection of this.#hooks.connections()) {
      if (connection.isHeld) connection.isToOffer = true;
      if (!connection.mayWrite) connection.tell({ kind: 'stale' });
    }
    this.#hasNews = true;
  }

  /**
   * Whether an offer is to be held whatever the guard says: on a board that lost edits a client id of which nothing is
   * known may be that of somebody who has not come back yet, and the first to bring it must not win it.
   */
  mustHold(document: LiveDocument, from: Connection, { update, isStep2 }: DocumentFrame): boolean {
    if (!this.#context.isShared || !this.#isProven) return false;
    if (!isStep2 || !isUpdate(update, maxHeldEffort)) return false;
    const { isOwn, state } = this.#ground(document, from);
    return bringsOf(update, state, (client) => !isOwn(client));
  }

  /** Whether a frame that the guard does not take is to be held, rather than refused. */
  holds(document: LiveDocument, from: Connection, frame: DocumentFrame, verdict: Refuse): boolean {
    if (verdict.reason === 'malformed' || !this.#context.isShared) return false;
    // Too dear to judge: once a loss is proven it is kept, as it is. What is kept is read later on, and the guard may
    // have stopped before the end of it.
    if (verdict.rule === 'G19')
      return frame.isStep2 && this.#isProven && isUpdate(frame.update, maxHeldEffort);
    if (from.isHeld && !frame.isStep2) return verdict.rule === 'G3' || verdict.rule === 'G4';
    if (!frame.isStep2 && !this.#isProven) return false;
    const { owners } = document.guard;
    const { person } = from.membership;
    // By a rule about who acts, an id that nothing is known of shows to be another's too, if the sender has one.
    const isAnothers =
      aboutWho.has(verdict.rule) && owners.hasAny(person)
        ? (client: number) => !owners.isSurely(client, person)
        : (client: number) => !owners.allow(client, person);
    return bringsOf(frame.update, (client) => document.clockOf(client), isAnothers);
  }

  /**
   * Keeps a copy of a frame, which is not acknowledged. Returns the sender's own part of it, which must be applied at
   * once; null where nothing can be.
   */
  hold(document: LiveDocument, from: Connection, frame: DocumentFrame, rule: string): OwnPart | null {
    from.acknowledgements.lose(frame.number);
    if (!frame.isStep2 && from.isHeld) {
      // The next offer brings it along, with all that it rests on.
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

  /** Somebody has brought what the document lacked: others may rest on it. */
  hasCome(): void {
    this.#hasNews = true;
  }

  /** A client's offer was taken whole: the document lacks nothing of it. */
  released(from: Connection): void {
    from.isHeld = from.isToOffer = false;
    from.tellHeld('none');
    this.#hasNews = true;
  }

  /** Asks again those who may have more by now, and lets go of the copies that nobody needs any more. */
  beat(document: LiveDocument): void {
    // To look through copies of 8 MiB takes some 200 ms: not at each beat for as long as they wait.
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

  /** What a newcomer is told of it; null where that is nothing. */
  newsFor(connection: Connection): Control | null {
    const { role } = connection.membership;
    // Whoever may not write is never asked for what they have, so only their page can tell.
    if (!connection.mayWrite) return this.#isProven ? { kind: 'stale' } : null;
    return may(role, 'versions') && this.people > 0 ? { kind: 'loss', people: this.people } : null;
  }

  /**
   * Puts the copies of these people into the document, one a tick, so that what others do goes on between. Returns
   * whose were taken: a copy that rests on what is missing stays.
   */
  async restore(
    document: LiveDocument,
    people: readonly string[],
    post: (letter: (applied: () => void) => PendingChange) => Promise<void>,
  ): Promise<readonly string[]> {
    const taken = new Set<string>();
    const left = () => this.held.filter(({ person }) => people.includes(person) && !taken.has(person));
    // One copy may rest on another, which may come later.
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

  /** Lets go of the copies of these people, and has their clients begin anew. Returns whose there were. */
  discard(people: readonly string[]): readonly string[] {
    const there = this.held.map(({ person }) => person).filter((person) => people.includes(person));
    this.#decided(there);
    for (const connection of [...this.#hooks.connections()])
      if (connection.isHeld && there.includes(connection.membership.person))
        connection.close(closeCode.refused, 'discarded');
    return there;
  }

  /** Resolves when all that is held is on disk. */
  written(): Promise<void> {
    return this.#held.written();
  }

  /**
   * Whose each new client id of a copy is: by a mark, else its bringer's where they are the one who shows up under
   * it. An id of neither stays without an owner.
   */
  #ownerIn({ guard }: LiveDocument, { person }: HeldRecord, client: number): string | null {
    return this.#claims.get(client)?.person ?? (guard.owners.isSurely(client, person) ? person : null);
  }

  #decided(people: readonly string[]): void {
    this.#held.drop(people);
    this.#hasNews = true;
    this.#tellLoss();
  }

  /** A mark is the server's own word from before it lost anything: it counts more than who came first since. */
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

  /** The sender's own part, cut before whatever would leave a field without its value, or a record without its author. */
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
        // Once, and last: to pass makes the sender the owner of the client ids that are new.
        const verdict = document.judge(selection.update, from.membership, from.since);
        return verdict.kind === 'pass' ? { update: selection.update, verdict } : null;
      }
      for (const [client, clock] of shorter) end.set(client, clock);
    }
    return null;
  }

  /** A copy that somebody has proven may have taken the room of one that nobody has. */
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
