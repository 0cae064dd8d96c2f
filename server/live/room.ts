import type * as Y from 'yjs';
import type { CloseCode, Control } from '../../shared/protocol.ts';
import { closeCode } from '../../shared/protocol.ts';
import { may } from '../../shared/roles.ts';
import type { Log } from '../log.ts';
import type { Store, StoredDocument } from '../store/contract.ts';
import type { Batch } from './batch.ts';
import type { Clock } from './clock.ts';
import { Commits, messageOf } from './commits.ts';
import type { Connection, Listener } from './connection.ts';
import { LiveDocument } from './live-document.ts';
import { introduce } from './people.ts';
import { Presence } from './presence.ts';
import type { DocumentFrame } from './receipts.ts';
import type { Tally } from './tally.ts';
import type { Frame } from './wire.ts';
import { isEmptyUpdate, quietFrame, updateFrame } from './wire.ts';

/** What a room needs of the house. */
export interface Surroundings {
  readonly store: Store;
  readonly log: Log;
  readonly clock: Clock;
  readonly tally: Tally;
}

/** Who keeps the rooms, and wants to know when one is of no use any more. */
export interface Keeper {
  /** The last person has left. */
  emptied(room: Room): void;
  /** The room has closed for good; who joins next gets a new one. */
  closed(room: Room): void;
}

interface Live {
  readonly kind: 'live';
  readonly document: LiveDocument;
  readonly commits: Commits;
  title: string;
}

type State = { readonly kind: 'loading' } | Live | { readonly kind: 'closed' };

/**
 * One document while people are in it. What they send goes to `Commits`; what comes back is on disk, and
 * is sent to the others and acknowledged. A room that is absent has no object; it goes from loading to
 * live to closed, and never back: after a fault the next who joins gets a new one, from disk.
 */
export class Room implements Listener {
  readonly board: string;
  /** `board/document` */
  readonly name: string;
  readonly #around: Surroundings;
  readonly #keeper: Keeper;
  readonly #connections = new Set<Connection>();
  readonly #presence: Presence;
  #state: State = { kind: 'loading' };
  /** Who asked for the state while it held what is not on disk. */
  #asking: { readonly by: Connection; readonly stateVector: Uint8Array }[] = [];

  constructor(board: string, document: string, around: Surroundings, keeper: Keeper) {
    this.board = board;
    this.name = `${board}/${document}`;
    this.#around = around;
    this.#keeper = keeper;
    this.#presence = new Presence(this.#connections, around);
  }

  get connections(): ReadonlySet<Connection> {
    return this.#connections;
  }

