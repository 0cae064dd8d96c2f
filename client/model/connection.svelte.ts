import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import * as v from 'valibot';
import { encodeAwarenessUpdate } from 'y-protocols/awareness';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import type { Control, Refusal } from '$shared/protocol.ts';
import { closeCode, controlProtocol, controlSchema, frameKind, syncKind } from '$shared/protocol.ts';
import type { Role } from '$shared/roles.ts';
import { answerInParts, mostPartBytes } from './answer-parts.ts';
import { waitMs } from './backoff.ts';
import type { Hindrance } from './hindrance.ts';
import { hindranceOf } from './hindrance.ts';
import { Pointers } from './pointers.ts';

/**
 * What the connection light shows: everything on disk, something on its way there, something kept here since
 * the server takes no edits just now, or no server.
 */
export type Light = 'saved' | 'sending' | 'held' | 'offline';

/** Why the socket was closed for good; the page says it in words. */
export type Ending =
  | { readonly kind: 'ticket' | 'no-such-board' }
  /** Whoever runs the server has put this person out. */
  | { readonly kind: 'kicked' }
  /** The server did not take an edit; null where it did not say why. */
  | { readonly kind: 'refused'; readonly reason: Refusal | 'too-large' | null }
  /** The board was put back to an older version meanwhile: this document must not fill it again. */
  | { readonly kind: 'outdated' };

/** What the owner of a connection hears. */
export interface ConnectionEvents {
  /** The server's state is in for the first time, of this generation. */
  readonly ready: (generation: number) => void;
  /** All that was sent is on disk. */
  readonly saved: () => void;
  /** The socket was closed for good. */
  readonly ended: (why: Ending) => void;
}

/**
 * The stock `y-websocket` provider, with what ours adds: it counts the document frames it sends and
 * hears from the server how many are on disk, sends large changes in parts, takes control frames, sends pointers
 * apart from presence, and does not echo what it hears of others' presence.
 */
export class Connection {
  /** Whether the server's state has come in at least once. */
  ready = $state(false);
  light: Light = $state('sending');
  role: Role | null = $state(null);
  title = $state('');
  /** Why edits are not taken just now. Those that are made meanwhile the server asks for when they are. */
  readOnly: 'store' | 'frozen' | null = $state(null);
  /** How full the board is, in percent of what it may hold; 0 while there is nothing to tell. */
  fullness = $state(0);
  /** Why there is no connection, where the server said so. */
  hindrance: Hindrance | null = $state(null);
  readonly pointers: Pointers;

  readonly #provider: WebsocketProvider;
  readonly #doc: Y.Doc;
  #sent = 0;
  #saved = 0;
  /** Whether our own state has gone out on this socket (observers are never asked for it). */
  #offered = false;
  /** Whether there are own edits since all was last on disk. */
  #isDirty = false;
  /** Whether own edits were made while none were taken: until they are, no count speaks for them. */
  #keeps = false;
  /** Which generation of the board the document is of; null until the first welcome. */
  #generation: number | null = null;
  /** The client ids of this person that the document was written under here: this page's, and those on the device. */
  readonly #own = new Set<number>();
  #closed = false;
  #failed = false;
  #refusal: Refusal | null = null;
  readonly #on: ConnectionEvents;

