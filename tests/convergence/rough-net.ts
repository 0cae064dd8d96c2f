import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';

/** Maximum pieces of one chunk, and maximum turns of the event loop that each may take. */
const mostPieces = 4;
const mostTurns = 5;

/**
 * One person's network connection to the server, over real sockets: it delays and splits data, stalls for a while, and
 * breaks. It keeps the order, like TCP.
 */
export class RoughNet {
  /** The server's port, which may change. */
  target: number;
  /** True if it delays and splits data; otherwise it passes data on at once. */
  isRough = true;
  readonly #random: () => number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #stall: Promise<void> | null = null;
  #resume = () => {};

  static async open(target: number, random: () => number): Promise<RoughNet> {
    const net = new RoughNet(target, random);
    net.#server.listen(0, '127.0.0.1');
    await once(net.#server, 'listening');
    return net;
  }

  private constructor(target: number, random: () => number) {
    this.target = target;
    this.#random = random;
    this.#server = createServer((near) => {
      const far = connect(this.target, '127.0.0.1');
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(from);
        from.on('close', () => {
          this.#sockets.delete(from);
          to.destroy();
        });
        // An error is followed by a close event.
        from.on('error', () => undefined);
        void this.#carry(from, to);
      }
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Passes nothing on from now on, in either direction, without closing. */
  stall(): void {
    this.#stall ??= new Promise((resolve) => (this.#resume = resolve));
  }

  resume(): void {
    this.#stall = null;
    this.#resume();
  }

  /** Ends open connections: with a FIN, or with a reset that may overtake pending data. */
  break(isGentle: boolean): void {
    for (const socket of [...this.#sockets]) {
      if (isGentle) socket.end();
      else socket.resetAndDestroy();
    }
    this.resume();
  }

  close(): void {
    this.break(false);
    this.#server.close();
  }

  async #carry(from: Socket, to: Socket): Promise<void> {
    try {
      for await (const chunk of from as AsyncIterable<Buffer>) {
        for (const piece of this.#pieces(chunk)) {
          await this.#delay();
          if (!to.writable) return;
          if (!to.write(piece)) await once(to, 'drain');
        }
      }
      to.end();
    } catch {
      // It broke while data was being sent.
      to.destroy();
    }
  }

  #pieces(chunk: Buffer): Buffer[] {
    if (!this.isRough) return [chunk];
    const count = 1 + Math.floor(this.#random() * mostPieces);
    const cuts = Array.from({ length: count - 1 }, () => Math.floor(this.#random() * chunk.length));
    const ends = [...cuts.sort((a, b) => a - b), chunk.length];
    return ends.map((end, i) => chunk.subarray(ends[i - 1] ?? 0, end)).filter(({ length }) => length > 0);
  }

  async #delay(): Promise<void> {
    const turns = this.isRough ? Math.floor(this.#random() * mostTurns) : 0;
    for (let i = 0; i < turns; i++) await turn();
    while (this.#stall) await this.#stall;
  }
}
