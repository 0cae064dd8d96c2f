import type { WebSocket } from 'ws';
import type { CloseCode, Control } from '../../shared/protocol.ts';
import { closeCode } from '../../shared/protocol.ts';
import type { Seat } from '../access/seat.ts';
import type { Log } from '../log.ts';
import type { Store } from '../store/contract.ts';
import type { Clock } from './clock.ts';
import { systemClock } from './clock.ts';
import { Connection } from './connection.ts';
import type { LiveBoards } from './contract.ts';
import { documents } from './contract.ts';
import type { Keeper, Surroundings } from './room.ts';
import { Room } from './room.ts';
import type { Tally } from './tally.ts';
import { newTally } from './tally.ts';
import { beatMs, idleMs, maxIdleRooms } from './tuning.ts';

export interface LiveOptions {
  readonly store: Store;
  readonly log: Log;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** The timers, for tests that move time; `now` wins over theirs. */
  readonly clock?: Clock;
}

/** The live side, and its counters. */
export interface Rooms extends LiveBoards {
  readonly tally: Readonly<Tally>;
  /** Stores a room's state now, where it is open: a store asks for it when its journal grows. */
  checkpoint(room: string): void;
}

/** Opens the live side. `close` ends it; the store is its owner's to close. */
export function openRooms({ store, log, now, clock = systemClock }: LiveOptions): Rooms {
  return new OpenRooms({ store, log, clock: now ? { ...clock, now } : clock, tally: newTally() });
}

class OpenRooms implements Rooms, Keeper {
  readonly #around: Surroundings;
  readonly #rooms = new Map<string, Room>();
  /** Empty rooms and how to keep each from retiring; the one empty longest first. */
  readonly #idle = new Map<Room, () => void>();
  readonly #stopBeat: () => void;
  #isClosing = false;

  constructor(around: Surroundings) {
    this.#around = around;
    this.#stopBeat = around.clock.every(beatMs, () => {
      for (const room of this.#rooms.values()) room.beat();
    });
  }

  get tally(): Readonly<Tally> {
    return this.#around.tally;
  }

  join(seat: Seat, document: string, socket: WebSocket, control: boolean): void {
    const refusal = this.#refusal(document);
    if (refusal) {
      socket.on('error', () => socket.terminate());
      socket.close(refusal.code, refusal.reason);
      return;
    }
    // Gone already: it would never tell us that it goes.
    if (socket.readyState !== socket.OPEN) return;
    const room = this.#room(seat.board, document);
    this.#idle.get(room)?.();
    this.#idle.delete(room);
    room.enter(new Connection(seat, socket, control, this.#around));
  }

  dismiss(board: string, which: (seat: Seat) => boolean, code: CloseCode, reason: string): number {
    const leaving = this.#connectionsOf(board).filter(({ seat }) => which(seat));
    for (const connection of leaving) connection.close(code, reason);
    return leaving.length;
  }

  announce(board: string, control: Control): void {
    for (const room of this.#roomsOf(board)) room.tell(control);
  }

  colorsTaken(board: string): readonly string[] {
    return [...new Set(this.#connectionsOf(board).map(({ seat }) => seat.color))];
  }

  crowd(board: string): number {
    return this.#roomsOf(board).reduce((sum, room) => sum + room.connections.size, 0);
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    this.#stopBeat();
    for (const stop of this.#idle.values()) stop();
    this.#idle.clear();
    await Promise.all([...this.#rooms.values()].map((room) => room.close()));
  }

  checkpoint(room: string): void {
    void this.#rooms.get(room)?.checkpoint();
  }

  emptied(room: Room): void {
    if (this.#isClosing) return;
    this.#idle.get(room)?.();
    this.#idle.delete(room);
    this.#idle.set(
      room,
      this.#around.clock.after(idleMs, () => void this.#retire(room)),
    );
    const [longestIdle] = this.#idle.keys();
    if (this.#idle.size > maxIdleRooms && longestIdle) void this.#retire(longestIdle);
  }

  closed(room: Room): void {
    this.#idle.get(room)?.();
    this.#idle.delete(room);
    if (this.#rooms.get(room.name) === room) this.#rooms.delete(room.name);
  }

  async #retire(room: Room): Promise<void> {
    this.#idle.get(room)?.();
    this.#idle.delete(room);
    await room.retire();
  }

  #refusal(document: string): { code: CloseCode; reason: string } | null {
    if (this.#isClosing) return { code: closeCode.restart, reason: 'restart' };
    if (!documents.includes(document)) return { code: closeCode.noSuchBoard, reason: 'no-such-document' };
    if (this.#around.store.failure) return { code: closeCode.busy, reason: 'not-saved' };
    return null;
  }

  #room(board: string, document: string): Room {
    const name = `${board}/${document}`;
    const open = this.#rooms.get(name);
    if (open) return open;
    const room = new Room(board, document, this.#around, this);
    this.#rooms.set(name, room);
    void room.load();
    return room;
  }

  #roomsOf(board: string): Room[] {
    return documents.flatMap((document) => this.#rooms.get(`${board}/${document}`) ?? []);
  }

  #connectionsOf(board: string): Connection[] {
    return this.#roomsOf(board).flatMap((room) => [...room.connections]);
  }
}
