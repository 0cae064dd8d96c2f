import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';
import type { CloseCode, Control } from '../../shared/wire/protocol.ts';
import { frameKind, syncKind } from '../../shared/wire/protocol.ts';

/**
 * The server's end of a page's socket, driven by the test, which sees all that the page sends and decides what it
 * receives.
 */
export class ServerSocket {
  /** Sockets that pages have opened, latest last. */
  static readonly all: ServerSocket[] = [];

  binaryType = '';
  isClosed = false;
  readonly frames: Uint8Array[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: ArrayBuffer }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  onerror: (() => void) | null = null;

  readonly url: string;

  constructor(url: string) {
    this.url = url;
    ServerSocket.all.push(this);
  }

  static get latest(): ServerSocket {
    const last = ServerSocket.all.at(-1);
    if (!last) throw new Error('The page has opened no socket.');
    return last;
  }

  send(frame: Uint8Array): void {
    this.frames.push(frame.slice());
  }

  close(): void {
    this.isClosed = true;
  }

  /** Admits the page as a server does: a welcome, what the server has, and a request for what the page has. */
  admit(doc: Y.Doc, generation = 1, role: 'facilitator' | 'participant' | 'observer' = 'participant'): void {
    this.onopen?.();
    this.tell({ kind: 'welcome', person: 'ana', role, title: 'Library', language: 'sv', generation });
    this.ask(doc);
    this.say((encoder) => {
      encoding.writeVarUint(encoder, frameKind.sync);
      encoding.writeVarUint(encoder, syncKind.step2);
      encoding.writeVarUint8Array(encoder, Y.encodeStateAsUpdate(doc));
    });
  }

  /** Sync step 1: asks for everything that `doc` lacks. */
  ask(doc: Y.Doc): void {
    this.say((encoder) => {
      encoding.writeVarUint(encoder, frameKind.sync);
      encoding.writeVarUint(encoder, syncKind.step1);
      encoding.writeVarUint8Array(encoder, Y.encodeStateVector(doc));
    });
  }

  tell(control: Control): void {
    this.say((encoder) => {
      encoding.writeVarUint(encoder, frameKind.control);
      encoding.writeVarString(encoder, JSON.stringify(control));
    });
  }

  say(write: (encoder: encoding.Encoder) => void): void {
    const bytes = encoding.encode(write);
    this.onmessage?.({ data: bytes.slice().buffer });
  }

  drop(code: CloseCode | 1006 | 1009, reason = ''): void {
    this.isClosed = true;
    this.onclose?.({ code, reason });
  }

  /** Takes the frames of a kind that the page has sent since the last call, without the kind. */
  take(kind: number): decoding.Decoder[] {
    const taken: decoding.Decoder[] = [];
    for (const frame of this.frames.splice(0)) {
      const decoder = decoding.createDecoder(frame);
      if (decoding.readVarUint(decoder) === kind) taken.push(decoder);
      else this.frames.push(frame);
    }
    return taken;
  }

  /** Takes the document frames that are acknowledged: answers to step 1, and updates. */
  takeEdits(): Uint8Array[] {
    return this.take(frameKind.sync).flatMap((decoder) =>
      decoding.readVarUint(decoder) === syncKind.step1 ? [] : [decoding.readVarUint8Array(decoder)],
    );
  }
}