  /** Reads the document; all who have entered by then share the one load. */
  async load(): Promise<void> {
    const { store, log } = this.#around;
    try {
      const [record, stored] = await Promise.all([store.board(this.board), store.load(this.name)]);
      if (this.#state.kind !== 'loading') return;
      if (record) this.#open(stored, record.title);
      else this.#shut(closeCode.noSuchBoard, 'no-such-board');
    } catch (error) {
      log.error({ board: this.board, error: messageOf(error) }, 'room cannot be loaded');
      this.#shut(closeCode.busy, 'load-failed');
    }
  }

  enter(connection: Connection): void {
    connection.listen(this);
    this.#connections.add(connection);
    switch (this.#state.kind) {
      case 'loading':
        // What it says meanwhile waits in its own socket.
        connection.pause();
        break;
      case 'live':
        this.#welcome(connection, this.#state);
        break;
      case 'closed':
        connection.close(closeCode.busy, 'closing');
    }
  }

  hear(connection: Connection, frame: Frame): void {
    if (this.#state.kind !== 'live') return;
    switch (frame.kind) {
      case 'step1':
        this.#ask(connection, frame.stateVector, this.#state);
        break;
      case 'changes':
        this.#take(connection, connection.receipts.receive(frame.update, frame.isStep2), this.#state);
        break;
      case 'presence':
        if (!this.#presence.hear(connection, frame.entries))
          connection.close(closeCode.malformed, 'malformed');
        break;
      case 'presence-query':
        connection.send(this.#presence.whole() ?? quietFrame);
    }
  }

  left(connection: Connection): void {
    this.#connections.delete(connection);
    this.#presence.leave(connection);
    if (this.#connections.size === 0 && this.#state.kind !== 'closed') this.#keeper.emptied(this);
  }

  tell(control: Control): void {
    if (control.kind === 'board' && this.#state.kind === 'live') this.#state.title = control.title;
    for (const connection of this.#connections) connection.tell(control);
  }

  /** Looks after each socket: signs of life, seats that have run out, presence that was skipped. */
  beat(): void {
    const whole = () => this.#presence.whole() ?? quietFrame;
    for (const connection of this.#connections) {
      if (connection.missedPresence) connection.sendPresence(quietFrame, whole);
      connection.beat();
    }
  }

  /** Stores the full state, so that opening need not replay what the journal holds of it. */
  async checkpoint(): Promise<void> {
    if (this.#state.kind === 'live') await this.#state.commits.checkpoint();
  }

  /** Leaves memory when all is on disk, unless somebody has come meanwhile. */
  async retire(): Promise<void> {
    await this.#settle();
    await this.checkpoint();
    const isInUse =
      this.#connections.size > 0 || (this.#state.kind === 'live' && !this.#state.commits.isSettled);
    if (!isInUse) this.#shut(closeCode.busy, 'idle');
  }

  /** Commits what has come in, sends everyone away to come back, and stores the state. */
  async close(): Promise<void> {
    await this.#settle();
    for (const connection of [...this.#connections]) connection.close(closeCode.restart, 'restart');
    await this.#settle();
    await this.checkpoint();
    this.#shut(closeCode.restart, 'restart');
  }

  async #settle(): Promise<void> {
    if (this.#state.kind === 'live') await this.#state.commits.settled();
  }

  /** @throws where the stored document is not whole */
  #open(stored: StoredDocument, title: string): void {
    const { store, log, tally } = this.#around;
    const document = new LiveDocument(stored, tally);
    if (!document.isWhole) throw new Error('the stored document has a gap');
    const commits = new Commits(this.name, document, stored.updates.length, {
      store,
      log,
      tally,
      committed: (batch) => this.#deliver(batch),
      failed: (error) => this.#fail(error),
    });
    const live: Live = { kind: 'live', document, commits, title };
    this.#state = live;
    commits.post({ kind: 'own', edit: () => document.numbering.noticeAll() });
    for (const connection of this.#connections) {
      this.#welcome(connection, live);
      connection.resume();
    }
  }

  #welcome(connection: Connection, { document, commits, title }: Live): void {
    const { seat } = connection;
    connection.tell({ kind: 'welcome', person: seat.person, role: seat.role, title });
    // An observer has nothing to bring, so is not asked.
    if (may(seat.role, 'write')) connection.send(document.step1());
    const present = this.#presence.whole();
    if (present) connection.send(present);
    commits.post({ kind: 'own', edit: ({ doc }) => this.#introduce(connection, doc) });
  }

  #introduce(connection: Connection, doc: Y.Doc): void {
    const present = new Set([...this.#connections].map(({ seat }) => seat.person));
    if (!introduce(doc, connection.seat, present)) connection.close(closeCode.busy, 'board-full');
  }

  #ask(by: Connection, stateVector: Uint8Array, { document, commits }: Live): void {
    if (commits.hasUncommitted) this.#asking.push({ by, stateVector });
    else this.#answer(by, stateVector, document);
  }

  #answer(connection: Connection, stateVector: Uint8Array, document: LiveDocument): void {
    const answer = document.step2(stateVector);
    if (answer) connection.send(answer);
    else connection.close(closeCode.malformed, 'malformed');
  }

  /** The role is looked at before the bytes are: what an observer sends is not even decoded. */
  #take(from: Connection, frame: DocumentFrame, { commits }: Live): void {
    if (may(from.seat.role, 'write')) {
      commits.post({ kind: 'frame', from, frame });
      return;
    }
    from.receipts.done(frame);
    if (isEmptyUpdate(frame.update)) return;
    this.#around.tally.observerUpdates++;
    this.#around.tally.refusals.observer++;
    from.remindOfRole();
  }

  /** What is on disk goes out: framed once, the same bytes to every socket, and its authors are told. */
  #deliver({ update, senders, soleAuthor }: Batch): void {
    if (this.#state.kind !== 'live') return;
    if (update) {
      const frame = updateFrame(update);
      for (const connection of this.#connections) if (connection !== soleAuthor) connection.send(frame);
    }
    for (const sender of senders) sender.acknowledge();
    for (const { by, stateVector } of this.#asking.splice(0))
      this.#answer(by, stateVector, this.#state.document);
  }

  /**
   * What is in memory is not what is on disk, so memory goes. Nobody was told that it was saved; the
   * people's own clients still have it, come back, and offer it to the state as it is on disk.
   */
  #fail(error: unknown): void {
    this.#around.log.error({ board: this.board, error: messageOf(error) }, 'commit failed');
    this.#shut(closeCode.busy, 'not-saved');
  }

  #shut(code: CloseCode, reason: string): void {
    const before = this.#state;
    if (before.kind === 'closed') return;
    this.#state = { kind: 'closed' };
    this.#asking = [];
    for (const connection of [...this.#connections]) connection.close(code, reason);
    this.#presence.close();
    if (before.kind === 'live') {
      before.commits.stop();
      before.document.close();
    }
    this.#keeper.closed(this);
  }
}
