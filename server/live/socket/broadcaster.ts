import type { CloseCode, Control } from '../../../shared/wire/protocol.ts';
import { closeCode } from '../../../shared/wire/protocol.ts';
import type { Membership } from '../../access/membership.ts';
import type { Clock } from '../clock.ts';
import type { Connection } from './connection.ts';
import type { News } from './fan-out.ts';
import { fanOut, sendWhole } from './fan-out.ts';
import type { Packet } from './packets.ts';
import { controlPacket, quietPacket, updatePacket } from './packets.ts';
import { Presence } from '../presence/presence.ts';
import type { Counters } from '../counters.ts';
import { wholePresenceBytes } from '../limits.ts';
import type { PresenceFrame } from './wire.ts';

/** What a broadcaster needs from its room. */
export interface BroadcasterHooks {
  /** The state vector of readers that were sent everything so far. */
  stateVector(): Uint8Array;
  /** A person has appeared under a client id. */
  claimed(client: number, person: string): void;
}

/** The sockets of a room: their presence, and messages to all of them. */
export class Broadcaster implements Iterable<Connection> {
  readonly #connections = new Set<Connection>();
  readonly #presence: Presence;
  readonly #counters: Counters;
  readonly #hooks: BroadcasterHooks;

  constructor(context: { clock: Clock; counters: Counters }, hooks: BroadcasterHooks) {
    this.#counters = context.counters;
    this.#hooks = hooks;
    this.#presence = new Presence(context, {
      send: (moves) => this.#send({ update: null, author: null, moves, mark: null }),
      claimed: (client, person) => hooks.claimed(client, person),
    });
  }

  get size(): number {
    return this.#connections.size;
  }

  get connections(): ReadonlySet<Connection> {
    return this.#connections;
  }

  [Symbol.iterator](): Iterator<Connection> {
    return this.#connections.values();
  }

  has(connection: Connection): boolean {
    return this.#connections.has(connection);
  }

  add(connection: Connection): void {
    this.#connections.add(connection);
  }

  remove(connection: Connection, isClean: boolean): void {
    this.#connections.delete(connection);
    this.#presence.leave(connection, isClean);
  }

  /** The people here; each once, however many sockets they have. */
  people(): Set<string> {
    return new Set([...this.#connections].map(({ membership }) => membership.person));
  }

  /** The client ids of the people here, with their owners. */
  claims(): [number, string][] {
    return this.#presence.claims();
  }

  /** Takes a socket's own presence, or answers its request for that of others. */
  receive(from: Connection, frame: PresenceFrame): void {
    if (frame.kind === 'presence-query') return this.#tellWho(from);
    const isGood =
      frame.kind === 'presence'
        ? this.#presence.receive(from, frame.entries)
        : this.#presence.receivePointer(from, frame.body);
    if (!isGood) from.close(closeCode.malformed, 'malformed');
  }

  /** Sends a newcomer the control messages and everybody's presence in one write. */
  sendWelcome(connection: Connection, controls: readonly Control[]): void {
    connection.out.together(() => {
      for (const control of controls) connection.tell(control);
      sendWhole(connection, this.#presence.whole());
    });
  }

  tell(control: Control): void {
    for (const connection of this.#connections) connection.tell(control);
  }

  /** Tells each socket what `which` selects by the membership of its link, and encodes the same object once. */
  tellEach(which: (membership: Membership) => Control): void {
    const packets = new Map<Control, Packet>();
    for (const { byLink, out, isOurs } of this.#connections) {
      if (!isOurs) continue;
      const control = which(byLink);
      const packet = packets.get(control) ?? controlPacket(control);
      packets.set(control, packet);
      out.send(packet);
    }
  }

  /** Asks everybody who may write for their state, by sync step 1. */
  ask(step1: Packet): void {
    for (const connection of this.#connections) if (connection.isJudged) connection.ask(step1);
  }

  /** Sends an update to all but its sole author, with the presence and clock mark that are due. */
  deliver(update: Uint8Array, author: Connection | null, mark: Packet | null): void {
    this.#send({ update: updatePacket(update), author, moves: this.#presence.takeAlong(), mark });
  }

  /** Sends only a clock mark. */
  mark(mark: Packet): void {
    this.#send({ update: null, author: null, moves: null, mark });
  }

  /** Maintains each socket: heartbeats, expired memberships, skipped presence. */
  beat(): void {
    for (const connection of this.#connections) {
      const { out } = connection;
      if (out.missedPresence && out.takesPresence) {
        out.missedPresence = false;
        sendWhole(connection, this.#presence.afterGap());
      }
      connection.beat();
    }
  }

  /** Closes all sockets. */
  dismiss(code: CloseCode, reason: string): void {
    for (const connection of [...this.#connections]) connection.close(code, reason);
  }

  /** Stops the timers. */
  close(): void {
    this.#presence.close();
  }

  #send(news: News): void {
    const late = { presence: () => this.#presence.afterGap(), stateVector: () => this.#hooks.stateVector() };
    fanOut(this.#connections, news, late, this.#counters);
  }

  #tellWho(asking: Connection): void {
    if (!asking.out.takesPresence) {
      asking.out.missedPresence = true;
      return;
    }
    const whole = this.#presence.whole();
    asking.charge('presence', (whole.states?.length ?? 0) / wholePresenceBytes);
    if (whole.states) sendWhole(asking, whole);
    else asking.out.send(quietPacket);
  }
}
