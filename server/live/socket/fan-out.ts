import type { Connection } from './connection.ts';
import type { Packet } from './packets.ts';
import { joined } from './packets.ts';
import type { Moves, WholePresence } from '../presence/presence.ts';
import type { Counters } from '../counters.ts';

/** A room's messages that go out now. */
export interface News {
  /** The change of a commit, framed; null if only presence goes out. */
  readonly update: Packet | null;
  /** The sole author of the update, who does not need it; null if there are several. */
  readonly author: Connection | null;
  readonly moves: Moves | null;
  /** The signed clock mark, for clients with control frames. */
  readonly mark: Packet | null;
}

/** What the fan-out needs from the room for readers that missed something. */
export interface Latecomers {
  presence(): WholePresence;
  stateVector(): Uint8Array;
}

/**
 * Sends messages to everybody in a room: one write per socket, and the same bytes for equal receivers. There are a few
 * kinds of receivers: with or without the update, pointers, and the mark.
 */
export function fanOut(
  connections: Iterable<Connection>,
  { update, author, moves, mark }: News,
  late: Latecomers,
  counters: Counters,
): void {
  const made = new Map<number, Packet | null>();

  /** The packet for one kind of receiver, made for the first of them. */
  function packetFor(
    wantsUpdate: boolean,
    wantsMoves: boolean,
    wantsMark: boolean,
    isOurs: boolean,
  ): Packet | null {
    const kind = (wantsUpdate ? 1 : 0) + (wantsMoves ? 2 : 0) + (isOurs ? 4 : 0) + (wantsMark ? 8 : 0);
    const known = made.get(kind);
    if (known !== undefined) return known;
    const parts = [
      wantsUpdate ? update : null,
      wantsMoves ? (moves?.states ?? null) : null,
      wantsMoves && isOurs ? (moves?.pointers ?? null) : null,
      wantsMark ? mark : null,
    ].filter((part) => part !== null);
    const packet = parts.length > 0 ? joined(parts) : null;
    made.set(kind, packet);
    return packet;
  }

  for (const connection of connections) {
    const wantsUpdate = update !== null && connection !== author && connection.out.takesUpdates;
    const wantsMoves =
      moves !== null && connection !== moves.author && takesMoves(connection, late, counters);
    const wantsMark = mark !== null && connection.isOurs && connection.out.takesUpdates;
    const packet = packetFor(wantsUpdate, wantsMoves, wantsMark, connection.isOurs);
    if (packet === null) continue;
    if (wantsMoves) counters.presenceFrames++;
    connection.out.send(packet, (wantsUpdate ? 1 : 0) + (wantsMoves ? 1 : 0) + (wantsMark ? 1 : 0));
    if (wantsUpdate) connection.out.checkPace(() => late.stateVector());
  }
}

/** Presence goes to readers that keep up. A reader that has caught up gets the full presence instead. */
function takesMoves(connection: Connection, late: Latecomers, counters: Counters): boolean {
  if (!connection.out.takesPresence) {
    counters.presenceSkipped++;
    connection.out.missedPresence = true;
    return false;
  }
  if (!connection.out.missedPresence) return true;
  connection.out.missedPresence = false;
  sendWhole(connection, late.presence());
  return false;
}

/** Sends a connection the presence of everybody. */
export function sendWhole(connection: Connection, { states, pointers }: WholePresence): void {
  if (states) connection.out.send(states);
  if (pointers && connection.isOurs) connection.out.send(pointers);
}
