import type { Clock } from '../clock.ts';
import { idleMs, maxIdleRooms } from '../limits.ts';
import type { Room } from './room.ts';

/**
 * The empty rooms. Each stays open for a while, because a reload or a short outage empties a room too. Then it is
 * retired: merged, and dropped from memory, unless somebody has joined.
 */
export class IdleRooms {
  readonly #clock: Clock;
  /** Each with a function that cancels its retirement; the one empty longest first. */
  readonly #rooms = new Map<Room, () => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Retires a room later, and the one empty longest now if there are too many. */
  add(room: Room): void {
    this.keep(room);
    const stop = this.#clock.after(idleMs, () => void this.#retire(room));
    this.#rooms.set(room, stop);
    const [longestIdle] = this.#rooms.keys();
    if (this.#rooms.size > maxIdleRooms && longestIdle) void this.#retire(longestIdle);
  }

  /** Keeps a room from retiring: it has closed, or somebody joins. */
  keep(room: Room): void {
    this.#rooms.get(room)?.();
    this.#rooms.delete(room);
  }

  keepAll(): void {
    for (const room of [...this.#rooms.keys()]) this.keep(room);
  }

  /** Retires rooms, the one empty longest first, to free memory. Returns true if more than these bytes come free. */
  free(bytes: number): boolean {
    let excess = bytes;
    for (const room of this.#rooms.keys()) {
      if (excess < 0) break;
      excess -= room.heapBytes;
      void this.#retire(room);
    }
    return excess < 0;
  }

  async #retire(room: Room): Promise<void> {
    this.keep(room);
    await room.retire();
  }
}
