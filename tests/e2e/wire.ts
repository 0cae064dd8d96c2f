import type { WebSocketRoute } from '@playwright/test';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import type { CloseCode, Control } from '../../shared/wire/protocol.ts';
import { frameKind, syncKind } from '../../shared/wire/protocol.ts';
import type { Person } from './person.ts';

/**
 * Sits between a person's page and the server, to imitate messages that servers send only in trouble. It can send
 * control frames of its own, and keep the page disconnected.
 */
export class Wire {
  #page: WebSocketRoute | null = null;
  #refusal: { readonly code: CloseCode; readonly reason: string } | null = null;
  /** Added to the generation that the server reports. */
  generations = 0;
  /** While true, no edit of the page reaches the server. */
  holdsEdits = false;

  /** Must be called before the page opens its socket. */
  static async lay(person: Person): Promise<Wire> {
    const wire = new Wire();
    await person.page.routeWebSocket(/\/sync\//, (page) => wire.#connect(page));
    return wire;
  }

  tell(control: Control): void {
    this.#page?.send(Buffer.from(controlFrame(control)));
  }

  async close(code: CloseCode, reason: string): Promise<void> {
    await this.#page?.close({ code, reason });
  }

  /** Closes the page's socket, and each one that it opens later, until `letIn`. */
  async keepAway(code: CloseCode, reason: string): Promise<void> {
    this.#refusal = { code, reason };
    await this.close(code, reason);
  }

  letIn(): void {
    this.#refusal = null;
  }

  #connect(page: WebSocketRoute): void {
    if (this.#refusal) return void page.close(this.#refusal);
    this.#page = page;
    const server = page.connectToServer();
    page.onMessage((message) => {
      if (!this.holdsEdits || typeof message === 'string' || !isEdit(message)) server.send(message);
    });
    server.onMessage((message) => page.send(typeof message === 'string' ? message : this.#pass(message)));
  }

  #pass(message: Buffer): Buffer {
    const decoder = decoding.createDecoder(message);
    if (decoding.readVarUint(decoder) !== frameKind.control) return message;
    const control = JSON.parse(decoding.readVarString(decoder)) as Control;
    if (control.kind !== 'welcome') return message;
    return Buffer.from(controlFrame({ ...control, generation: control.generation + this.generations }));
  }
}

/** Whether a frame is an update or an answer to sync step 1. */
function isEdit(message: Buffer): boolean {
  const decoder = decoding.createDecoder(message);
  return decoding.readVarUint(decoder) === frameKind.sync && decoding.readVarUint(decoder) !== syncKind.step1;
}

function controlFrame(control: Control): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, frameKind.control);
    encoding.writeVarString(encoder, JSON.stringify(control));
  });
}
