import type { Decoder } from 'lib0/decoding';
import { hasContent } from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import type { Pointer } from '../../../shared/wire/pointer.ts';
import { canvas, gone, readPointer, writePointer } from '../../../shared/wire/pointer.ts';
import type { Packet } from '../socket/packets.ts';
import { pointerPacket } from '../socket/packets.ts';

interface Place {
  pointer: Pointer;
  /** The place that every receiver knows, so that a move within it is two numbers; null if some do not know it. */
  told: string | null;
}

/**
 * The pointers of a room, one per client id. They are separate from presence states because they move ten times as
 * often. They contain no JSON, and a move takes about ten bytes.
 */
export class Pointers {
  readonly #places = new Map<number, Place>();
  /** Client ids whose pointer has moved since it was sent, the longest waiting first. */
  readonly #due = new Set<number>();
  readonly #isFollowed: (client: number) => boolean;

  constructor(isFollowed: (client: number) => boolean) {
    this.#isFollowed = isFollowed;
  }

  get areDue(): boolean {
    return this.#due.size > 0;
  }

  receive(client: number, body: Decoder): 'moved' | 'nothing' | 'malformed' {
    const known = this.#places.get(client);
    let pointer: Pointer | null;
    try {
      pointer = readPointer(body, known?.pointer.place ?? null);
      if (hasContent(body)) return 'malformed';
    } catch {
      return 'malformed';
    }
    if (pointer === null) return 'nothing';
    if (known) known.pointer = pointer;
    else this.#places.set(client, { pointer, told: null });
    this.#due.add(client);
    return 'moved';
  }

  /** Call when the client has left, or has returned on another socket, which starts without a place. */
  forget(client: number): void {
    this.#places.delete(client);
    this.#due.delete(client);
  }

  /** Removes and encodes what has moved, up to about `most` bytes. People who are followed are always included. */
  take(most: number): { readonly packet: Packet | null; readonly bytes: number } {
    const entries = new Entries();
    let bytes = 0;
    for (const client of this.#due) {
      if (bytes >= most && bytes > 0 && !this.#isFollowed(client)) continue;
      this.#due.delete(client);
      const place = this.#places.get(client);
      if (!place) continue;
      const entry = encode(client, place.pointer, place.told === place.pointer.place);
      place.told = place.pointer.place;
      entries.add(place.pointer, entry);
      bytes += entry.length;
    }
    return { packet: entries.packet(), bytes };
  }

  /** All pointers, each with its place, for a client that knows none. */
  whole(): Packet | null {
    const entries = new Entries();
    for (const [client, place] of this.#places) {
      if (place.pointer.place === gone) continue;
      entries.add(place.pointer, encode(client, place.pointer, false));
      // This client now knows another place than the others, so the next move must name the place.
      if (place.told !== place.pointer.place) place.told = null;
    }
    return entries.packet();
  }
}

/**
 * The pointers of one frame. Those on a canvas come last, because a page of the previous release does not know them and
 * reads a frame only up to the first unknown pointer.
 */
class Entries {
  readonly #first: Uint8Array[] = [];
  readonly #last: Uint8Array[] = [];

  add({ place }: Pointer, entry: Uint8Array): void {
    (place === canvas ? this.#last : this.#first).push(entry);
  }

  packet(): Packet | null {
    for (const entry of this.#last) this.#first.push(entry);
    return this.#first.length > 0 ? pointerPacket(this.#first) : null;
  }
}

function encode(client: number, pointer: Pointer, isPlaceKnown: boolean): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, client);
    writePointer(encoder, pointer, isPlaceKnown);
  });
}
