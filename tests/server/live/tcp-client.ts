import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect } from 'node:net';

const mask = Uint8Array.of(0x5a, 0xc3, 0x17, 0xe9);

export const opcode = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** A hand-made WebSocket frame of a client. */
export function clientFrame(
  payload: Uint8Array,
  { kind = opcode.binary, isFinal = true }: { kind?: number; isFinal?: boolean } = {},
): Buffer {
  const { length } = payload;
  const headBytes = length < 126 ? 2 : length < 1 << 16 ? 4 : 10;
  const frame = Buffer.alloc(headBytes + 4 + length);
  frame[0] = (isFinal ? 0x80 : 0) | kind;
  if (length < 126) frame[1] = 0x80 | length;
  else if (length < 1 << 16) {
    frame[1] = 0x80 | 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 0x80 | 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.set(mask, headBytes);
  for (let i = 0; i < length; i++) frame[headBytes + 4 + i] = (payload[i] ?? 0) ^ (mask[i & 3] ?? 0);
  return frame;
}

/** A client below WebSocket: it writes bytes to the stream as the test says, in pieces of any size. */
export class TcpClient {
  readonly socket: Socket;
  /** Everything that the server sent after the handshake. */
  heard: Buffer = Buffer.alloc(0);

  /** Opens a socket by the path of a membership; `early` goes out in one piece with the request. */
  static async open(port: number, path: string, early: Uint8Array = new Uint8Array()): Promise<TcpClient> {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.setNoDelay();
    const request = [
      `GET ${path} HTTP/1.1`,
      'Host: x',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
      '\r\n',
    ];
    socket.write(Buffer.concat([Buffer.from(request.join('\r\n')), early]));
    const client = new TcpClient(socket);
    while (!client.#opening.includes('\r\n\r\n')) await once(socket, 'data');
    return client;
  }

  #opening = '';

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      if (this.#opening.includes('\r\n\r\n')) {
        this.heard = Buffer.concat([this.heard, chunk]);
        return;
      }
      this.#opening += chunk.toString('latin1');
      const end = this.#opening.indexOf('\r\n\r\n');
      if (end >= 0) this.heard = Buffer.from(this.#opening.slice(end + 4), 'latin1');
    });
  }

  /** The opcodes of the frames that the server has sent. */
  get opcodes(): number[] {
    const found: number[] = [];
    for (let at = 0; at + 2 <= this.heard.length;) {
      found.push((this.heard[at] ?? 0) & 0x0f);
      const short = (this.heard[at + 1] ?? 0) & 0x7f;
      if (short < 126) at += 2 + short;
      else if (short === 126) at += 4 + this.heard.readUInt16BE(at + 2);
      else at += 10 + Number(this.heard.readBigUInt64BE(at + 2));
    }
    return found;
  }

  write(...parts: readonly Uint8Array[]): void {
    this.socket.write(Buffer.concat(parts));
  }

  async closed(): Promise<void> {
    if (!this.socket.destroyed) await once(this.socket, 'close');
  }

  close(): void {
    this.socket.destroy();
  }
}
