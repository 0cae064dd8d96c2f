import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import type { Pointer } from '$shared/wire/pointer.ts';
import { gone, readPointer, writePointer } from '$shared/wire/pointer.ts';
import { frameKind } from '$shared/wire/protocol.ts';

/** Moves go out at most this often: 20 a second look live and cost a third of 60. */
const moveMs = 50;

/**
 * Pointers on the wire (`shared/wire/pointer.ts`): our own goes out when it has moved, others' come in. What the
 * two sides of a socket know of each other's places is theirs alone, and forgotten with it.
 */
export class Pointers {
  /** Returns whether there was a socket to send on. */
  readonly #send: (frame: Uint8Array<ArrayBuffer>) => boolean;
  #listener: (client: number) => void = () => {};
  /** The last place heard of each awareness client id. */
  readonly #places = new Map<number, string>();
  readonly #pointers = new Map<number, Pointer>();
  /** What the server was last told on this socket. */
  #told: Pointer | null = null;
  #next: Pointer | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #lastSent = -Infinity;

  constructor(send: (frame: Uint8Array<ArrayBuffer>) => boolean) {
    this.#send = send;
  }

  /** Hears whose pointer has moved, by awareness client ids. */
  listen(listener: (client: number) => void): void {
    this.#listener = listener;
  }

  /** Says where our own pointer is; `gone` as its place when it is nowhere. */
  send(pointer: Pointer): void {
    this.#next = pointer;
    const wait = this.#lastSent + moveMs - performance.now();
    if (wait <= 0) this.#tell();
    else this.#timer ??= setTimeout(this.#tell, wait);
  }

  /** Takes in what a frame says behind its kind. One that breaks off counts as far as it goes. */
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
      // A pointer that is lost is made good by its next move.
    }
  }

  /** Where the pointer of a client id was last, as far as it says so by frames of its own. */
  of(client: number): Pointer | null {
    return this.#pointers.get(client) ?? null;
  }

  /** Of who has gone, no pointer stays; the server may go on from its place all the same. */
  drop(client: number): void {
    this.#pointers.delete(client);
  }

  /** To be called for each new socket: neither side knows a place of the other yet. */
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

/** Whether saying it would tell nothing new; of one that is gone nobody has to hear who has not heard of it. */
function isSame(next: Pointer, told: Pointer | null): boolean {
  if (next.place === gone) return told === null || told.place === gone;
  return told !== null && next.place === told.place && next.x === told.x && next.y === told.y;
}
