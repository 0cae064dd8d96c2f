import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect } from 'node:net';

/** Where a hostile person connects. */
export interface Way {
  readonly port: number;
  readonly path: string;
  /** Their address. Each person has a separate one, as with separate machines. */
  readonly from: string;
}

const handshake = (path: string) =>
  [
    `GET ${path} HTTP/1.1`,
    'Host: x',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
    '\r\n',
  ].join('\r\n');

/** A raw TCP connection below WebSocket. Incoming data is discarded, or not even read. */
export class Line {
  readonly socket: Socket;
  bytesOut = 0;

  /** Connects, and requests a WebSocket if `upgrades`. Rejects if the server refuses. */
  static async open({ port, path, from }: Way, upgrades = true): Promise<Line> {
    const socket = connect({ port, host: '127.0.0.1', localAddress: from, noDelay: true });
    const line = new Line(socket);
    await line.#first('connect');
    if (!upgrades) return line;
    socket.write(handshake(path));
    const answer = await line.#first('data');
    if (!String(answer).startsWith('HTTP/1.1 101')) {
      line.close();
      throw new Error(`refused: ${String(answer).slice(0, 60)}`);
    }
    return line;
  }

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => undefined);
  }

  get isOpen(): boolean {
    return this.socket.writable;
  }

  /** Reads and discards. */
  read(): void {
    this.socket.resume();
  }

  /** Sends bytes; resolves when the socket can take more, or the line is closed. */
  async write(bytes: Uint8Array): Promise<void> {
    if (!this.isOpen) return;
    this.bytesOut += bytes.length;
    if (!this.socket.write(bytes)) await this.#either('drain');
  }

  /** Resolves when data has come in, or the line is closed. */
  async heard(): Promise<void> {
    if (this.isOpen) await this.#either('data');
  }

  async closed(): Promise<void> {
    if (!this.socket.destroyed) await once(this.socket, 'close');
  }

  close(): void {
    this.socket.destroy();
  }

  async #either(event: string): Promise<void> {
    const { socket } = this;
    await new Promise<void>((resolve) => {
      const end = () => {
        socket.off(event, end).off('close', end);
        resolve();
      };
      socket.on(event, end).on('close', end);
    });
  }

  async #first(event: string): Promise<unknown> {
    const { socket } = this;
    return new Promise((resolve, reject) => {
      socket.once(event, resolve);
      socket.once('close', () => reject(new Error(`closed before ${event}`)));
    });
  }
}
