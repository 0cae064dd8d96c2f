import { setImmediate as turn } from 'node:timers/promises';
import type { CloseCode, Control } from '../../../shared/wire/protocol.ts';
import { closeCode } from '../../../shared/wire/protocol.ts';
import { may } from '../../../shared/roles.ts';
import type { AllWork, ServedDocument } from '../../documents/work.ts';
import type { BoardRecord, HeldRecord, StoredDocument } from '../../store/contract.ts';
import type { Allowances } from './allowances.ts';
import type { Source } from './sync-requests.ts';
import { SyncRequests } from './sync-requests.ts';
import { Broadcaster } from '../socket/broadcaster.ts';
import type { Batch } from './batch.ts';
import type { Clock } from '../clock.ts';
import { Commits, messageOf } from './commits.ts';
import type { Connection, Listener } from '../socket/connection.ts';
import type { Loss, Observer, ReadOnly, RoomReport } from '../contract.ts';
import { kept } from '../kept.ts';
import type { LargeMessages } from '../socket/large-messages.ts';
import { shareOf } from '../guard/guard.ts';
import type { Policy } from '../guard/policy.ts';
import type { Bounds } from './live-document.ts';
import { emptyStateVector, LiveDocument } from './live-document.ts';
import type { MigratingContext } from './migrating.ts';
import { bringUp } from './migrating.ts';
import { OwnWrites } from './own-writes.ts';
import type { TimeSlicedQueue } from '../time-sliced-queue.ts';
import type { DocumentFrame } from '../socket/acknowledgements.ts';
import { Recovery } from '../recovery/recovery.ts';
import type { RoomLife } from './room-state.ts';
import { RoomStateMachine } from './room-state.ts';
import type { Counters } from '../counters.ts';
import { Stored } from './persistence.ts';
import { heapPerByte, heapPerRoom, largeAnswerBytes } from '../limits.ts';
import type { Unread } from '../socket/unread.ts';
import type { Frame } from '../socket/wire.ts';
import { isEmptyUpdate } from '../socket/wire.ts';

/** What a room needs of the house. */
export interface RoomContext extends MigratingContext {
  readonly clock: Clock;
  readonly counters: Counters;
  readonly observe: Observer;
  /** Large answers of all rooms, a few in a turn. */
  readonly largeAnswers: TimeSlicedQueue;
  /** The memory for large answers to our own questions. */
  readonly largeMessages: LargeMessages;
  readonly unreadDifferences: Unread;
  /** What people may add to documents for good. */
  readonly allowances: Allowances;
  readonly maxDocumentBytes: number;
  /** What may be changed in a room for the time being; null: whatever the roles may. Asked about each update. */
  readonly policy: (room: string) => Policy | null;
}

/** Why a document is not opened although its bytes are there; the reason of the close. */
type Bar = 'quarantined' | 'newer-schema';

/** Who keeps the rooms, and wants to know when one is of no use any more. */
export interface RoomOwner {
  /** The last person has left. */
  emptied(room: Room): void;
  /** The room has closed for good; who joins next gets a new one. */
  closed(room: Room): void;
}

/** The document in memory, and its way to the disk. */
interface Open {
  readonly document: LiveDocument;
  readonly commits: Commits;
}

/**
 * One document while people are in it. What they send goes to `Commits`; what comes back is on disk, and
 * is sent to the others and acknowledged. What the room may do when stands in `room-state.ts`.
 */
export class Room implements Listener {
  readonly board: string;
  readonly document: string;
  readonly served: ServedDocument;
  /** The person in the document's name, if it has one. */
  readonly owner: string | null;
  /** `board/document` */
  readonly name: string;
  /** What people add is counted for all documents of one definition together: each person may have one of them. */
  readonly #ledger: string;
  readonly #context: RoomContext;
  readonly #roomOwner: RoomOwner;
  readonly #broadcaster: Broadcaster;
  readonly #life = new RoomStateMachine();
  #timesDrained = 0;
  /** As the board's record says, or what was told since it was read; null while neither is known. */
  #title: string | null = null;
  #isFrozen: boolean | null = null;
  #stored: Stored | null = null;
  #open: Open | null = null;
  /** While the room is `quarantined`: why. */
  #bar: Bar = 'quarantined';
  /** Resolves when the document has the layout of this server, or could not be brought to it. */
  #migrating: Promise<unknown> = Promise.resolve();
  readonly #syncRequests: SyncRequests;
  readonly #recovery: Recovery;
  readonly #ownWrites = new OwnWrites();
  readonly #present = () => this.#broadcaster.people();
  /** What came in before there was a document to put it into. Who sent it is not read any further. */
  #early: { readonly from: Connection; readonly frame: DocumentFrame }[] = [];
  #whenOpen: (() => void)[] = [];