  constructor(doc: Y.Doc, at: { board: string; seat: string; origin: string }, on: ConnectionEvents) {
    this.#doc = doc;
    this.#on = on;
    const provider = new WebsocketProvider(
      `${at.origin.replace(/^http/, 'ws')}/sync/${at.board}`,
      'board',
      doc,
      {
        connect: false,
        params: { seat: at.seat },
        protocols: [controlProtocol],
        // Tabs of one browser may hold different seats: all goes by the server, which knows them apart.
        disableBc: true,
      },
    );
    this.#provider = provider;
    this.pointers = new Pointers((frame) => this.#send(frame));
    this.#countSyncFrames();
    this.#sendOwnPresenceOnly();
    provider.messageHandlers[frameKind.control] = (_encoder, decoder) =>
      this.#control(decoding.readVarString(decoder));
    provider.messageHandlers[frameKind.pointer] = (_encoder, decoder) => this.pointers.hear(decoder);
    // The stock handler warns on the console; ours is told by a control frame beside it.
    provider.messageHandlers[frameKind.auth] = () => {};
    provider.on('status', ({ status }) => {
      this.#sent = 0;
      this.#saved = 0;
      this.#offered = false;
      this.#keeps = false;
      this.readOnly = null;
      this.fullness = 0;
      this.pointers.renew();
      if (status !== 'connecting') this.#shine();
    });
    provider.on('sync', (synced) => {
      const first = synced && !this.ready;
      if (synced) {
        this.ready = true;
        this.hindrance = null;
      }
      if (first) on.ready(this.#generation ?? 0);
      this.#shine();
    });
    provider.on('connection-close', (event) => {
      this.#failed = true;
      this.hindrance = event && hindranceOf(event.code, event.reason);
      // Told before the provider reckons how long to wait, of which this is the most.
      provider.maxBackoffTime = waitMs(provider.wsUnsuccessfulReconnects + 1, Math.random());
      this.#shine();
    });
    provider.on('closed', ({ code, reason }) => this.#end(code, reason));
    doc.off('update', provider._updateHandler);
    doc.on('update', this.#sendUpdate);
    addEventListener('online', this.#retryNow);
  }

  get awareness() {
    return this.#provider.awareness;
  }

  /** Whether anything typed here may not be on disk yet. */
  get unsaved(): boolean {
    return this.light !== 'saved';
  }

  open(): void {
    this.#provider.connect();
  }

  close(): void {
    this.#closed = true;
    removeEventListener('online', this.#retryNow);
    this.#doc.off('update', this.#sendUpdate);
    this.pointers.close();
    this.#provider.awareness.setLocalState(null);
    this.#provider.destroy();
  }

  /** The stock handler answers the server's sync step 1 with our step 2: one more document frame. */
  #countSyncFrames(): void {
    const stock = this.#provider.messageHandlers[frameKind.sync];
    this.#provider.messageHandlers[frameKind.sync] = (encoder, decoder, provider, emitSynced, kind) => {
      const isStep1 = decoder.arr[decoder.pos] === syncKind.step1;
      stock?.(encoder, isStep1 ? this.#sendAhead(decoder) : decoder, provider, emitSynced, kind);
      if (!isStep1) return;
      this.#sent++;
      this.#offered = true;
      this.#shine();
    };
  }

  /**
   * Sends what is too much for one answer in parts, before the answer. Returns the server's step 1 as it would
   * read after them, so that the stock handler answers with the rest.
   */
  #sendAhead(step1: decoding.Decoder): decoding.Decoder {
    decoding.readVarUint(step1);
    const server = Y.decodeStateVector(decoding.readVarUint8Array(step1));
    const { updates, after } = answerInParts(this.#doc, server, this.#own.add(this.#doc.clientID));
    for (const update of updates) this.#sendChanges(update);
    return decoding.createDecoder(message([syncKind.step1], Y.encodeStateVector(after)));
  }

  /** In place of the provider's own listener: what is too much for one frame is sent in parts. */
  #sendUpdate = (update: Uint8Array, origin: unknown, _doc: Y.Doc, transaction: Y.Transaction) => {
    if (origin === this.#provider) return;
    if (!transaction.local) for (const client of writersOf(transaction)) this.#own.add(client);
    this.#isDirty = true;
    this.#keeps ||= this.readOnly !== null;
    if (this.#provider.wsconnected) for (const part of inParts(update, transaction)) this.#sendChanges(part);
    this.#shine();
  };

  #sendChanges(update: Uint8Array): void {
    if (this.#send(message([frameKind.sync, syncKind.update], update))) this.#sent++;
  }

  #sendOwnPresenceOnly(): void {
    const { awareness } = this.#provider;
    awareness.off('update', this.#provider._awarenessUpdateHandler);
    awareness.on(
      'update',
      ({ added, updated, removed }: Record<'added' | 'updated' | 'removed', number[]>) => {
        const own = this.#doc.clientID;
        if (![added, updated, removed].some((clients) => clients.includes(own))) return;
        const frame = encoding.createEncoder();
        encoding.writeVarUint(frame, frameKind.awareness);
        encoding.writeVarUint8Array(frame, encodeAwarenessUpdate(awareness, [own]));
        this.#send(encoding.toUint8Array(frame));
      },
    );
  }

  /** Sends a frame beside the document, where there is a socket for it. */
  #send(frame: Uint8Array<ArrayBuffer>): boolean {
    const { ws, wsconnected } = this.#provider;
    if (!ws || !wsconnected) return false;
    ws.send(frame);
    return true;
  }

  #control(json: string): void {
    const parsed = v.safeParse(controlSchema, parseJson(json));
    if (!parsed.success) return;
    const control: Control = parsed.output;
    switch (control.kind) {
      case 'welcome':
        // Comes before the server asks for what we have, which it must not get of an older generation.
        if (this.#generation !== null && control.generation > this.#generation) return this.#outdate();
        this.#generation = control.generation;
        this.role = control.role;
        this.title = control.title;
        break;
      case 'board':
        this.title = control.title;
        break;
      case 'saved':
        this.#saved = control.frames;
        break;
      case 'refused':
        this.#refusal = control.reason;
        break;
      case 'read-only':
        this.readOnly = control.why;
        if (control.why === null) this.#keeps = false;
        break;
      case 'fullness':
        this.fullness = control.percent;
    }
    this.#shine();
  }

  #shine(): void {
    const { wsconnected, synced } = this.#provider;
    const offered = this.#offered || this.role === 'observer';
    if (!wsconnected) this.light = this.ready || this.#failed ? 'offline' : 'sending';
    else if (synced && offered && !this.#keeps && this.#saved >= this.#sent) {
      this.light = 'saved';
      this.#isDirty = false;
      this.#on.saved();
    } else if (synced && this.readOnly !== null) this.light = this.#isDirty ? 'held' : 'saved';
    else this.light = 'sending';
  }

  #end(code: number, reason: string): void {
    if (this.#closed) return;
    this.light = 'offline';
    switch (code) {
      case closeCode.ticket:
        return this.#on.ended({ kind: reason === 'kicked' ? 'kicked' : 'ticket' });
      case closeCode.noSuchBoard:
        return this.#on.ended({ kind: 'no-such-board' });
      case closeCode.tooLarge:
        return this.#on.ended({ kind: 'refused', reason: 'too-large' });
      default:
        this.#on.ended({ kind: 'refused', reason: this.#refusal });
    }
  }

  #outdate(): void {
    this.#provider.disconnect();
    this.light = 'offline';
    this.#on.ended({ kind: 'outdated' });
  }

  /** The net is back: do not wait for the back-off to run out. */
  #retryNow = () => {
    if (this.#provider.wsconnected || !this.#provider.shouldConnect) return;
    this.#provider.disconnect();
    this.#provider.connect();
  };
}

function writersOf({ beforeState, afterState }: Y.Transaction): number[] {
  return [...afterState].flatMap(([client, clock]) => (beforeState.get(client) === clock ? [] : [client]));
}

/** Edits that come from the device may be many in one update. */
function inParts(update: Uint8Array, transaction: Y.Transaction): readonly Uint8Array[] {
  if (update.length <= mostPartBytes) return [update];
  const { doc, beforeState } = transaction;
  const { updates, after } = answerInParts(doc, beforeState, new Set(writersOf(transaction)));
  return updates.length > 0 ? [...updates, Y.diffUpdate(update, Y.encodeStateVector(after))] : [update];
}

/** Bytes behind the numbers that say what they are. */
function message(kinds: readonly number[], bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const encoder = encoding.createEncoder();
  for (const kind of kinds) encoding.writeVarUint(encoder, kind);
  encoding.writeVarUint8Array(encoder, bytes);
  return encoding.toUint8Array(encoder);
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}
