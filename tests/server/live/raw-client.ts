import { once } from 'node:events';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { WebSocket } from 'ws';
import * as Y from 'yjs';
import type { Control } from '../../../shared/wire/protocol.ts';
import type { Pointer } from '../../../shared/wire/pointer.ts';
import { readPointer, writePointer } from '../../../shared/wire/pointer.ts';
import { controlProtocol, frameKind, syncKind } from '../../../shared/wire/protocol.ts';

/** A parsed message of the server. */
export type Heard =
  | { kind: 'step1'; bytes: Uint8Array }
  | { kind: 'step2'; bytes: Uint8Array }
  | { kind: 'update'; bytes: Uint8Array }
  | { kind: 'presence'; entries: { client: number; clock: number; state: unknown }[] }
  | { kind: 'pointers'; entries: { client: number; pointer: Pointer | null }[] }
  | { kind: 'denied'; reason: string }
  | { kind: 'control'; control: Control };

type Of<K extends Heard['kind']> = Extract<Heard, { kind: K }>;

/** A hand-made client: it sends exactly what the test says, and stores what it receives. */
export class RawClient {
  readonly socket: WebSocket;
  /** Messages received and not yet taken by `next`. */
  readonly heard: Heard[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  bytesHeard = 0;
  /** The last known place of each client id's pointer. */
  readonly #places = new Map<number, string>();
  #wake: () => void = () => {};

  /** @param keep called with all incoming bytes */
  static async open(url: string, control: boolean, keep?: (data: Buffer) => void): Promise<RawClient> {
    const client = new RawClient(new WebSocket(url, control ? [controlProtocol] : []), keep);
    await once(client.socket, 'open');
    return client;
  }

  private constructor(socket: WebSocket, keep?: (data: Buffer) => void) {
    this.socket = socket;
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
    socket.on('error', () => socket.terminate());
    socket.on('message', (data: Buffer) => {
      keep?.(data);
      this.heard.push(parse(data, this.#places));
      this.bytesHeard += data.length;
      this.#wake();
    });
  }

  /** Takes the first received frame of a kind, or waits for one. Frames before it stay. */
  async next<K extends Heard['kind']>(kind: K, which: (one: Of<K>) => boolean = () => true): Promise<Of<K>> {
    for (;;) {
      const index = this.heard.findIndex((one) => one.kind === kind && which(one as Of<K>));
      if (index >= 0) return this.heard.splice(index, 1)[0] as Of<K>;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Takes the next control frame of a kind. */
  async told<K extends Control['kind']>(kind: K): Promise<Extract<Control, { kind: K }>> {
    const { control } = await this.next('control', (one) => one.control.kind === kind);
    return control as Extract<Control, { kind: K }>;
  }

  /** Asks for the state and waits for it: the server has then received everything sent before. */
  async state(): Promise<Y.Doc> {
    this.step1(new Y.Doc());
    const doc = new Y.Doc();
    const step2 = await this.next('step2');
    // Earlier updates may be missing in the answer; those that are included change nothing.
    for (const one of this.heard) if (one.kind === 'update') Y.applyUpdate(doc, one.bytes);
    Y.applyUpdate(doc, step2.bytes);
    return doc;
  }

  send(bytes: Uint8Array | string): void {
    this.socket.send(bytes);
  }

  step1(doc: Y.Doc): void {
    this.#sync(syncKind.step1, Y.encodeStateVector(doc));
  }

  step2(update: Uint8Array = new Uint8Array([0, 0])): void {
    this.#sync(syncKind.step2, update);
  }

  update(update: Uint8Array): void {
    this.#sync(syncKind.update, update);
  }

  presence(entries: readonly { client: number; clock: number; state: unknown }[]): void {
    const body = encoding.encode((encoder) => {
      encoding.writeVarUint(encoder, entries.length);
      for (const { client, clock, state } of entries) {
        encoding.writeVarUint(encoder, client);
        encoding.writeVarUint(encoder, clock);
        encoding.writeVarString(encoder, typeof state === 'string' ? state : JSON.stringify(state));
      }
    });
    this.send(
      encoding.encode((encoder) => {
        encoding.writeVarUint(encoder, frameKind.awareness);
        encoding.writeVarUint8Array(encoder, body);
      }),
    );
  }

  /** Sends its pointer; `isPlaceKnown`: in the cell that it named last. */
  point(pointer: Pointer, isPlaceKnown = false): void {
    this.send(
      encoding.encode((encoder) => {
        encoding.writeVarUint(encoder, frameKind.pointer);
        writePointer(encoder, pointer, isPlaceKnown);
      }),
    );
  }

  /** Shows clock marks. */
  prove(marks: readonly string[]): void {
    this.send(
      encoding.encode((encoder) => {
        encoding.writeVarUint(encoder, frameKind.control);
        encoding.writeVarString(encoder, JSON.stringify({ kind: 'proof', marks }));
      }),
    );
  }

  queryPresence(): void {
    this.send(new Uint8Array([frameKind.queryAwareness]));
  }

  /** Ends the socket without a close frame, like a broken network. */
  close(): void {
    this.socket.terminate();
  }

  /** Closes the socket, like a page that is closed. */
  async leave(): Promise<void> {
    this.socket.close();
    await this.closed;
  }

  #sync(kind: number, payload: Uint8Array): void {
    this.send(syncFrame(kind, payload));
  }
}

export function syncFrame(kind: number, payload: Uint8Array): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, frameKind.sync);
    encoding.writeVarUint(encoder, kind);
    encoding.writeVarUint8Array(encoder, payload);
  });
}

function parse(data: Uint8Array, places: Map<number, string>): Heard {
  const decoder = decoding.createDecoder(data);
  const kind = decoding.readVarUint(decoder);
  switch (kind) {
    case frameKind.sync: {
      const name = (['step1', 'step2', 'update'] as const)[decoding.readVarUint(decoder)];
      if (!name) throw new Error('unknown sync kind');
      return { kind: name, bytes: decoding.readVarUint8Array(decoder) };
    }
    case frameKind.awareness: {
      const body = decoding.createDecoder(decoding.readVarUint8Array(decoder));
      const entries = Array.from({ length: decoding.readVarUint(body) }, () => ({
        client: decoding.readVarUint(body),
        clock: decoding.readVarUint(body),
        state: JSON.parse(decoding.readVarString(body)) as unknown,
      }));
      return { kind: 'presence', entries };
    }
    case frameKind.pointer:
      return { kind: 'pointers', entries: readPointers(decoder, places) };
    case frameKind.auth:
      decoding.readVarUint(decoder);
      return { kind: 'denied', reason: decoding.readVarString(decoder) };
    case frameKind.control:
      return { kind: 'control', control: JSON.parse(decoding.readVarString(decoder)) as Control };
    default:
      throw new Error(`unknown frame kind ${kind}`);
  }
}

function readPointers(decoder: decoding.Decoder, places: Map<number, string>) {
  return Array.from({ length: decoding.readVarUint(decoder) }, () => {
    const client = decoding.readVarUint(decoder);
    const pointer = readPointer(decoder, places.get(client) ?? null);
    if (pointer) places.set(client, pointer.place);
    return { client, pointer };
  });
}