  constructor(
    { board, document, served, owner }: Pick<Room, 'board' | 'document' | 'served' | 'owner'>,
    context: RoomContext,
    roomOwner: RoomOwner,
  ) {
    this.board = board;
    this.document = document;
    this.served = served;
    this.owner = owner;
    this.#ledger = `${board}/${served.name}`;
    this.name = `${board}/${document}`;
    this.#context = context;
    this.#roomOwner = roomOwner;
    this.#syncRequests = new SyncRequests(context, () => this.#source);
    this.#recovery = new Recovery(
      this.name,
      { ...context, isShared: owner === null },
      {
        connections: () => this.#broadcaster,
        ask: (connection) => {
          if (this.#open) connection.ask(this.#open.document.step1());
        },
      },
    );
    this.#broadcaster = new Broadcaster(context, {
      stateVector: () => this.#open?.document.stateVector() ?? emptyStateVector,
      // Others learn the id from presence, and could write under it before its owner does.
      claimed: (client, person) => this.#open?.document.guard.reserve(client, person, this.#present),
    });
  }

  get connections(): ReadonlySet<Connection> {
    return this.#broadcaster.connections;
  }

  get life(): RoomLife {
    return this.#life.now;
  }

  /** What the document is reckoned to take in memory. */
  get heapBytes(): number {
    return heapPerRoom + (this.#stored?.full.bytes ?? 0) * heapPerByte;
  }

  get readOnly(): ReadOnly | null {
    if (this.#life.now === 'failing') return 'store';
    return this.#isFrozen ? 'frozen' : null;
  }

  /** Updates that have come in and are not on disk. */
  get unsaved(): number {
    return this.#early.length + (this.#open?.commits.unsaved ?? 0);
  }

  /** Null for a room that is closed, and one that reports leave out. */
  get report(): RoomReport | null {
    const { board, document, readOnly, heapBytes, unsaved } = this;
    const state = this.#life.now;
    if (state === 'absent' || !this.served.includedIn.roomReports) return null;
    const bytes = this.#stored?.full.bytes ?? 0;
    return {
      board,
      document,
      state,
      connections: this.#broadcaster.size,
      unsaved,
      bytes,
      readOnly,
      heapBytes,
      lost: { isProven: this.#recovery.isProven, people: this.#recovery.held.length },
    };
  }

  /** Reads the document; all who have entered by then share the one load. */
  async load(): Promise<void> {
    const { store, log } = this.#context;
    try {
      const [stored, held] = await Promise.all([store.load(this.name), store.held(this.name)]);
      // Last, and what was told while it was read counts more: it may be frozen or renamed at this moment.
      const record = await store.board(this.board);
      if (this.#life.now !== 'loading') return;
      if (record) await this.#receive(record, stored, held);
      else this.shut(closeCode.noSuchBoard, 'no-such-board');
    } catch (error) {
      log.error({ board: this.board, error: messageOf(error) }, 'room cannot be loaded');
      this.shut(closeCode.busy, 'load-failed');
    }
  }

  /** Resolves when the document is open, or the room is closed. */
  opened(): Promise<void> {
    const isSettled = this.#open !== null || this.#life.now === 'absent' || this.#life.now === 'quarantined';
    return isSettled ? Promise.resolve() : new Promise((resolve) => this.#whenOpen.push(resolve));
  }

  enter(connection: Connection): void {
    if (this.#life.now === 'absent') return connection.close(closeCode.busy, 'closing');
    if (this.#life.now === 'quarantined') {
      connection.close(closeCode.busy, this.#bar);
      return this.#roomOwner.emptied(this);
    }
    if (this.#life.now === 'draining') this.#life.become('live');
    connection.listen(this);
    this.#broadcaster.add(connection);
    if (this.#stored) this.#sendWelcome(connection, this.#stored);
    if (this.#open) this.#welcome(connection, this.#open);
  }

  receive(connection: Connection, frame: Frame): void {
    switch (frame.kind) {
      case 'step1':
        this.#syncRequests.ask(connection, frame.stateVector);
        break;
      case 'changes':
        this.#take(connection, connection.acknowledgements.receive(frame.update, frame.isStep2));
        break;
      case 'proof':
        // It comes in answer to our question, for which the document is open.
        if (this.#open) this.#recovery.prove(this.#open.document, connection, frame.marks);
        break;
      default:
        this.#broadcaster.receive(connection, frame);
    }
  }

  caughtUp(connection: Connection, stateVector: Uint8Array): void {
    this.#syncRequests.ask(connection, stateVector);
  }

  left(connection: Connection, isClean: boolean): void {
    this.#broadcaster.remove(connection, isClean);
    if (this.#broadcaster.size === 0 && this.#life.now !== 'absent') this.#roomOwner.emptied(this);
  }

  tell(control: Control): void {
    if (control.kind === 'board') this.#title = control.title;
    this.#broadcaster.tell(control);
  }

  /** Takes no edits from now on, or takes them again and asks for those that people have made meanwhile. */
  freeze(isFrozen: boolean): void {
    if (this.#isFrozen === isFrozen) return;
    this.#isFrozen = isFrozen;
    // What waits for debts to be paid would be judged while the board is frozen.
    if (isFrozen)
      for (const letter of this.#open?.commits.takeParked() ?? []) this.#judge(letter.from, letter.frame);
    this.tell({ kind: 'read-only', why: this.readOnly });
    if (this.readOnly === null) this.#askForEdits();
  }

  /** Looks after each socket: signs of life, seats that have run out, presence that was skipped. */
  beat(): void {
    if (this.#life.now === 'failing' && this.#open && !this.#context.store.failure) this.#recover();
    if (this.#open && this.readOnly === null) this.#recovery.beat(this.#open.document);
    const mark = this.#open && this.#recovery.mark(this.#open.document.guard.owners);
    if (mark) this.#broadcaster.mark(mark);
    this.#broadcaster.beat();
  }

  /** Has the full state stored, so that opening need not replay what the journal holds of it. */
  async checkpoint(): Promise<void> {
    await this.#stored?.compaction.checkpoint();
  }

  /** Applies an update of the server's own. @throws where the document does not take it, or the disk */
  async write(update: Uint8Array): Promise<void> {
    await this.opened();
    const open = this.#open;
    if (!open || this.readOnly !== null) throw new Error(`${this.name} cannot be written just now.`);
    await this.#ownWrites.post(open.commits, (applied) => ({
      kind: 'own',
      edit: (document) => {
        document.applyOwn(update);
        applied();
      },
    }));
  }

  /** What is known of edits that this document lost. */
  async loss(): Promise<Loss> {
    await this.opened();
    const { isProven, held } = this.#recovery;
    return { isProven, held };
  }

  /**
   * Decides about the copies of lost edits that these people have: puts them into the document as they are, or lets
   * go of them and has the pages begin anew. Returns whose were decided about: a copy that rests on what is still
   * missing stays.
   */
  async settleLoss(people: readonly string[], how: 'restore' | 'discard'): Promise<readonly string[]> {
    await this.opened();
    const open = this.#open;
    if (!open || this.readOnly !== null) throw new Error(`${this.name} cannot be written just now.`);
    const decided =
      how === 'restore'
        ? await this.#recovery.restore(open.document, people, (letter) =>
            this.#ownWrites.post(open.commits, letter),
          )
        : this.#recovery.discard(people);
    if (this.#open) this.#recovery.beat(this.#open.document);
    await this.#recovery.written();
    return decided;
  }

  /** Leaves memory when all is on disk, unless somebody has come meanwhile. */
  async retire(): Promise<void> {
    if (this.#life.now === 'quarantined' || (this.#life.now === 'failing' && this.#broadcaster.size === 0))
      return this.shut(closeCode.busy, 'idle');
    if (this.#life.now !== 'live' || this.#broadcaster.size > 0) return;
    this.#life.become('draining');
    const time = ++this.#timesDrained;
    await this.settled();
    await this.#stored?.compaction.finish();
    // Who has come meanwhile has made it live again; if they have left since, it drains anew.
    if (this.life === 'draining' && time === this.#timesDrained) this.shut(closeCode.busy, 'idle');
  }

  /** Resolves when all that has come in is on disk, or was not taken. */
  async settled(): Promise<void> {
    await this.#migrating;
    await this.#open?.commits.settled();
    await this.#recovery.written();
  }

  /** Closes all sockets with a code, and forgets the document. */
  shut(code: CloseCode, reason: string): void {
    if (this.#life.now === 'absent') return;
    this.#life.become('absent');
    this.#syncRequests.forget();
    this.#early = [];
    this.#broadcaster.dismiss(code, reason);
    this.#broadcaster.close();
    this.#forget();
    this.#roomOwner.closed(this);
    this.#tellOpened();
  }

  /**
   * Answers those who wait for the state before it is a document: that takes a while, and blocks all others. Where it
   * may have an older layout they wait until it has this server's.
   */
  async #receive(record: BoardRecord, stored: StoredDocument, held: readonly HeldRecord[]): Promise<void> {
    this.#recovery.load(record.generation, held, stored.isBehind);
    this.#title ??= record.title;
    this.#isFrozen ??= record.frozen;
    const { generation } = record;
    const { version } = this.served.schema;
    // Of any other document nothing is known before it is in memory.
    const known = this.served.comesWithBoard ? (record.schema ?? 1) : null;
    if (known !== null && known > version) return this.#refuseNewer(known);
    if (known === version) this.#tellStored(stored, generation);
    await turn();
    if (this.#life.now !== 'loading') return;
    const document = this.#documentOf(stored);
    if (!document) return;
    if (known === version) {
      if (document.schema === version) return this.#unfold(document);
      return this.#beginAgain(document);
    }
    const names = { board: this.board, room: this.name };
    const migrating = bringUp(document, stored, names, this.served, this.#context);
    this.#migrating = Promise.allSettled([migrating]);
    const migrated = await migrating.catch((error: unknown) => {
      document.close();
      throw error;
    });
    // It may have been closed meanwhile.
    if (this.life !== 'loading') return document.close();
    this.#tellStored(migrated, generation);
    this.#unfold(document);
  }

  /**
   * The document is older than the board's record says, as where a damaged file gave way to its previous copy, and
   * people have been sent it. They come back to a room that knows.
   */
  async #beginAgain(document: LiveDocument): Promise<void> {
    const { store, log } = this.#context;
    const { schema } = document;
    document.close();
    log.warn({ board: this.board, schema }, 'the document is older than its record says');
    await store.changeBoard(this.board, (record) => ({ ...record, schema }));
    this.shut(closeCode.restart, 'restart');
  }

  /** What is stored is there: who is here is welcomed, and answered. */
  #tellStored(stored: StoredDocument, generation: number): void {
    this.#stored = this.#keep(stored, generation);
    for (const connection of this.#broadcaster) this.#sendWelcome(connection, this.#stored);
    this.#syncRequests.answer();
  }

  #refuseNewer(schema: number): void {
    const { version } = this.served.schema;
    const fields = { board: this.board, code: 'newer-schema', schema, known: version };
    this.#context.log.error(fields, 'the document is of a newer release; it is not opened');
    this.#quarantine('newer-schema');
  }

  #keep(stored: StoredDocument, generation: number): Stored {
    const context = { ...this.#context, keepsVersions: this.served.includedIn.versions };
    return new Stored(this.name, stored, generation, context, (percent) =>
      this.tell({ kind: 'fullness', percent }),
    );
  }

  /** Facilitators add what they like but client ids, up to the document's own limits. */
  get #bounds(): Bounds {
    return {
      isFull: ({ role }) => this.#stored?.isFull(shareOf(role)) ?? false,
      policy: () => this.#context.policy(this.name),
      spend: ({ role, device }, since, additions, isKnown) => {
        const { allowances } = this.#context;
        const exceeded = may(role, 'structure')
          ? allowances.spendAsLead(this.#ledger, device, additions)
          : allowances.spend(this.#ledger, { device, isKnown, since }, additions);
        if (!exceeded) this.#stored?.grow(additions.bytes);
        return exceeded;
      },
    };
  }

  get #source(): Source | null {
    const { full } = this.#stored ?? {};
    const { document = null, commits } = this.#open ?? {};
    return full ? { full, document, hasUncommitted: commits?.hasUncommitted ?? false } : null;
  }

  /** Makes the document of its bytes; null where nobody can be let in to it. */
  #documentOf(stored: StoredDocument): LiveDocument | null {
    const { log, counters } = this.#context;
    const document = new LiveDocument(stored, this.served, counters, this.#bounds);
    if (!document.isWhole) {
      log.error({ board: this.board }, 'the stored document does not fit together; it is quarantined');
      this.#quarantine('quarantined');
    } else if (document.schema > this.served.schema.version) this.#refuseNewer(document.schema);
    else return document;
    document.close();
    return null;
  }

  /** Opens a document that has the layout of this server, and goes on with what has come in meanwhile. */
  #unfold(document: LiveDocument): void {
    const { store } = this.#context;
    this.#recovery.opened(document);
    const commits = new Commits(this.name, document, {
      ...this.#context,
      recovery: this.#recovery,
      receivers: () => this.#broadcaster.size,
      committed: (batch, sequence) => this.#deliver(batch, sequence),
      failed: (error) => this.#fail(error),
    });
    const open = { document, commits };
    this.#open = open;
    if (this.#life.now === 'loading') this.#life.become(store.failure ? 'failing' : 'live');
    if (this.#life.now === 'live') commits.post({ kind: 'own', edit: () => document.work.opened() });
    for (const [client, person] of this.#broadcaster.claims())
      document.guard.reserve(client, person, this.#present);
    for (const connection of this.#broadcaster) this.#welcome(connection, open);
    for (const { from, frame } of this.#early.splice(0)) this.#admit(from, frame);
    for (const connection of this.#broadcaster) connection.release('loading');
    this.#syncRequests.answer();
    this.#tellOpened();
    if (this.#broadcaster.size === 0) this.#roomOwner.emptied(this);
  }

  #quarantine(bar: Bar): void {
    this.#bar = bar;
    this.#life.become('quarantined');
    this.#broadcaster.dismiss(closeCode.busy, bar);
    this.#stored = null;
    this.#syncRequests.forget();
    this.#early = [];
    this.#tellOpened();
    this.#roomOwner.emptied(this);
  }

  #tellOpened(): void {
    for (const resolve of this.#whenOpen.splice(0)) resolve();
  }

  /** What can be said before there is a document. */
  #sendWelcome(connection: Connection, { fullness, generation }: Stored): void {
    const { person } = connection.membership;
    // A page shows by the role whether it can be written in, and would take for saved what is not even read.
    const role = connection.mayWrite ? connection.membership.role : 'observer';
    const controls: Control[] = [{ kind: 'welcome', person, role, title: this.#title ?? '', generation }];
    if (this.readOnly) controls.push({ kind: 'read-only', why: this.readOnly });
    if (fullness.told !== null) controls.push({ kind: 'fullness', percent: fullness.told });
    const loss = this.#recovery.newsFor(connection);
    if (loss) controls.push(loss);
    this.#broadcaster.sendWelcome(connection, controls);
  }

  #welcome(connection: Connection, { document, commits }: Open): void {
    // What is brought now would not be taken: all are asked when the disk heals.
    if (this.#life.now === 'failing') return;
    // Whoever may not write has nothing to bring, so is not asked.
    if (connection.mayWrite) connection.ask(document.step1());
    commits.post({ kind: 'own', edit: ({ work }) => this.#introduce(connection, work) });
  }

  #introduce(connection: Connection, work: AllWork): void {
    if (!this.#broadcaster.has(connection)) return;
    const { membership } = connection;
    const { allowances, clock } = this.#context;
    const mayStay = work.joined(membership, {
      present: this.#present,
      admit: () => allowances.admit(this.#ledger, membership.role),
      rename: () => allowances.rename(this.#ledger, membership.device, membership.role),
      charge: (ms) => connection.charge('work', ms),
      now: () => clock.now(),
    });
    if (!mayStay) connection.close(closeCode.busy, 'board-full');
  }

  /** Who may write is looked at before the bytes are: what an observer sends is not even decoded. */
  #take(from: Connection, frame: DocumentFrame): void {
    if (from.mayWrite) {
      if (this.#open) return this.#admit(from, frame);
      this.#early.push({ from, frame: { ...frame, update: kept(frame.update) } });
      from.hold('loading');
      return;
    }
    from.acknowledgements.done(frame);
    if (isEmptyUpdate(frame.update)) return;
    this.#context.counters.observerUpdates++;
    this.#context.counters.refusals.observer++;
    from.remindOfRole();
  }

  /** A large answer first loses what the document has, a little in a turn; nothing comes in behind it meanwhile. */
  #admit(from: Connection, frame: DocumentFrame): void {
    const open = this.#open;
    if (!open || this.readOnly !== null || !frame.isStep2 || frame.update.length <= largeAnswerBytes) {
      from.freeLarge();
      return this.#judge(from, frame);
    }
    const { largeAnswers, clock } = this.#context;
    const filtering = open.document.withoutKnownDeletes(frame.update);
    const step = () => {
      // What was not acknowledged is asked for again when there is a document.
      if (this.#open !== open) return end();
      if (from.owes > 0) return void clock.after(from.owes, () => largeAnswers.run(step));
      const began = performance.now();
      const { done, value } = filtering.next();
      from.charge('work', performance.now() - began);
      if (!done) return largeAnswers.run(step);
      this.#judge(from, { ...frame, update: value });
      end();
    };
    const end = () => {
      from.freeLarge();
      from.release('answer');
    };
    from.hold('answer');
    largeAnswers.run(step);
  }

  /** While the document is read-only edits are neither taken nor refused: their authors are asked again later. */
  #judge(from: Connection, frame: DocumentFrame): void {
    if (this.readOnly === null) this.#open?.commits.post({ kind: 'frame', from, frame });
    else if (isEmptyUpdate(frame.update)) from.acknowledgements.done(frame);
    else {
      this.#context.counters.deferredUpdates++;
      from.acknowledgements.lose(frame.number);
    }
  }

  /** What is on disk goes out: framed once, the same bytes to every socket, and its authors are told. */
  #deliver(batch: Batch, sequence: number | null): void {
    const { update, senders, soleAuthor, isEdit, clocks } = batch;
    const stored = this.#stored;
    if (!stored) return;
    this.#ownWrites.committed();
    this.#recovery.committed(clocks);
    if (update) {
      const owners = this.#open?.document.guard.owners;
      this.#broadcaster.deliver(update, soleAuthor, owners ? this.#recovery.mark(owners) : null);
    }
    if (update && sequence !== null) stored.add(update, sequence, isEdit);
    for (const sender of senders) sender.acknowledge();
    this.#syncRequests.answer();
  }

  /**
   * What is in memory is not what is on disk, so memory goes, and the document is read anew. Nobody was told
   * that it was saved and nobody has seen it; its authors still have it, and are asked for it again when the
   * disk takes it.
   */
  #fail(error: unknown): void {
    const { log } = this.#context;
    if (this.#life.now === 'absent') return;
    log.error({ board: this.board, error: messageOf(error) }, 'commit failed; the document is read-only');
    this.#life.become('failing');
    this.#forget();
    for (const { acknowledgements } of this.#broadcaster) acknowledgements.lose();
    this.tell({ kind: 'read-only', why: 'store' });
    void this.#reload();
  }

  async #reload(): Promise<void> {
    const { store, log } = this.#context;
    try {
      const generation = this.#stored?.generation ?? 1;
      const stored = await store.load(this.name);
      if (this.life !== 'failing') return;
      const document = this.#documentOf(stored);
      if (!document) return;
      this.#stored = this.#keep(stored, generation);
      this.#unfold(document);
    } catch (error) {
      log.error({ board: this.board, error: messageOf(error) }, 'room cannot be loaded');
      this.shut(closeCode.busy, 'load-failed');
    }
  }

  /** The disk takes writes again; looked for at each beat, so that what it will never take is not offered in a loop. */
  #recover(): void {
    this.#life.become('live');
    this.#context.log.info({ board: this.board }, 'the document takes edits again');
    this.tell({ kind: 'read-only', why: this.readOnly });
    this.#open?.commits.post({
      kind: 'own',
      edit: ({ work }) => {
        work.opened();
        for (const connection of this.#broadcaster) this.#introduce(connection, work);
      },
    });
    if (this.readOnly === null) this.#askForEdits();
  }

  /** By sync step 1, which any client answers with all that the document lacks. */
  #askForEdits(): void {
    const step1 = this.#open?.document.step1();
    if (step1) this.#broadcaster.ask(step1);
  }

  #forget(): void {
    this.#open?.commits.stop();
    this.#open?.document.close();
    this.#open = null;
    this.#ownWrites.failed(`${this.name} was not written.`);
  }
}
