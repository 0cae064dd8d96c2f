import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import * as v from 'valibot';
import { encodeAwarenessUpdate } from 'y-protocols/awareness';
import { WebsocketProvider } from 'y-websocket';
import type * as Y from 'yjs';
import type { Control, Exceeded } from '$shared/wire/protocol.ts';
import { controlProtocol, controlSchema, frameKind, putBackQuery } from '$shared/wire/protocol.ts';
import { board, schemaVersion } from '$shared/documents.ts';
import { parseJson } from '$shared/json.ts';
import { schemaOf } from '$shared/schema/document.ts';
import type { Role } from '$shared/roles.ts';
import { waitMs } from './backoff.ts';
import type { Ending } from './ending.ts';
import { endingOf, isFinal } from './ending.ts';
import { isWhole } from './whole.ts';
import type { DisconnectReason } from './disconnect-reason.ts';
import { disconnectReasonOf } from './disconnect-reason.ts';
import { KeptMarks } from './marks.ts';
import { OutgoingChanges, sendFrame } from './outgoing-changes.ts';
import { Pointers } from '../presence/pointers.ts';
import { Pulse } from './pulse.ts';
import type { Holding, SyncFacts, SyncStatus } from './status.ts';
import { isSettled, statusOf, statusWith } from './status.ts';
import { onWake } from './wake.ts';

/** Events for the owner of a connection. */
export interface ConnectionEvents {
  /** The server's state of this generation has arrived: at first, and after every reconnect. */
  readonly ready: (generation: number) => void;
  /** Everything that was sent is on disk. */
  readonly saved: () => void;
  /** The state of the edits on this device. The light does not say _saved_ while there are any. */
  readonly holding: () => Holding;
  /**
   * The server has put edits back: it does not have them, and this document is about to lose them too. The socket and
   * the document stay.
   */
  readonly putBack?: (control: Extract<Control, { kind: 'put-back' }>) => void;
  /** The connection has ended for good. */
  readonly ended: (why: Ending) => void;
}

/**
 * The stock `y-websocket` provider with our additions. It handles control frames, sends pointers apart from presence,
 * and does not echo the presence of others. `OutgoingChanges` sends the document's changes.
 */
export class Connection {
  /** True once the server's state has arrived. */
  ready = $state(false);
  #status: SyncStatus = $state('sending');
  role: Role | null = $state(null);
  /** What the server says of the workshop session, not parsed yet; null from a welcome until it follows. */
  session: unknown = $state.raw(null);
  title = $state('');
  /** The board's language (BCP 47), by whose alphabet texts sort; empty until the first welcome. */
  language = $state('');
  /** Why the server takes no edits now. It asks for edits made in the meantime when it takes edits again. */
  readOnly: 'store' | 'frozen' | null = $state(null);
  /** How full the board is, in percent of its size limit; 0 below the level that the server reports. */
  fullness = $state(0);
  /**
   * Set while the server lacks edits of this page: its copy of them waits for a decision, or it has no room for a copy.
   */
  held: 'waiting' | 'full' | null = $state(null);
  /** For facilitators: the number of people who have edits that the board lost. */
  lossPeople = $state(0);
  /** Why there is no connection, if the server gave a reason. */
  disconnectReason: DisconnectReason | null = $state(null);
  readonly pointers: Pointers;

  readonly #provider: WebsocketProvider;
  readonly #doc: Y.Doc;
  readonly #outgoing: OutgoingChanges;
  /** True if there are own edits since everything was last on disk. */
  #isDirty = false;
  /**
   * True if own edits were made while the server took none. Until it takes them, the frame counts say nothing about
   * them.
   */
  #keeps = false;
  /** The board generation of the document; null until the first welcome. */
  #generation: number | null = null;
  #closed = false;
  #failed = false;
  readonly #marks: KeptMarks;
  #opening: ReturnType<typeof setTimeout> | undefined;
  /** True once the server has accepted this socket. */
  #isIn = false;
  /** True if all own edits are on disk. */
  #isSettled = false;
  /** The document layout that this page knows. */
  readonly #schema: number;
  readonly #on: ConnectionEvents;
  readonly #pulse: Pulse;
  readonly #stopWaking: () => void;

