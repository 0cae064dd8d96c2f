import * as decoding from 'lib0/decoding';
import * as v from 'valibot';
import { WebSocket } from 'ws';
import { controlSchema, frameKind, syncKind } from '../../shared/wire/protocol.ts';

/** Observes the sockets of one person. */
export interface Witness {
  /** The server has acknowledged an update of this socket. Called once for each. */
  acknowledged(update: Uint8Array): void;
  /** The server sent an update, or a state. */
  shown(update: Uint8Array): void;
}

/**
 * A WebSocket class for a stock provider that counts document frames as docs/SYNC.md does (D3), and reports which of
 * them the server has acknowledged.
 */
export function countingSocket(witness: Witness): typeof globalThis.WebSocket {
  class CountingSocket extends WebSocket {
    readonly #sent: Uint8Array[] = [];
    #acknowledged = 0;

    constructor(url: string, protocols?: string[]) {
      super(url, protocols);
      // Before the provider, which applies it.
      this.on('message', (data: ArrayBuffer | Buffer) => this.#hear(new Uint8Array(data)));
    }

    override send(data: Uint8Array): void {
      if (this.readyState === this.OPEN && data[0] === frameKind.sync && data[1] !== syncKind.step1)
        this.#sent.push(bodyOf(data));
      super.send(data);
    }

    #hear(frame: Uint8Array): void {
      if (frame[0] === frameKind.sync && frame[1] !== syncKind.step1) witness.shown(bodyOf(frame));
      if (frame[0] !== frameKind.control) return;
      const control = v.parse(controlSchema, JSON.parse(decoding.readVarString(behind(frame, 1))));
      if (control.kind !== 'saved') return;
      if (control.frames > this.#sent.length) throw new Error('more was acknowledged than was sent');
      while (this.#acknowledged < control.frames)
        witness.acknowledged(this.#sent[this.#acknowledged++] ?? new Uint8Array());
    }
  }
  // The stock client takes any WebSocket class, but the two type packages do not know each other.
  return CountingSocket as unknown as typeof globalThis.WebSocket;
}

function bodyOf(frame: Uint8Array): Uint8Array {
  return decoding.readVarUint8Array(behind(frame, 2));
}

function behind(frame: Uint8Array, at: number): decoding.Decoder {
  const decoder = decoding.createDecoder(frame);
  decoder.pos = at;
  return decoder;
}
