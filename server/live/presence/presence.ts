import { parseJson } from '../../../shared/json.ts';
import { maxPresenceBytes } from '../../../shared/limits.ts';
import { Bucket } from '../bucket.ts';
import type { Clock } from '../clock.ts';
import type { Connection } from '../socket/connection.ts';
import { DueStates } from './due-states.ts';
import { Following } from './followers.ts';
import type { Packet } from '../socket/packets.ts';
import { encodeEntry, presencePacket } from '../socket/packets.ts';
import { Pointers } from './pointers.ts';
import type { Departed, Slot } from './slots.ts';
import { classify } from './slots.ts';
import { Vetting } from './vetting.ts';
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

/** What one tick sends. Stock clients get only the states. */
export interface Moves {
  readonly states: Packet | null;
  readonly pointers: Packet | null;
  /** The connection that made all of them and need not be sent them; null if several made them. */
  readonly author: Connection | null;
}

/** What a room does with presence. */
export interface PresenceHooks {
  /** Sends what is due. Called at most once every 33 ms. */
  send(moves: Moves): void;
  /** A person has appeared under a client id. */
  claimed(client: number, person: string): void;
}

/** The full presence of a room, for a client that knows nothing of it. */
export interface WholePresence {
  readonly states: Packet | null;
  readonly pointers: Packet | null;
}

/**
 * The presence of a room: one slot per client id, the latest state wins, nothing is stored. It implements the awareness
 * protocol of `y-protocols` without its class, which runs a timer per instance and parses everything that it receives.
 * Here, the client id and clock are enough to recognise an echo.
 */
export class Presence {
  readonly #clock: Clock;
  readonly #counters: Counters;
  readonly #hooks: PresenceHooks;
  readonly #slots = new Map<number, Slot>();
  /** The client ids that each connection holds. */
  readonly #bound = new Map<Connection, Set<number>>();
  /** How many client ids each connection has held in all. */
  readonly #everBound = new WeakMap<Connection, number>();
  /** How many more entries of the current frame may be news. */
  #newsLeft = 0;
  /** Client ids that have left, the longest gone first. */
  readonly #departed = new Map<number, Departed>();
  readonly #following = new Following();
  readonly #pointers = new Pointers((client) => this.#isFollowed(client));
  readonly #due = new DueStates();
  readonly #vetting = new Vetting();
  /** The connection that made everything that is due; null if several did. */
  #author: Connection | null = null;
  readonly #budget: Bucket;
  /** Before this time, presence is sent only along with a commit. */
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

