import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import type { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import type { ClientControl } from '$shared/wire/protocol.ts';
import { frameKind, syncKind } from '$shared/wire/protocol.ts';
import { answerInParts, mostPartBytes, structsBetween } from './answer-parts.ts';
import type { KeptMarks } from './marks.ts';

/** Events for the owner of outgoing changes. */
export interface OutgoingEvents {
  /** A change that did not come from the server; it has been sent if there is a socket. */
  readonly changed: () => void;
  /** The server's sync step 1 has been answered. */
  readonly answered: () => void;
}

/**
 * Sends the changes of a document to the server, in place of the provider's own listener. Splits what is too large for
 * one frame, and counts the document frames of a socket, of which the server says how many are on disk.
 */
export class OutgoingChanges {
  /** The server's state vector when it last asked, by client id. */
  serverState: ReadonlyMap<number, number> = new Map();
  readonly #provider: WebsocketProvider;
  readonly #doc: Y.Doc;
  readonly #marks: KeptMarks;
  readonly #on: OutgoingEvents;
  #sent = 0;
  #saved = 0;
  #isOffered = false;
  /** The clock of this page's client id after each frame of this socket, and up to which all are on disk. */
  #clocks: number[] = [];
  #savedClock = 0;
  /** The client ids that this person used in the document here: this page's, and those on the device. */
  readonly #own = new Set<number>();

  constructor(provider: WebsocketProvider, doc: Y.Doc, marks: KeptMarks, on: OutgoingEvents) {
    this.#provider = provider;
    this.#doc = doc;
    this.#marks = marks;
    this.#on = on;
    this.#countSyncFrames();
    doc.off('update', provider._updateHandler);
    doc.on('update', this.#sendUpdate);
  }

  /** The number of document frames sent on this socket that are not on disk yet. */
  get unacknowledged(): number {
    return this.#sent - this.#saved;
  }

  /** True once our own state was sent on this socket. The server never asks observers for it. */
  get isOffered(): boolean {
    return this.#isOffered;
  }

  /** Counts anew, for another socket. */
  renew(): void {
    this.#sent = 0;
    this.#clocks = [];
    this.#saved = 0;
    this.#isOffered = false;
  }

  /** The first `frames` document frames of this socket are on disk. */
  acknowledge(frames: number): void {
    this.#saved = frames;
    this.#savedClock = Math.max(this.#savedClock, this.#clocks[frames - 1] ?? 0);
  }

  close(): void {
    this.#doc.off('update', this.#sendUpdate);
  }

  /** The stock handler answers the server's sync step 1 with our step 2, which is one more document frame. */
  #countSyncFrames(): void {
    const stock = this.#provider.messageHandlers[frameKind.sync];
    this.#provider.messageHandlers[frameKind.sync] = (encoder, decoder, provider, emitSynced, kind) => {
      const isStep1 = decoder.arr[decoder.pos] === syncKind.step1;
      stock?.(encoder, isStep1 ? this.#sendAhead(decoder) : decoder, provider, emitSynced, kind);
      if (!isStep1) return;
      this.#count();
      this.#isOffered = true;
      this.#on.answered();
    };
  }

  /** Sends the proof before our answer to the server's step 1, so that the server knows how to treat the answer. */
  #proveLoss(state: ReadonlyMap<number, number>): void {
    const marks = [...this.#marks.proof(state)];
    if (marks.length === 0) return;
    const frame = encoding.createEncoder();
    encoding.writeVarUint(frame, frameKind.control);
    encoding.writeVarString(frame, JSON.stringify({ kind: 'proof', marks } satisfies ClientControl));
    sendFrame(this.#provider, encoding.toUint8Array(frame));
  }

  /**
   * Sends in parts what is too large for one answer, before the answer. Returns the server's step 1 as it would be
   * after these parts, so that the stock handler answers with the rest.
   */
  #sendAhead(step1: decoding.Decoder): decoding.Decoder {
    decoding.readVarUint(step1);
    const server = Y.decodeStateVector(decoding.readVarUint8Array(step1));
    this.serverState = server;
    this.#proveLoss(server);
    this.#sendUnheard(server);
    const { updates, after } = answerInParts(this.#doc, server, this.#own.add(this.#doc.clientID));
    for (const update of updates) this.#send(update);
    return decoding.createDecoder(message([syncKind.step1], Y.encodeStateVector(after)));
  }

  /**
   * The server has edits of this page that it never acknowledged: the last socket broke in between. It may have put them
   * back. They are sent again before the answer, so that the server can say so, and does not take the deletes in the
   * answer without what replaced the deleted values.
   */
  #sendUnheard(server: ReadonlyMap<number, number>): void {
    const { clientID, store } = this.#doc;
    const has = Math.min(server.get(clientID) ?? 0, Y.getState(store, clientID));
    if (has > this.#savedClock) this.#send(structsBetween(store, clientID, this.#savedClock, has));
  }

  /** Replaces the provider's own listener: a change too large for one frame is sent in parts. */
  #sendUpdate = (update: Uint8Array, origin: unknown, _doc: Y.Doc, transaction: Y.Transaction) => {
    if (origin === this.#provider) return;
    if (!transaction.local) for (const client of writersOf(transaction)) this.#own.add(client);
    if (this.#provider.wsconnected) for (const part of inParts(update, transaction)) this.#send(part);
    this.#on.changed();
  };

  #send(update: Uint8Array): void {
    if (sendFrame(this.#provider, message([frameKind.sync, syncKind.update], update))) this.#count();
  }

  #count(): void {
    this.#sent++;
    this.#clocks.push(Y.getState(this.#doc.store, this.#doc.clientID));
  }
}

/** Sends a frame. Returns false if there is no open socket. */
export function sendFrame({ ws, wsconnected }: WebsocketProvider, frame: Uint8Array<ArrayBuffer>): boolean {
  if (!ws || !wsconnected) return false;
  ws.send(frame);
  return true;
}

function writersOf({ beforeState, afterState }: Y.Transaction): number[] {
  return [...afterState].flatMap(([client, clock]) => (beforeState.get(client) === clock ? [] : [client]));
}

/** Splits an update that is too large: edits from the device may come as one large update. */
function inParts(update: Uint8Array, transaction: Y.Transaction): readonly Uint8Array[] {
  if (update.length <= mostPartBytes) return [update];
  const { doc, beforeState } = transaction;
  const { updates, after } = answerInParts(doc, beforeState, new Set(writersOf(transaction)));
  return updates.length > 0 ? [...updates, Y.diffUpdate(update, Y.encodeStateVector(after))] : [update];
}

/** Encodes bytes behind the numbers of their frame kind. */
function message(kinds: readonly number[], bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const encoder = encoding.createEncoder();
  for (const kind of kinds) encoding.writeVarUint(encoder, kind);
  encoding.writeVarUint8Array(encoder, bytes);
  return encoding.toUint8Array(encoder);
}
