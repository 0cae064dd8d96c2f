import type { Clock } from './clock.ts';
import type { Connection } from './connection.ts';
import type { Tally } from './tally.ts';
import { maxClientIds, maxDeparted, presenceMs, renewMs } from './tuning.ts';
import { maxPresenceBytes } from '../../shared/limits.ts';
import type { PresenceEntry } from './wire.ts';
import { encodeEntry, presenceFrame } from './wire.ts';

/** Where one client id is, as last heard from the connection that it is bound to. */
interface Slot {
  readonly client: number;
  readonly connection: Connection;
  readonly clock: number;
  /** As it goes out: stamped with the person, encoded once. */
  readonly entry: Uint8Array;
}

/**
 * Who is where in a room: one slot a client id, the latest wins, nothing is stored. It speaks the
 * awareness protocol of `y-protocols` without its class, which runs a timer an instance and parses all
 * that it hears; here an echo is known by its id and clock.
 */
export class Presence {
  readonly #connections: ReadonlySet<Connection>;
  readonly #clock: Clock;
  readonly #tally: Tally;
  readonly #slots = new Map<number, Slot>();
  /** The client ids of the slots that each connection has. */
  readonly #bound = new Map<Connection, Set<number>>();
  /** The last clock of client ids that have left, and whose they were; the longest gone first. */
  readonly #departed = new Map<number, { readonly clock: number; readonly person: string }>();
  /** What is to go out with the next frame, and who said it: one connection, or null for several. */
  readonly #due = new Map<number, Uint8Array>();
  #dueFrom: Connection | null = null;
  #lastSent = -Infinity;
  #stopTimer: (() => void) | null = null;
  #stopRenewal: (() => void) | null = null;
  #wholeFrame: Uint8Array | null = null;

  constructor(connections: ReadonlySet<Connection>, { clock, tally }: { clock: Clock; tally: Tally }) {
    this.#connections = connections;
    this.#clock = clock;
    this.#tally = tally;
  }