  /** Receives a presence frame. Returns false if it is malformed. */
  receive(from: Connection, entries: readonly PresenceEntry[]): boolean {
    this.#newsLeft = maxNewsInFrame;
    const isGood = entries.every((entry) => this.#receiveEntry(from, entry));
    // Echoes arrive by the hundred and cost little. A client's own news is one entry, and each entry of news is
    // charged.
    const news = maxNewsInFrame - Math.max(0, this.#newsLeft);
    from.charge('presence', news);
    from.charge('work', entries.length * echoWorkMs + news * newsWorkMs);
    return isGood;
  }

  /** Receives a pointer. Returns false if it is malformed. */
  receivePointer(from: Connection, body: Decoder): boolean {
    const [client] = this.#bound.get(from) ?? [];
    // Nobody gets the pointer of an observer.
    if (client === undefined || from.membership.role === 'observer') return true;
    const heard = this.#pointers.receive(client, body);
    if (heard === 'moved') this.#isDue(from);
    return heard !== 'malformed';
  }

  whole(): WholePresence {
    if (this.#slots.size === 0) return { states: null, pointers: null };
    this.#wholeStates ??= presencePacket([...this.#slots.values()].map((slot) => slot.entry));
    return { states: this.#wholeStates, pointers: this.#pointers.whole() };
  }

  /** The full presence for a client that has missed some, so it also includes who has left. */
  afterGap(): WholePresence {
    const entries = [...this.#slots.values()].map(({ entry }) => entry);
    for (const [client, { clock }] of this.#departed) entries.push(encodeEntry(client, clock, 'null'));
    return {
      states: entries.length > 0 ? presencePacket(entries) : null,
      pointers: this.#pointers.whole(),
    };
  }

  /** The client ids that are present, each with its person. */
  claims(): [number, string][] {
    return [...this.#slots.values()].map(({ client, person }) => [client, person]);
  }

  /** Takes what is due soon, to send it along with a commit. Null if nothing is due, or only later. */
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

  /** Takes in one entry. Returns false if its state is malformed. */
  #receiveEntry(from: Connection, entry: PresenceEntry): boolean {
    const { client, clock } = entry;
    const slot = this.#slots.get(client);
    const departed = slot ? undefined : this.#departed.get(client);
    const isFarewell = isNull(entry.json);
    const kind = classify(slot, departed, from, clock, isFarewell);
    const isNews = kind !== 'echo' || slot?.stopGrace;
    if (isNews && this.#newsLeft-- <= 0) return this.#ignore();
    switch (kind) {
      case 'echo':
      case 'foreign':
        return this.#ignore();
      case 'own':
        if (!isFarewell) return this.#set(from, entry);
        if (!slot || clock < slot.clock) return this.#ignore();
        this.#remove(slot, clock);
        return true;
      case 'return':
        if (!this.#mayBind(from)) return this.#ignore();
        this.#renewOthersSoon();
        if (slot?.clock === clock) this.#welcomeBack(slot, from);
        else if (departed && clock <= departed.clock) this.#renew(from, client, departed.clock);
        else return this.#introduce(from, entry);
        return true;
      case 'new':
        return this.#mayBind(from) ? this.#introduce(from, entry) : this.#ignore();
    }
  }

  #ignore(): true {
    this.#counters.presenceEchoes++;
    return true;
  }

  /** Gives a client id its first state on this connection. Returns false if the state is malformed. */
  #introduce(from: Connection, entry: PresenceEntry): boolean {
    if (!this.#set(from, entry)) return false;
    if (this.#slots.has(entry.client)) this.#renew(from, entry.client, entry.clock);
    return true;
  }

  /** Gives a slot to the connection on which its person has returned. Nobody saw them leave, so nothing is sent. */
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
   * Makes a client repeat its state under a newer clock. Peers ignore a clock that they have seen before, and remember
   * it while they or the server are away. Without this, a person who returns and does not move would be invisible for
   * up to 15 s. The protocol provides for it: a client that receives its own state as null answers at once with its
   * state.
   */
  #renew(connection: Connection, client: number, clock: number): void {
    connection.out.send(presencePacket([encodeEntry(client, clock, 'null')]));
  }

  /** A returning client ignores the known clocks of others. So they repeat their states, even if they do not move. */
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
    // A state that is too large is skipped. The connection stays open, because presence is not worth a close.
    if (json.length > maxPresenceBytes) return true;
    const { person } = connection.membership;
    const said = readState(json);
    if (said === null) return false;
    const before = this.#slots.get(client);
    const { state, vetted } = this.#vetting.vet(
      said,
      before?.vetted,
      connection.membership,
      this.#clock.now(),
    );
    const entry = encodeEntry(client, clock, JSON.stringify({ ...state, person }));
    const follows = typeof said.follows === 'string' ? said.follows : '';
    before?.stopGrace?.();
    if (before && before.connection !== connection) this.#pointers.forget(client);
    this.#following.change(before?.follows ?? '', follows);
    this.#bind(connection, client);
    this.#slots.set(client, { client, person, connection, clock, entry, follows, vetted, stopGrace: null });
    this.#departed.delete(client);
    this.#tell(connection, client, entry);
    return true;
  }

  /** Gives a client id to a connection, and takes it from the connection that held it. */
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
   * Takes what is due, up to what a receiver may be sent. The rest waits, and only the newest state of each person is
   * kept. So with more people, each is updated less often, and nobody is left out.
   */
  #take(): Moves {
    this.#stopTimer?.();
    this.#stopTimer = null;
    const author = this.#author;
    const now = this.#clock.now();
    // Presence that was sent early with a commit does not make the next tick earlier: stock clients echo each frame.
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

/** Parses a state; null if it is not a JSON object. */
function readState(json: Uint8Array): Record<string, unknown> | null {
  const state = parseJson(Buffer.from(json.buffer, json.byteOffset, json.byteLength).toString('utf8'));
  return isObject(state) ? state : null;
}

function isObject(state: unknown): state is Record<string, unknown> {
  return typeof state === 'object' && state !== null && !Array.isArray(state);
}

function lengthOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}
