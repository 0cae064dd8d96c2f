import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import type { Pointer } from '$shared/wire/pointer.ts';
import { gone, readPointer, writePointer } from '$shared/wire/pointer.ts';
import { frameKind } from '$shared/wire/protocol.ts';

/** Minimum time between two moves sent: 20 per second look live and cost a third of 60. */
const moveMs = 50;

/**
 * Pointers on the wire (`shared/wire/pointer.ts`). Sends our own pointer when it has moved, and receives those of
 * others. Each side of a socket remembers the last place of each pointer. That memory ends with the socket.
 */
export class Pointers {
  /** Returns true if a socket was open to send on. */
  readonly #send: (frame: Uint8Array<ArrayBuffer>) => boolean;
  #listener: (client: number) => void = () => {};
  /** The last place received, by awareness client id. */
  readonly #places = new Map<number, string>();
  readonly #pointers = new Map<number, Pointer>();
  /** The pointer last sent on this socket. */
  #told: Pointer | null = null;
  #next: Pointer | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #lastSent = -Infinity;

  constructor(send: (frame: Uint8Array<ArrayBuffer>) => boolean) {
    this.#send = send;
  }

  /** Calls the listener for each pointer that moves, with its awareness client id. */
  listen(listener: (client: number) => void): void {
    this.#listener = listener;
  }

  /** Sends the position of our own pointer. The place `gone` means that it is nowhere. */
  send(pointer: Pointer): void {
    this.#next = pointer;
    const wait = this.#lastSent + moveMs - performance.now();
    if (wait <= 0) this.#tell();
    else this.#timer ??= setTimeout(this.#tell, wait);
  }

  /** Reads the pointers of a frame, after its kind. If the frame is cut short, the pointers before the cut count. */
  receive(decoder: decoding.Decoder): void {
    try {
      for (let left = decoding.readVarUint(decoder); left > 0; left--) {
        const client = decoding.readVarUint(decoder);
        const pointer = readPointer(decoder, this.#places.get(client) ?? null);
        if (pointer === null) continue;
        this.#places.set(client, pointer.place);
        this.#pointers.set(client, pointer);
        this.#listener(client);
      }
    } catch {
      // A lost pointer is corrected by its next move.
    }
  }

  /** The last position of a client's pointer, if that client sends pointer frames. */
  of(client: number): Pointer | null {
    return this.#pointers.get(client) ?? null;
  }

  /** Drops the pointer of a client that has left. Its last place stays, because the server may refer to it again. */
  drop(client: number): void {
    this.#pointers.delete(client);
  }

  /** Call this for each new socket: neither side knows a place of the other yet. */
  renew(): void {
    this.#places.clear();
    this.#pointers.clear();
    this.#told = null;
  }

  close(): void {
    this.#stopTimer();
  }

  #tell = () => {
    this.#stopTimer();
    const [told, next] = [this.#told, this.#next];
    this.#next = null;
    if (next === null || isSame(next, told)) return;
    const frame = encoding.encode((encoder) => {
      encoding.writeVarUint(encoder, frameKind.pointer);
      writePointer(encoder, next, next.place === told?.place);
    });
    if (!this.#send(frame)) return;
    this.#told = next;
    this.#lastSent = performance.now();
  };

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

/** True if sending would change nothing. A pointer that was never sent need not be reported gone. */
function isSame(next: Pointer, told: Pointer | null): boolean {
  if (next.place === gone) return told === null || told.place === gone;
  return told !== null && next.place === told.place && next.x === told.x && next.y === told.y;
}