  /** Takes in what a socket says of itself. Returns false where it is no presence at all. */
  hear(from: Connection, entries: readonly PresenceEntry[]): boolean {
    return entries.every((entry) => this.#hearEntry(from, entry));
  }

  /** All slots, as one frame; null where nobody has said anything. */
  whole(): Uint8Array | null {
    if (this.#slots.size === 0) return null;
    return (this.#wholeFrame ??= presenceFrame([...this.#slots.values()].map((slot) => slot.entry)));
  }

  leave(connection: Connection): void {
    for (const client of [...(this.#bound.get(connection) ?? [])]) {
      const slot = this.#slots.get(client);
      if (slot) this.#remove(slot, slot.clock + 1);
    }
    this.#bound.delete(connection);
  }

  close(): void {
    this.#stopTimer?.();
    this.#stopRenewal?.();
    this.#stopTimer = this.#stopRenewal = null;
  }

  #hearEntry(from: Connection, entry: PresenceEntry): boolean {
    const slot = this.#slots.get(entry.client) ?? null;
    const isFarewell = isNull(entry.json);
    if (slot && slot.connection === from) {
      if (isFarewell && entry.clock >= slot.clock) this.#remove(slot, entry.clock);
      else if (!isFarewell && entry.clock > slot.clock) return this.#set(from, entry);
      else this.#tally.presenceEchoes++;
      return true;
    }
    const before = slot
      ? { clock: slot.clock, person: slot.connection.seat.person }
      : this.#departed.get(entry.client);
    const isOthers = before !== undefined && before.person !== from.seat.person;
    // A live slot is taken over only by a newer word of the same person: all else is heard, not said.
    if (isFarewell || isOthers || (slot && entry.clock <= slot.clock) || !this.#mayBind(from)) {
      this.#tally.presenceEchoes++;
      return true;
    }
    if (before) this.#renewOthersSoon();
    if (before && entry.clock <= before.clock) this.#renew(from, entry.client, before.clock);
    else {
      if (!this.#set(from, entry)) return false;
      if (this.#slots.has(entry.client)) this.#renew(from, entry.client, entry.clock);
    }
    return true;
  }

  /**
   * Asks a client to say again where it is, under a newer clock. Peers ignore a clock that they have
   * heard before, and remember it across their own and the server's absence: without this, someone who
   * comes back and sits still would stay unseen for up to 15 s. The protocol has the word for it: a
   * client that hears itself called gone answers at once that it is not.
   */
  #renew(connection: Connection, client: number, clock: number): void {
    connection.send(presenceFrame([encodeEntry(client, clock, 'null')]));
  }

  /** Who comes back has heard of the others before: those who sit still must be heard again. */
  #renewOthersSoon(): void {
    this.#stopRenewal ??= this.#clock.after(renewMs, () => {
      this.#stopRenewal = null;
      for (const { connection, client, clock } of this.#slots.values())
        this.#renew(connection, client, clock);
    });
  }

  #mayBind(connection: Connection): boolean {
    return (this.#bound.get(connection)?.size ?? 0) < maxClientIds;
  }

  #set(connection: Connection, { client, clock, json }: PresenceEntry): boolean {
    // Presence is worth nothing later: one that is too large is left out, and the rest goes on.
    if (json.length > maxPresenceBytes) return true;
    const stamped = stamp(json, connection.seat.person);
    if (stamped === null) return false;
    const entry = encodeEntry(client, clock, stamped);
    this.#bind(connection, client);
    this.#slots.set(client, { client, connection, clock, entry });
    this.#departed.delete(client);
    this.#tellOthers(connection, client, entry);
    return true;
  }

  /** Gives a client id to a connection, and takes it from the one that had it. */
  #bind(connection: Connection, client: number): void {
    const before = this.#slots.get(client)?.connection;
    if (before && before !== connection) this.#bound.get(before)?.delete(client);
    const bound = this.#bound.get(connection) ?? new Set();
    this.#bound.set(connection, bound.add(client));
  }

  #remove({ client, connection }: Slot, clock: number): void {
    this.#slots.delete(client);
    this.#bound.get(connection)?.delete(client);
    this.#departed.set(client, { clock, person: connection.seat.person });
    const [longestGone] = this.#departed.keys();
    if (this.#departed.size > maxDeparted && longestGone !== undefined) this.#departed.delete(longestGone);
    this.#tellOthers(connection, client, encodeEntry(client, clock, 'null'));
  }

  #tellOthers(from: Connection, client: number, entry: Uint8Array): void {
    this.#wholeFrame = null;
    this.#dueFrom = this.#due.size === 0 || this.#dueFrom === from ? from : null;
    this.#due.set(client, entry);
    if (this.#stopTimer) return;
    const wait = this.#lastSent + presenceMs - this.#clock.now();
    if (wait <= 0) this.#flush();
    else {
      this.#stopTimer = this.#clock.after(wait, () => {
        this.#stopTimer = null;
        this.#flush();
      });
    }
  }

  #flush(): void {
    const frame = presenceFrame([...this.#due.values()]);
    const author = this.#dueFrom;
    this.#due.clear();
    this.#lastSent = this.#clock.now();
    for (const connection of this.#connections) {
      if (connection === author) continue;
      this.#tally.presenceFrames++;
      connection.sendPresence(frame, () => this.whole() ?? frame);
    }
  }
}

const isNull = (json: Uint8Array) => json.length === 4 && Buffer.from(json).toString('latin1') === 'null';

/** The state with the person that the seat says, whatever the client wrote; null where it is no object. */
function stamp(json: Uint8Array, person: string): string | null {
  try {
    const state: unknown = JSON.parse(
      Buffer.from(json.buffer, json.byteOffset, json.byteLength).toString('utf8'),
    );
    if (typeof state !== 'object' || state === null || Array.isArray(state)) return null;
    return JSON.stringify({ ...state, person });
  } catch {
    return null;
  }
}