  /**
   * @param at `document`: which document of the board, `board` by default. `schema`: the layout of it that the page
   * knows, the page's own by default
   */
  constructor(
    doc: Y.Doc,
    at: { board: string; person: string; origin: string; document?: string; schema?: number },
    on: ConnectionEvents,
  ) {
    this.#doc = doc;
    this.#schema = at.schema ?? schemaVersion;
    this.#marks = new KeptMarks(doc.clientID);
    this.#on = on;
    const provider = new WebsocketProvider(
      `${at.origin.replace(/^http/, 'ws')}/sync/${at.board}`,
      at.document ?? board.name,
      doc,
      {
        connect: false,
        params: { seat: at.person, schema: String(this.#schema), [putBackQuery]: '1' },
        protocols: [controlProtocol],
        // Tabs of one browser may hold different memberships. All traffic goes through the server, which tells them
        // apart.
        disableBc: true,
        shouldReconnect: ({ code }) => !isFinal(code),
      },
    );
    this.#provider = provider;
    this.pointers = new Pointers((frame) => sendFrame(provider, frame));
    this.#sendOwnPresenceOnly();
    provider.messageHandlers[frameKind.control] = (_encoder, decoder) =>
      this.#control(decoding.readVarString(decoder));
    provider.messageHandlers[frameKind.pointer] = (_encoder, decoder) => this.pointers.receive(decoder);
    // The stock handler warns on the console. Our server explains with a control frame as well.
    provider.messageHandlers[frameKind.auth] = () => {};
    provider.on('status', ({ status }) => {
      this.#outgoing.renew();
      this.#keeps = false;
      if (status === 'connecting') this.#isIn = false;
      this.readOnly = null;
      this.fullness = 0;
      this.held = null;
      this.lossPeople = 0;
      this.pointers.renew();
      if (status !== 'connecting') this.#updateStatus();
    });
    provider.on('sync', (synced) => {
      if (synced) {
        // The server checks this too. A server that does not must not receive edits of a page that knows an older
        // layout.
        if (schemaOf(doc) > this.#schema) return this.#finish({ kind: 'old-page' });
        this.ready = true;
        this.disconnectReason = null;
        on.ready(this.#generation ?? 0);
      }
      this.#updateStatus();
    });
    provider.on('connection-close', (event) => {
      this.#failed = true;
      this.disconnectReason = event && disconnectReasonOf(event.code, event.reason);
      // Set before the provider computes its wait, which this value caps.
      provider.maxBackoffTime = waitMs(provider.wsUnsuccessfulReconnects + 1, Math.random());
      this.#updateStatus();
    });
    provider.on('closed', ({ code, reason }) => this.#end(code, reason));
    this.#outgoing = new OutgoingChanges(provider, doc, this.#marks, {
      changed: () => {
        this.#isDirty = true;
        this.#keeps ||= this.readOnly !== null;
        this.#updateStatus();
      },
      answered: () => this.#updateStatus(),
    });
    this.#pulse = new Pulse(provider, () => this.#reconnect());
    this.#stopWaking = onWake(this.#tryNow);
    addEventListener('online', this.#tryNow);
  }

  get status(): SyncStatus {
    return this.#status === 'saved' ? statusWith('saved', this.#on.holding()) : this.#status;
  }

  get awareness() {
    return this.#provider.awareness;
  }

  /** The server's state vector when it last asked, by client id. */
  get serverState(): ReadonlyMap<number, number> {
    return this.#outgoing.serverState;
  }

  /** True if text typed here may not be on disk yet. */
  get unsaved(): boolean {
    return !this.#isSettled;
  }

  /** Recomputes the status, because edits on the device may have been applied without an edit here. */
  refresh(): void {
    if (!this.#closed) this.#updateStatus();
  }

  /** Connects, and keeps reconnecting. */
  open(waitMs = 0): void {
    if (waitMs === 0) this.#provider.connect();
    else this.#opening = setTimeout(() => this.#provider.connect(), waitMs);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#opening);
    this.#stopWaking();
    this.#pulse.close();
    removeEventListener('online', this.#tryNow);
    this.#outgoing.close();
    this.pointers.close();
    this.#provider.awareness.setLocalState(null);
    this.#provider.destroy();
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
        sendFrame(this.#provider, encoding.toUint8Array(frame));
      },
    );
  }

  #control(json: string): void {
    const told = parseJson(json);
    const parsed = v.safeParse(controlSchema, told);
    if (!parsed.success) {
      // A newer server may refuse for a reason that this page does not know. It is still a refusal.
      if (v.is(anyRefusalSchema, told)) this.#finish({ kind: 'refused', reason: null });
      return;
    }
    const control: Control = parsed.output;
    switch (control.kind) {
      case 'welcome':
        // The welcome arrives before the server asks for our edits, which must not reach another generation.
        if (this.#generation !== null && control.generation !== this.#generation) {
          return this.#finish({ kind: 'outdated', isOlder: control.generation < this.#generation });
        }
        this.#isIn = true;
        this.#generation = control.generation;
        this.role = control.role;
        this.session = null;
        this.title = control.title;
        this.language = control.language;
        break;
      case 'session':
        this.session = control.view;
        break;
      case 'board':
        this.title = control.title;
        break;
      case 'saved':
        this.#outgoing.acknowledge(control.frames);
        break;
      case 'refused':
        // Ends here and not only when the socket closes: an observer's socket stays open, and the server may die in
        // between.
        return this.#finish({ kind: 'refused', reason: control.reason, ...exceededIn(control) });
      case 'put-back':
        // The document has content that nobody else has, and lacks what it replaced. A new one takes its place.
        if (control.anew)
          return this.#finish({ kind: 'refused', reason: control.reason, ...exceededIn(control) });
        this.#on.putBack?.(control);
        break;
      case 'read-only':
        this.readOnly = control.why;
        if (control.why === null) this.#keeps = false;
        break;
      case 'fullness':
        this.fullness = control.percent;
        break;
      case 'mark':
        this.#marks.keep(control.mark);
        break;
      case 'held':
        this.held = control.state === 'none' ? null : control.state;
        break;
      case 'loss':
        this.lossPeople = control.people;
        break;
      case 'stale':
        // A page that has just opened shows nothing older.
        if (this.ready) return this.#finish({ kind: 'stale' });
    }
    this.#updateStatus();
  }

  /** Updates the status, and emits `saved` when all edits are on disk. */
  #updateStatus(): void {
    const facts = this.#facts();
    this.#isSettled = isSettled(facts);
    this.#status = statusOf(facts);
    if (!this.#isSettled) return;
    this.#isDirty = false;
    this.#on.saved();
  }

  #facts(): SyncFacts {
    const { wsconnected, synced } = this.#provider;
    return {
      isConnected: wsconnected,
      wasTried: this.ready || this.#failed,
      isSynced: synced,
      isOffered: this.#outgoing.isOffered || this.role === 'observer',
      unacknowledged: this.#outgoing.unacknowledged,
      isDirty: this.#isDirty,
      keepsEdits: this.#keeps,
      isWaiting: this.#isWaiting,
      isReadOnly: this.readOnly !== null,
      isHeld: this.held !== null,
    };
  }

  /** True if the document holds edits whose base is missing: Yjs neither shows nor sends them. */
  get #isWaiting(): boolean {
    return !isWhole(this.#doc);
  }

  /** The server has closed the socket, and reconnecting would not help. */
  #end(code: number, reason: string): void {
    if (this.#closed) return;
    this.#status = 'offline';
    this.#on.ended(endingOf(code, reason, this.#isIn));
  }

  /** Ends the connection from this side, because the server would take nothing more. */
  #finish(why: Ending): void {
    this.#provider.disconnect();
    this.#status = 'offline';
    this.#on.ended(why);
  }

  /**
   * The browser is online again, or the machine has woken up. A connection that looks open may be dead, so this asks
   * the server. Without a connection, it reconnects at once instead of waiting for the back-off.
   */
  #tryNow = () => {
    if (this.#provider.wsconnected) this.#pulse.ask();
    else if (this.#provider.shouldConnect) this.#reconnect();
  };

  #reconnect(): void {
    this.#provider.disconnect();
    this.#provider.connect();
  }
}

const anyRefusalSchema = v.object({ kind: v.picklist(['refused', 'put-back']) });

/** The allowance that a refusal names, if it names one. */
export function exceededIn(control: Extract<Control, { kind: 'refused' | 'put-back' }>): {
  exceeded?: Exceeded;
} {
  const { of, limit, for: whose } = control;
  return of !== undefined && limit !== undefined && whose !== undefined
    ? { exceeded: { of, limit, for: whose } }
    : {};
}
