import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { pino } from 'pino';
import type { Clock } from '../../server/live/clock.ts';
import { Lines } from '../../server/live/socket/line.ts';
import type { Rooms } from '../../server/live/room/rooms.ts';
import { openRooms } from '../../server/live/room/rooms.ts';
import type { Store } from '../../server/store/contract.ts';

/**
 * The live server behind a minimal HTTP server that stores neither a log nor writes, so that all memory is the live
 * server's. `/<board>/<person>` is a participant's membership there.
 */
export class LiveServer {
  readonly rooms: Rooms;
  readonly #server = createServer();
  readonly #lines = new Lines();
  readonly #open = new Set<Duplex>();

  static async open(store: Store, clock?: Clock): Promise<LiveServer> {
    const server = new LiveServer(store, clock);
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  private constructor(store: Store, clock?: Clock) {
    this.rooms = openRooms({ store, log: pino({ level: 'silent' }), ...(clock && { clock }) });
    this.#server.on('upgrade', (request, socket, head) => {
      const [, board = '', person = ''] = (request.url ?? '').split('/');
      this.#open.add(socket);
      socket.once('close', () => this.#open.delete(socket));
      this.#lines.open(request, socket, head, (line) => {
        const membership = {
          board,
          person,
          device: person,
          name: person,
          color: '#5b3df5',
          role: 'participant',
          link: 'link',
          generation: 1,
          expires: Number.MAX_SAFE_INTEGER,
        } as const;
        this.rooms.join(membership, 'board', line);
      });
    });
  }

  /** The address of a person's membership on a board. */
  at(board: string, person: string): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}/${board}/${person}`;
  }

  async close(): Promise<void> {
    await this.rooms.close();
    for (const socket of this.#open) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
