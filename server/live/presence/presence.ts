import { maxPresenceBytes } from '../../../shared/limits.ts';
import { Bucket } from '../bucket.ts';
import type { Clock } from '../clock.ts';
import type { Connection } from '../socket/connection.ts';
import { DueStates } from './due-states.ts';
import { Following } from './followers.ts';
import type { Packet } from '../socket/packets.ts';
import { encodeEntry, presencePacket } from '../socket/packets.ts';
import { Pointers } from './pointers.ts';
import type { Counters } from '../counters.ts';
import {
  echoWorkMs,
  graceMs,
  maxClientIds,
  maxClientIdsEver,
  maxDeparted,
  maxNewsInFrame,
  newsWorkMs,
  pointerShare,
  presenceAheadMs,
  presenceAlongMs,
  presenceBytesPerSecond,
  presenceMs,
  renewMs,
} from '../limits.ts';
import type { PresenceEntry } from '../socket/wire.ts';
import type { Decoder } from 'lib0/decoding';

/** Where one client id is, as last heard from the connection that it is bound to. */
interface Slot {
  readonly client: number;
  readonly person: string;
  readonly connection: Connection;
  readonly clock: number;
  /** As it goes out: stamped with the person, encoded once. */
  readonly entry: Uint8Array;
  /** Whose view this one goes along with; empty for nobody's. */
  readonly follows: string;
  /** The link broke without a word; how to stop waiting for its return. */
  readonly stopGrace: (() => void) | null;
}

/** What goes out in one tick. Stock clients get the states only. */
export interface Moves {
  readonly states: Packet | null;
  readonly pointers: Packet | null;
  /** The only one who need not be sent them, having made them all; null where several did. */
  readonly author: Connection | null;
}

/** What a room does with presence. */
export interface PresenceHooks {
  /** Passes on what is due; called once each 33 ms at most. */
  send(moves: Moves): void;
  /** A person has come under a client id. */
  claimed(client: number, person: string): void;
}

/** All that there is to say of presence, for one who has heard nothing. */
export interface WholePresence {
  readonly states: Packet | null;
  readonly pointers: Packet | null;
}

/**
 * Who is where in a room: one slot a client id, the latest wins, nothing is stored. It speaks the
 * awareness protocol of `y-protocols` without its class, which runs a timer an instance and parses all
 * that it hears; here an echo is known by its id and clock.
 */
export class Presence {
  readonly #clock: Clock;
  readonly #counters: Counters;
  readonly #hooks: PresenceHooks;
  readonly #slots = new Map<number, Slot>();
  /** The client ids of the slots that each connection has. */
  readonly #bound = new Map<Connection, Set<number>>();
  /** How many client ids each connection has had, one after another. */
  readonly #everBound = new WeakMap<Connection, number>();
  /** Of the frame that is heard just now, how many entries may still say something new. */
  #newsLeft = 0;
  /** The last clock of client ids that have left, and whose they were; the longest gone first. */
  readonly #departed = new Map<number, { readonly clock: number; readonly person: string }>();
  readonly #following = new Following();
  readonly #pointers = new Pointers((client) => this.#isFollowed(client));
  readonly #due = new DueStates();
  /** Who said all that is due; null for several. */
  #author: Connection | null = null;
  readonly #budget: Bucket;
  /** Before this nothing goes out alone. */
  #nextAt = -Infinity;
  #stopTimer: (() => void) | null = null;
  #stopRenewal: (() => void) | null = null;
  #wholeStates: Packet | null = null;

