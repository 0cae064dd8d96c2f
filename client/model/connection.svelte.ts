import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import * as v from 'valibot';
import { encodeAwarenessUpdate } from 'y-protocols/awareness';
import { WebsocketProvider } from 'y-websocket';
import type * as Y from 'yjs';
import type { Control, Refusal } from '$shared/protocol.ts';
import { closeCode, controlProtocol, controlSchema, frameKind, syncKind } from '$shared/protocol.ts';
import type { Role } from '$shared/roles.ts';

/** What the connection light shows: everything on disk, something on its way there, or no server. */
export type Light = 'saved' | 'sending' | 'offline';

/** Why the socket was closed for good; the page says it in words. */
export type Ending = 'ticket' | 'refused' | 'no-such-board';

/** What the owner of a connection hears. */
export interface ConnectionEvents {
  /** The server's state is in for the first time. */
  readonly ready: () => void;
  /** All that was sent is on disk. */
  readonly saved: () => void;
  /** The socket was closed for good. */
  readonly ended: (why: Ending, refusal: Refusal | null) => void;
}

/** Longest wait between two tries to reconnect; y-websocket backs off from 0.1 s by doubling. */
const longestBackoffMs = 8_000;

/**
 * The stock `y-websocket` provider, with what ours adds: it counts the document frames it sends and
 * hears from the server how many are on disk, takes control frames, and does not echo what it hears of
 * others' presence.
 */
export class Connection {
  /** Whether the server's state has come in at least once. */
  ready = $state(false);
  light: Light = $state('sending');
  role: Role | null = $state(null);
  title = $state('');
  /** The board takes nobody more just now; it is tried again. */
  full = $state(false);

  readonly #provider: WebsocketProvider;
  readonly #doc: Y.Doc;
  #sent = 0;
  #saved = 0;
  /** Whether our own state has gone out on this socket (observers are never asked for it). */
  #offered = false;
  #closed = false;
  #failed = false;
  #ending: Refusal | null = null;
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
        maxBackoffTime: longestBackoffMs,
      },
    );
    this.#provider = provider;
    this.#countSyncFrames();
    this.#sendOwnPresenceOnly();
    provider.messageHandlers[frameKind.control] = (_encoder, decoder) =>
      this.#control(decoding.readVarString(decoder));
    // The stock handler warns on the console; ours is told by a control frame beside it.
    provider.messageHandlers[frameKind.auth] = () => {};
    provider.on('status', ({ status }) => {
      this.#sent = 0;
      this.#saved = 0;
      this.#offered = false;
      if (status !== 'connecting') this.#shine();
    });
    provider.on('sync', (synced) => {
      const first = synced && !this.ready;
      if (synced) this.ready = true;
      if (first) on.ready();
      this.#shine();
    });
    provider.on('connection-close', (event) => {
      this.#failed = true;
      this.full = event?.reason === 'board-full';
      this.#shine();
    });
    provider.on('closed', ({ code }) => this.#end(code));
    doc.on('update', this.#countUpdate);
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
    this.#doc.off('update', this.#countUpdate);
    this.#provider.awareness.setLocalState(null);
    this.#provider.destroy();
  }

  /** The stock handler answers the server's sync step 1 with our step 2: one more document frame. */
  #countSyncFrames(): void {
    const stock = this.#provider.messageHandlers[frameKind.sync];
    this.#provider.messageHandlers[frameKind.sync] = (encoder, decoder, provider, emitSynced, kind) => {
      const isStep1 = decoder.arr[decoder.pos] === syncKind.step1;
      stock?.(encoder, decoder, provider, emitSynced, kind);
      if (!isStep1) return;
      this.#sent++;
      this.#offered = true;
      this.#shine();
    };
  }

  /** Registered after the provider's own listener, which sends under the same conditions. */
  #countUpdate = (_update: Uint8Array, origin: unknown) => {
    if (origin === this.#provider) return;
    if (this.#provider.wsconnected) this.#sent++;
    this.#shine();
  };

  #sendOwnPresenceOnly(): void {
    const { awareness } = this.#provider;
    awareness.off('update', this.#provider._awarenessUpdateHandler);
    awareness.on(
      'update',
      ({ added, updated, removed }: Record<'added' | 'updated' | 'removed', number[]>) => {
        const own = this.#doc.clientID;
        if (![added, updated, removed].some((clients) => clients.includes(own))) return;
        const { ws, wsconnected } = this.#provider;
        if (!ws || !wsconnected) return;
        const frame = encoding.createEncoder();
        encoding.writeVarUint(frame, frameKind.awareness);
        encoding.writeVarUint8Array(frame, encodeAwarenessUpdate(awareness, [own]));
        ws.send(encoding.toUint8Array(frame));
      },
    );
  }

  #control(json: string): void {
    const parsed = v.safeParse(controlSchema, parseJson(json));
    if (!parsed.success) return;
    const control: Control = parsed.output;
    switch (control.kind) {
      case 'welcome':
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
        this.#ending = control.reason;
    }
    this.#shine();
  }

  #shine(): void {
    const { wsconnected, synced } = this.#provider;
    const offered = this.#offered || this.role === 'observer';
    if (!wsconnected) this.light = this.ready || this.#failed ? 'offline' : 'sending';
    else if (synced && offered && this.#saved >= this.#sent) {
      this.light = 'saved';
      this.#on.saved();
    } else this.light = 'sending';
  }

  #end(code: number): void {
    if (this.#closed) return;
    this.light = 'offline';
    if (code === closeCode.ticket) this.#on.ended('ticket', null);
    else if (code === closeCode.noSuchBoard) this.#on.ended('no-such-board', null);
    else this.#on.ended('refused', this.#ending);
  }

  /** The net is back: do not wait for the back-off to run out. */
  #retryNow = () => {
    if (this.#provider.wsconnected || !this.#provider.shouldConnect) return;
    this.#provider.disconnect();
    this.#provider.connect();
  };
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}
