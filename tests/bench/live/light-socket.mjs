// A WebSocket client that counts incoming messages, and passes them on only if there is a listener.
import { connect } from 'node:net';
import { clientFrame } from './wire.mjs';

/** All sockets read into one buffer, whose content is handled before the next read. */
const readInto = Buffer.allocUnsafe(256 << 10);
const opcodes = { continuation: 0, close: 8, ping: 9 };
const pongByte = 0x8a;
/** A server may limit the sockets per address, and real people come from many addresses. */
const socketsPerAddress = 500;
let opened = 0;

export class LightSocket {
  bytes = 0;
  frames = 0;
  closeCode = null;
  isClosed = false;
  /** Gets the bytes of each message, which are valid only until it returns. Null: messages are counted, not read. */
  onMessage = null;
  /** Called at the end of a frame once `largeBytes` have arrived, read or not. */
  onLarge = null;
  largeBytes = Infinity;
  onClose = null;
  #tcp;
  #isOpen = false;
  #opening = '';
  #settle;
  /** The head of a frame that has not arrived completely. */
  #head = Buffer.allocUnsafe(10);
  #headBytes = 0;
  /** The frame being read: its opcode, its length, the bytes still missing, and its content if wanted. */
  #opcode = 0;
  #length = 0;
  #left = 0;
  #gathered = null;

  /** Opens a socket; resolves after the server's handshake. */
  static open({ port, path, protocol = null, onMessage = null }) {
    return new Promise((resolve, reject) => {
      const socket = new LightSocket();
      socket.onMessage = onMessage;
      socket.#settle = { resolve, reject };
      const localAddress = `127.0.0.${2 + Math.floor(opened++ / socketsPerAddress)}`;
      const onread = { buffer: readInto, callback: (bytes) => socket.#read(bytes) };
      const tcp = connect({ port, host: '127.0.0.1', localAddress, noDelay: true, onread });
      socket.#tcp = tcp;
      tcp.on('connect', () => tcp.write(handshake(path, port, protocol)));
      tcp.on('error', (error) => reject(error));
      tcp.on('close', () => {
        socket.isClosed = true;
        reject(new Error(`${path.slice(0, 40)} was closed before it was open.`));
        socket.onClose?.();
      });
    });
  }

  /** Sends a prepared WebSocket frame. */
  write(frame) {
    this.#tcp.write(frame);
  }

  send(payload) {
    this.#tcp.write(clientFrame(payload));
  }

  /** Resolves when the kernel has everything that was written. */
  flushed() {
    return new Promise((resolve) => this.#tcp.write('', resolve));
  }

  /** Stops reading, like a machine that has gone to sleep. */
  pause() {
    this.#tcp.pause();
  }

  resume() {
    this.#tcp.resume();
  }

  close() {
    this.#tcp.destroy();
  }

  #read(bytes) {
    this.bytes += bytes;
    let at = 0;
    if (!this.#isOpen) at = this.#readHandshake(bytes);
    while (at < bytes) at = this.#left > 0 ? this.#readBody(at, bytes) : this.#readHead(at, bytes);
    return true;
  }

  #readHandshake(bytes) {
    const before = this.#opening.length;
    this.#opening += readInto.toString('latin1', 0, bytes);
    const end = this.#opening.indexOf('\r\n\r\n');
    if (end < 0) return bytes;
    if (!this.#opening.startsWith('HTTP/1.1 101'))
      this.#settle.reject(new Error(`The server answered: ${this.#opening.slice(0, 300)}`));
    else {
      this.#isOpen = true;
      this.#settle.resolve(this);
    }
    const next = end + 4 - before;
    this.#opening = '';
    return next;
  }

  #readHead(from, bytes) {
    let at = from;
    while (at < bytes) {
      this.#head[this.#headBytes++] = readInto[at++];
      const short = this.#head[1] & 0x7f;
      if (this.#headBytes < 2 || this.#headBytes < (short < 126 ? 2 : short === 126 ? 4 : 10)) continue;
      this.#opcode = this.#head[0] & 0x0f;
      this.#length =
        short < 126
          ? short
          : short === 126
            ? this.#head.readUInt16BE(2)
            : Number(this.#head.readBigUInt64BE(2));
      this.#headBytes = 0;
      this.#left = this.#length;
      this.#gathered = null;
      if (this.#length === 0) this.#finish(readInto.subarray(at, at));
      return at;
    }
    return at;
  }

  #readBody(from, bytes) {
    const here = Math.min(this.#left, bytes - from);
    const isWanted = this.onMessage !== null || this.#opcode >= opcodes.close;
    const isWhole = here === this.#length;
    if (isWanted && !isWhole) {
      this.#gathered ??= Buffer.allocUnsafe(this.#length);
      readInto.copy(this.#gathered, this.#length - this.#left, from, from + here);
    }
    this.#left -= here;
    if (this.#left === 0) this.#finish(isWhole ? readInto.subarray(from, from + here) : this.#gathered);
    return from + here;
  }

  #finish(payload) {
    this.frames++;
    if (this.bytes >= this.largeBytes) this.onLarge?.(this);
    if (this.#opcode === opcodes.ping) this.#tcp.write(clientFrame(payload, pongByte));
    else if (this.#opcode === opcodes.close) {
      this.closeCode = payload.length >= 2 ? payload.readUInt16BE(0) : 1005;
      this.#tcp.end();
    } else if (payload) this.onMessage?.(payload, this);
  }
}

function handshake(path, port, protocol) {
  const lines = [
    `GET ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: cmVzYS1sb2FkLXBlcnNvbg==',
    ...(protocol === null ? [] : [`Sec-WebSocket-Protocol: ${protocol}`]),
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}