  constructor({ clock, counters }: { clock: Clock; counters: Counters }, hooks: PresenceHooks) {
    this.#clock = clock;
    this.#counters = counters;
    this.#hooks = hooks;
    this.#budget = new Bucket(
      { perSecond: presenceBytesPerSecond, burst: presenceBytesPerSecond / 10 },
      clock.now(),
    );
  }

  /** Takes in what a socket says of itself. Returns false where it is no presence at all. */
  receive(from: Connection, entries: readonly PresenceEntry[]): boolean {
    this.#newsLeft = maxNewsInFrame;
    const isGood = entries.every((entry) => this.#receiveEntry(from, entry));
    // Echoes come by the hundred and cost little; news of oneself is one entry, and each is paid for.
    const news = maxNewsInFrame - Math.max(0, this.#newsLeft);
    from.charge('presence', news);
    from.charge('work', entries.length * echoWorkMs + news * newsWorkMs);
    return isGood;
  }

  /** Takes in where a socket's pointer is. Returns false where it is no pointer. */
  receivePointer(from: Connection, body: Decoder): boolean {
    const [client] = this.#bound.get(from) ?? [];
    if (client === undefined) return true;
    const heard = this.#pointers.receive(client, body);
    if (heard === 'moved') this.#isDue(from);
    return heard !== 'malformed';
  }

  whole(): WholePresence {
    if (this.#slots.size === 0) return { states: null, pointers: null };
    this.#wholeStates ??= presencePacket([...this.#slots.values()].map((slot) => slot.entry));
    return { states: this.#wholeStates, pointers: this.#pointers.whole() };
  }

  /** The same for one who has heard some and missed some: also who has left. */
  afterGap(): WholePresence {
    const entries = [...this.#slots.values()].map(({ entry }) => entry);
    for (const [client, { clock }] of this.#departed) entries.push(encodeEntry(client, clock, 'null'));
    return {
      states: entries.length > 0 ? presencePacket(entries) : null,
      pointers: this.#pointers.whole(),
    };
  }

  /** The client ids of those who are here, and whose they are. */
  claims(): [number, string][] {
    return [...this.#slots.values()].map(({ client, person }) => [client, person]);
  }

  /** What would go out soon anyway, where something else is going out now; null where that is later, or nothing. */
  takeAlong(): Moves | null {
    if (!this.#stopTimer || this.#waitMs() > presenceAlongMs) return null;
    return this.#take();
  }

  leave(connection: Connection, isClean: boolean): void {
    for (const client of [...(this.#bound.get(connection) ?? [])]) {
      const slot = this.#slots.get(client);
      if (slot && isClean) this.#remove(slot, slot.clock + 1);
      else if (slot) this.#awaitReturn(slot);
    }
    this.#bound.delete(connection);
  }

  close(): void {
    this.#stopTimer?.();
    this.#stopRenewal?.();
    this.#stopTimer = this.#stopRenewal = null;
    for (const { stopGrace } of this.#slots.values()) stopGrace?.();
  }

  #receiveEntry(from: Connection, entry: PresenceEntry): boolean {
    const slot = this.#slots.get(entry.client) ?? null;
    const isFarewell = isNull(entry.json);
    const isEcho = slot !== null && entry.clock <= slot.clock && !(isFarewell && slot.connection === from);
    if ((!isEcho || slot.stopGrace) && this.#newsLeft-- <= 0) {
      this.#counters.presenceEchoes++;
      return true;
    }
    if (slot && slot.connection === from) {
      if (isFarewell && entry.clock >= slot.clock) this.#remove(slot, entry.clock);
      else if (!isFarewell && entry.clock > slot.clock) return this.#set(from, entry);
      else this.#counters.presenceEchoes++;
      return true;
    }
    const before = slot ?? this.#departed.get(entry.client);
    const isOthers = before !== undefined && before.person !== from.membership.person;
    const isBack = slot !== null && slot.stopGrace !== null && entry.clock >= slot.clock;
    // A live slot is taken over only by a newer word of the same person: all else is heard, not said.
    const isOld = slot !== null && !isBack && entry.clock <= slot.clock;
    if (isFarewell || isOthers || isOld || !this.#mayBind(from)) {
      this.#counters.presenceEchoes++;
      return true;
    }
    if (before) this.#renewOthersSoon();
    if (isBack && entry.clock === slot.clock) this.#welcomeBack(slot, from);
    else if (before && entry.clock <= before.clock) this.#renew(from, entry.client, before.clock);
    else {
      if (!this.#set(from, entry)) return false;
      if (this.#slots.has(entry.client)) this.#renew(from, entry.client, entry.clock);
    }
    return true;
  }

  /** Nobody has seen this one leave, so there is nothing to tell. */
  #welcomeBack(slot: Slot, connection: Connection): void {
    slot.stopGrace?.();
    this.#bind(connection, slot.client);
    this.#slots.set(slot.client, { ...slot, connection, stopGrace: null });
    this.#pointers.forget(slot.client);
  }

  #awaitReturn(slot: Slot): void {
    const stopGrace = this.#clock.after(graceMs, () => this.#remove(lost, lost.clock + 1));
    const lost = { ...slot, stopGrace };
    this.#slots.set(slot.client, lost);
  }

  /**
   * Asks a client to say again where it is, under a newer clock. Peers ignore a clock that they have
   * heard before, and remember it across their own and the server's absence: without this, someone who
   * comes back and sits still would stay unseen for up to 15 s. The protocol has the word for it: a
   * client that hears itself called gone answers at once that it is not.
   */
  #renew(connection: Connection, client: number, clock: number): void {
    connection.out.send(presencePacket([encodeEntry(client, clock, 'null')]));
  }

  /** Who comes back has heard of the others before: those who sit still must be heard again. */
  #renewOthersSoon(): void {
    this.#stopRenewal ??= this.#clock.after(renewMs, () => {
      this.#stopRenewal = null;
      for (const { connection, client, clock, stopGrace } of this.#slots.values())
        if (!stopGrace) this.#renew(connection, client, clock);
    });
  }

  #mayBind(connection: Connection): boolean {
    const isTooMuch = (this.#everBound.get(connection) ?? 0) >= maxClientIdsEver;
    return !isTooMuch && (this.#bound.get(connection)?.size ?? 0) < maxClientIds;
  }

  #set(connection: Connection, { client, clock, json }: PresenceEntry): boolean {
    // Presence is worth nothing later: one that is too large is left out, and the rest goes on.
    if (json.length > maxPresenceBytes) return true;
    const { person } = connection.membership;
    const said = readState(json);
    if (said === null) return false;
    const entry = encodeEntry(client, clock, JSON.stringify({ ...said, person }));
    const follows = typeof said.follows === 'string' ? said.follows : '';
    const before = this.#slots.get(client);
    before?.stopGrace?.();
    if (before && before.connection !== connection) this.#pointers.forget(client);
    this.#following.change(before?.follows ?? '', follows);
    this.#bind(connection, client);
    this.#slots.set(client, { client, person, connection, clock, entry, follows, stopGrace: null });
    this.#departed.delete(client);
    this.#tell(connection, client, entry);
    return true;
  }

  /** Gives a client id to a connection, and takes it from the one that had it. */
  #bind(connection: Connection, client: number): void {
    const before = this.#slots.get(client)?.connection;
    if (before && before !== connection) this.#bound.get(before)?.delete(client);
    const bound = this.#bound.get(connection) ?? new Set();
    if (!bound.has(client)) this.#everBound.set(connection, (this.#everBound.get(connection) ?? 0) + 1);
    this.#bound.set(connection, bound.add(client));
    this.#hooks.claimed(client, connection.membership.person);
  }

  #remove({ client, connection, person, follows, stopGrace }: Slot, clock: number): void {
    stopGrace?.();
    this.#slots.delete(client);
    this.#bound.get(connection)?.delete(client);
    this.#pointers.forget(client);
    this.#following.change(follows, '');
    this.#departed.set(client, { clock, person });
    const [longestGone] = this.#departed.keys();
    if (this.#departed.size > maxDeparted && longestGone !== undefined) this.#departed.delete(longestGone);
    this.#tell(connection, client, encodeEntry(client, clock, 'null'));
  }

  #isFollowed(client: number): boolean {
    const person = this.#slots.get(client)?.person;
    return person !== undefined && this.#following.has(person);
  }

  #tell(from: Connection, client: number, entry: Uint8Array): void {
    this.#wholeStates = null;
    this.#due.set(client, entry);
    this.#isDue(from);
  }

  #isDue(from: Connection): void {
    this.#author = this.#stopTimer === null || this.#author === from ? from : null;
    if (this.#stopTimer) return;
    this.#sendIn(this.#waitMs());
  }

  #waitMs(): number {
    return this.#nextAt - this.#clock.now();
  }

  #sendIn(waitMs: number): void {
    const send = () => this.#hooks.send(this.#take());
    if (waitMs <= 0) send();
    else this.#stopTimer = this.#clock.after(waitMs, send);
  }

  /**
   * Takes what is due, as much as a receiver may be sent: the rest waits its turn, in which only the newest
   * of each person counts. So the more people there are, the seldomer each is heard of, and none is left out.
   */
  #take(): Moves {
    this.#stopTimer?.();
    this.#stopTimer = null;
    const author = this.#author;
    const now = this.#clock.now();
    // What went along early is no reason to send sooner the next time: stock clients send back each frame.
    this.#nextAt = Math.min(Math.max(this.#nextAt, now), now + presenceAheadMs) + presenceMs;
    const bytes = this.#budget.left(now);
    const isFollowed = this.#following.isEmpty ? null : (client: number) => this.#isFollowed(client);
    const states = this.#due.take(bytes, isFollowed);
    const size = lengthOf(states);
    const pointers = this.#pointers.take(Math.max(bytes - size, bytes * pointerShare));
    this.#budget.take(size + pointers.bytes, now);
    if (this.#due.size > 0 || this.#pointers.areDue) {
      this.#counters.presenceThinned++;
      this.#author = null;
      this.#sendIn(this.#waitMs());
    }
    return { states: states.length > 0 ? presencePacket(states) : null, pointers: pointers.packet, author };
  }
}

const isNull = (json: Uint8Array) => json.length === 4 && Buffer.from(json).toString('latin1') === 'null';

/** A state as its client wrote it; null where it is no object. */
function readState(json: Uint8Array): Record<string, unknown> | null {
  try {
    const state: unknown = JSON.parse(
      Buffer.from(json.buffer, json.byteOffset, json.byteLength).toString('utf8'),
    );
    return isObject(state) ? state : null;
  } catch {
    return null;
  }
}

function isObject(state: unknown): state is Record<string, unknown> {
  return typeof state === 'object' && state !== null && !Array.isArray(state);
}

function lengthOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}
