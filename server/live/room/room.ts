import { may } from '../../../shared/roles.ts';
import type { Member } from '../../../shared/schema/document.ts';
import type { CloseCode, Control } from '../../../shared/wire/protocol.ts';
import { closeCode } from '../../../shared/wire/protocol.ts';
import type { Membership } from '../../access/membership.ts';
import type { AllWork, ServedDocument } from '../../documents/work.ts';
import type { Loss, ReadOnly, RoomReport } from '../contract.ts';
import { heapPerByte, heapPerRoom } from '../limits.ts';
import { Recovery } from '../recovery/recovery.ts';
import { Broadcaster } from '../socket/broadcaster.ts';
import type { Connection, Listener } from '../socket/connection.ts';
import type { Frame } from '../socket/wire.ts';
import type { Batch } from './batch.ts';
import type { LiveRules } from './board-rules.ts';
import { messageOf } from '../../errors.ts';
import { Commits } from './commits.ts';
import type { LoadHooks, LoadOutcome } from './document-loader.ts';
import { DocumentLoader } from './document-loader.ts';
import { IncomingChanges } from './incoming-changes.ts';
import { emptyStateVector, hasNothing } from './live-document.ts';
import { OwnWrites } from './own-writes.ts';
import type { Stored } from './persistence.ts';
import type { RoomContext } from './room-context.ts';
import { RoomLimits } from './room-limits.ts';
import type { Bar, Failing, Loading, Open, RoomLife, State } from './room-state.ts';
import { RoomStateMachine } from './room-state.ts';
import type { Source } from './sync-requests.ts';
import { SyncRequests } from './sync-requests.ts';

/** Keeps the rooms, and learns when one is not needed any more. */
export interface RoomOwner {
  /** The last person has left. */
  emptied(room: Room): void;
  /** The room has closed for good. The next person who joins gets a new one. */
  closed(room: Room): void;
}

type Opened = Extract<LoadOutcome, { kind: 'opened' }>;

/**
 * One document while people are in it. `Commits` applies what they send and brings it to disk. What is on disk is then
 * sent to the others and acknowledged. See room-state.ts for the states and the allowed transitions.
 */
export class Room implements Listener {
  readonly board: string;
  readonly document: string;
  readonly served: ServedDocument;
  /** The person in the document's name, if it has one. */
  readonly owner: string | null;
  /** What the session of the board says of its people. */
  readonly rules: LiveRules;
  /** `board/document` */
  readonly name: string;
  readonly #context: RoomContext;
  readonly #roomOwner: RoomOwner;
  readonly #states = new RoomStateMachine();
  readonly #loader: DocumentLoader;
  readonly #limits: RoomLimits;
  readonly #incoming: IncomingChanges;
  readonly #broadcaster: Broadcaster;
  readonly #syncRequests: SyncRequests;
  readonly #recovery: Recovery;
  readonly #ownWrites = new OwnWrites();
  readonly #present = () => this.#broadcaster.people();
  /** From the board's record, or from a later change. Null until the first of them arrives. */
  #title: string | null = null;
  #language = '';
  #isFrozen: boolean | null = null;
  #whenOpen: (() => void)[] = [];

  constructor(
    {
      board,
      document,
      served,
      owner,
      rules,
    }: Pick<Room, 'board' | 'document' | 'served' | 'owner' | 'rules'>,
    context: RoomContext,
    roomOwner: RoomOwner,
  ) {
    this.board = board;
    this.document = document;
    this.served = served;
    this.owner = owner;
    this.rules = rules;
    this.name = `${board}/${document}`;
    this.#context = context;
    this.#roomOwner = roomOwner;
    // The policy is about what people share. What one person writes alone is limited by its own rules.
    const policy = () => (owner === null ? rules.policy() : null);
    this.#limits = new RoomLimits(`${board}/${served.name}`, context, policy, () => this.#state.stored);
    this.#loader = new DocumentLoader(this, context, this.#limits, (percent) =>
      this.tell({ kind: 'fullness', percent }),
    );
    this.#incoming = new IncomingChanges(context, {
      open: () => this.#state.open,
      readOnly: () => this.readOnly,
      keep: (frame) => {
        if ('early' in this.#state) this.#state.early.push(frame);
      },
    });
    this.#syncRequests = new SyncRequests(context, () => this.#source);
    this.#recovery = new Recovery(
      this.name,
      { ...context, isShared: owner === null },
      {
        connections: () => this.#broadcaster,
        ask: (connection) => {
          if (this.#state.open) connection.ask(this.#state.open.document.step1());
        },
      },
    );
    this.#broadcaster = new Broadcaster(context, {
      stateVector: () => this.#state.open?.document.stateVector() ?? emptyStateVector,
      // Others learn the id from presence, and could write under it before its owner does.
      claimed: (client, person) => this.#state.open?.document.guard.reserve(client, person, this.#present),
    });
  }

  get #state(): State {
    return this.#states.now;
  }

  get connections(): ReadonlySet<Connection> {
    return this.#broadcaster.connections;
  }

  get life(): RoomLife {
    return this.#state.kind;
  }

  /** Estimated memory that the document takes, in bytes. */
  get heapBytes(): number {
    return heapPerRoom + (this.#state.stored?.full.bytes ?? 0) * heapPerByte;
  }

  get readOnly(): ReadOnly | null {
    if (this.#state.kind === 'failing') return 'store';
    return this.#isFrozen ? 'frozen' : null;
  }

  /** The number of updates received that are not on disk. */
  get unsaved(): number {
    const early = 'early' in this.#state ? this.#state.early.length : 0;
    return early + (this.#state.open?.commits.unsaved ?? 0);
  }

  /** Null if the room is closed, or if room reports leave the document out. */
  get report(): RoomReport | null {
    const { board, document, life: state, readOnly, heapBytes, unsaved } = this;
    if (state === 'absent' || !this.served.includedIn.roomReports) return null;
    return {
      board,
      document,
      state,
      connections: this.#broadcaster.size,
      unsaved,
      bytes: this.#state.stored?.full.bytes ?? 0,
      readOnly,
      heapBytes,
      lost: { isProven: this.#recovery.isProven, people: this.#recovery.held.length },
    };
  }

  /** Reads the document, once for everyone who enters meanwhile. */
  async load(): Promise<void> {
    const state = this.#state;
    if (state.kind !== 'loading') return;
    const hooks: LoadHooks = {
      isWanted: () => this.#state === state,
      board: ({ generation, title, language, frozen }, held, isBehind) => {
        this.#recovery.load(generation, held, isBehind);
        this.#title ??= title;
        this.#language = language;
        this.#isFrozen ??= frozen;
      },
      stored: (stored) => {
        state.stored = stored;
        for (const connection of this.#broadcaster) {
          if (this.#setRole(connection) !== 'closed') this.#sendWelcome(connection, stored);
        }
        this.#syncRequests.answer();
      },
    };
    await this.#finishLoading(state, async () => {
      await this.rules.load();
      return this.#loader.load(hooks);
    });
  }

  /** Resolves when the document is open, or when the room is closed or quarantined. */
  opened(): Promise<void> {
    const { kind, open } = this.#state;
    const isSettled = open !== null || kind === 'absent' || kind === 'quarantined';
    return isSettled ? Promise.resolve() : new Promise((resolve) => this.#whenOpen.push(resolve));
  }

  enter(connection: Connection): void {
    const state = this.#state;
    switch (state.kind) {
      case 'absent':
        return connection.close(closeCode.busy, 'closing');
      case 'quarantined':
        connection.close(closeCode.busy, state.bar);
        return this.#roomOwner.emptied(this);
      case 'draining':
        this.#states.become({ kind: 'live', stored: state.stored, open: state.open });
    }
    connection.listen(this);
    this.#broadcaster.add(connection);
    if (state.stored && this.#setRole(connection) === 'closed') return;
    if (state.stored) this.#sendWelcome(connection, state.stored);
    if (state.open) this.#welcome(connection, state.open);
  }

  receive(connection: Connection, frame: Frame): void {
    switch (frame.kind) {
      case 'step1':
        // Its document is new: what it sends from here on does not rest on what was put back.
        if (hasNothing(frame.stateVector)) connection.isStale = false;
        this.#syncRequests.ask(connection, frame.stateVector);
        break;
      case 'changes':
        this.#incoming.receive(connection, connection.acknowledgements.receive(frame.update, frame.isStep2));
        break;
      case 'proof':
        // A proof answers the server's own question, which it asks only while the document is open.
        if (this.#state.open) this.#recovery.prove(this.#state.open.document, connection, frame.marks);
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
    if (this.#broadcaster.size === 0 && this.life !== 'absent') this.#roomOwner.emptied(this);
  }

  tell(control: Control): void {
    if (control.kind === 'board') this.#title = control.title;
    this.#broadcaster.tell(control);
  }

  tellEach(which: (membership: Membership) => Control): void {
    this.#broadcaster.tellEach(which);
  }

  /** True if a member may change the document. A role without that power cannot, whatever the definition says. */
  admitsWritesOf(member: Member): boolean {
    return may(member.role, 'write') && this.served.writes(member, this.owner);
  }

  /** The rules of the session have changed: roles hold from now on, on the same sockets. */
  governed(): void {
    const { stored, open } = this.#state;
    // Sockets that wait for the document get their role with their welcome.
    if (!stored) return;
    for (const connection of [...this.#broadcaster]) {
      if (this.#setRole(connection) !== 'changed') continue;
      for (const control of this.#aboutRole(connection, stored)) connection.tell(control);
      if (open) this.#welcome(connection, open);
    }
  }

  /** Gives a connection the role that its person has now. Closes it if the person may no longer read the document. */
  #setRole(connection: Connection): 'same' | 'changed' | 'closed' {
    const { byLink, membership } = connection;
    const role = this.rules.roleOf(byLink.person, byLink.role);
    if (role === membership.role) return 'same';
    const now = { ...byLink, role };
    if (!this.served.reads(now, this.owner)) {
      connection.close(closeCode.notAllowed, 'not-allowed');
      return 'closed';
    }
    connection.become(now, this.admitsWritesOf(now));
    return 'changed';
  }

  /** Stops taking edits, or takes them again and asks for those that people made meanwhile. */
  freeze(isFrozen: boolean): void {
    if (this.#isFrozen === isFrozen) return;
    this.#isFrozen = isFrozen;
    // Parked updates would otherwise be judged while the board is frozen.
    if (isFrozen)
      for (const { from, frame } of this.#state.open?.commits.takeParked() ?? [])
        this.#incoming.post(from, frame);
    this.tell({ kind: 'read-only', why: this.readOnly });
    if (this.readOnly === null) this.#askForEdits();
  }

  /** Checks each socket: pings, memberships that have run out, presence that was skipped. */
  beat(): void {
    const state = this.#state;
    if (state.kind === 'failing' && state.open && !this.#context.store.failure)
      this.#recover(state.stored, state.open);
    const { open } = this.#state;
    if (open && this.readOnly === null) this.#recovery.beat(open.document);
    const mark = open && this.#recovery.mark(open.document.guard.owners);
    if (mark) this.#broadcaster.mark(mark);
    this.#broadcaster.beat();
  }

  /** Stores the full state, so that the next load replays less of the journal. */
  async checkpoint(): Promise<void> {
    await this.#state.stored?.compaction.checkpoint();
  }

  /** Applies an update that the server made. @throws if the document or the disk does not take it */
  async write(update: Uint8Array): Promise<void> {
    await this.opened();
    await this.#ownWrites.post(this.#writable().commits, (applied) => ({
      kind: 'own',
      edit: (document) => {
        document.applyOwn(update);
        applied();
      },
    }));
  }

  /** What is known of edits that the server lost from this document. */
  async loss(): Promise<Loss> {
    await this.opened();
    const { isProven, held } = this.#recovery;
    return { isProven, held };
  }

  /**
   * Decides about these people's copies of lost edits: puts them into the document as they are, or drops them and makes
   * the pages start from the server's state. Resolves to the people whose copies were decided about. A copy that
   * builds on edits still missing stays.
   * @throws if the document cannot be written
   */
  async settleLoss(people: readonly string[], how: 'restore' | 'discard'): Promise<readonly string[]> {
    await this.opened();
    const { document, commits } = this.#writable();
    const decided =
      how === 'restore'
        ? await this.#recovery.restore(document, people, (change) => this.#ownWrites.post(commits, change))
        : this.#recovery.discard(people);
    if (this.#state.open) this.#recovery.beat(this.#state.open.document);
    await this.#recovery.written();
    return decided;
  }

  /** Leaves memory when everything is on disk, unless somebody joins meanwhile. */
  async retire(): Promise<void> {
    const state = this.#state;
    const isEmpty = this.#broadcaster.size === 0;
    if (state.kind === 'quarantined' || (state.kind === 'failing' && isEmpty))
      return this.shut(closeCode.busy, 'idle');
    if (state.kind !== 'live' || !isEmpty) return;
    const { stored, open } = state;
    const draining: State = { kind: 'draining', stored, open };
    this.#states.become(draining);
    await this.settled();
    await stored.compaction.finish();
    // If somebody has joined meanwhile, the room is live again. If they have left since, it drains anew.
    if (this.#state === draining) this.shut(closeCode.busy, 'idle');
  }

  /** Resolves when all received edits are on disk, or were not taken. */
  async settled(): Promise<void> {
    await this.#loader.settled();
    await this.#state.open?.commits.settled();
    await this.#recovery.written();
  }

  /** Closes all sockets with a code, and drops the document. */
  shut(code: CloseCode, reason: string): void {
    const { kind, open } = this.#state;
    if (kind === 'absent') return;
    this.#states.become({ kind: 'absent', stored: null, open: null });
    this.#syncRequests.forget();
    this.#broadcaster.dismiss(code, reason);
    this.#broadcaster.close();
    this.#drop(open);
    this.#roomOwner.closed(this);
    this.#tellOpened();
  }

  async #finishLoading(state: Loading | Failing, load: () => Promise<LoadOutcome | null>): Promise<void> {
    try {
      const outcome = await load();
      if (this.#state !== state) {
        // The room has closed meanwhile.
        if (outcome?.kind === 'opened') outcome.document.close();
        return;
      }
      switch (outcome?.kind) {
        case 'opened':
          return this.#begin(state, outcome);
        case 'barred':
          if (state.kind === 'failing') return this.#closeUnreadable(outcome.bar);
          return this.#quarantine(outcome.bar);
        case 'closed':
          return this.shut(outcome.code, outcome.reason);
      }
    } catch (error) {
      this.#context.log.error({ board: this.board, error: messageOf(error) }, 'room cannot be loaded');
      this.shut(closeCode.busy, 'load-failed');
    }
  }

  /** Opens a document that has the layout of this server, and continues with the frames that arrived meanwhile. */
  #begin(state: Loading | Failing, { document, stored }: Opened): void {
    this.#recovery.opened(document);
    const commits = new Commits(this.name, document, {
      ...this.#context,
      recovery: this.#recovery,
      receivers: () => this.#broadcaster.size,
      committed: (batch, sequence) => this.#deliver(open, stored, batch, sequence),
      failed: (error) => this.#fail(error),
    });
    const open: Open = { document, commits };
    if (state.kind === 'failing') {
      state.stored = stored;
      state.open = open;
    } else if (this.#context.store.failure) this.#states.become({ kind: 'failing', stored, open, early: [] });
    else {
      this.#states.become({ kind: 'live', stored, open });
      commits.post({ kind: 'own', edit: () => document.work.opened() });
    }
    for (const [client, person] of this.#broadcaster.claims())
      document.guard.reserve(client, person, this.#present);
    for (const connection of this.#broadcaster) this.#welcome(connection, open);
    for (const { from, frame } of state.early.splice(0)) this.#incoming.receive(from, frame);
    for (const connection of this.#broadcaster) connection.release('loading');
    this.#syncRequests.answer();
    this.#tellOpened();
    if (this.#broadcaster.size === 0) this.#roomOwner.emptied(this);
  }

  /**
   * After a failed commit, the document on disk turns out to be one that must not be opened. The next person who joins
   * gets a new room, which finds the same and is quarantined.
   */
  #closeUnreadable(code: Bar): void {
    this.#context.log.error(
      { board: this.board, code },
      'after the failed commit, the document on disk cannot be opened; the room is closed',
    );
    this.shut(closeCode.busy, 'load-failed');
  }

  #quarantine(bar: Bar): void {
    this.#states.become({ kind: 'quarantined', stored: null, open: null, bar });
    this.#broadcaster.dismiss(closeCode.busy, bar);
    this.#syncRequests.forget();
    this.#tellOpened();
    this.#roomOwner.emptied(this);
  }

  /**
   * After a failed commit, memory is ahead of the disk. So the document is dropped and read again. Nobody was told that
   * the edits are saved, and nobody else has seen them. Their authors still have them, and the server asks for them
   * again when the disk recovers.
   */
  #fail(error: unknown): void {
    const state = this.#state;
    if (state.kind !== 'live' && state.kind !== 'draining') return;
    const { stored, open } = state;
    const { log } = this.#context;
    log.error({ board: this.board, error: messageOf(error) }, 'commit failed; the document is read-only');
    const failing: State = { kind: 'failing', stored, open: null, early: [] };
    this.#states.become(failing);
    this.#drop(open);
    for (const { acknowledgements } of this.#broadcaster) acknowledgements.lose();
    this.tell({ kind: 'read-only', why: 'store' });
    const isWanted = () => this.#state === failing;
    void this.#finishLoading(failing, () => this.#loader.reload(stored.generation, isWanted));
  }

  /**
   * The disk takes writes again. Checked on the heartbeat, so that a batch that always fails is not retried in a loop.
   */
  #recover(stored: Stored, open: Open): void {
    this.#states.become({ kind: 'live', stored, open });
    this.#context.log.info({ board: this.board }, 'the document takes edits again');
    this.tell({ kind: 'read-only', why: this.readOnly });
    open.commits.post({
      kind: 'own',
      edit: ({ work }) => {
        work.opened();
        for (const connection of this.#broadcaster) this.#introduce(connection, work);
      },
    });
    if (this.readOnly === null) this.#askForEdits();
  }

  #drop(open: Open | null): void {
    open?.commits.stop();
    open?.document.close();
    this.#ownWrites.failed(`${this.name} was not written.`);
  }

  #tellOpened(): void {
    for (const resolve of this.#whenOpen.splice(0)) resolve();
  }

  get #source(): Source | null {
    const { stored, open } = this.#state;
    if (!stored) return null;
    const hasUncommitted = open?.commits.hasUncommitted ?? false;
    return { full: stored.full, document: open?.document ?? null, hasUncommitted };
  }

  /** @throws if the document takes no edits now */
  #writable(): Open {
    const { open } = this.#state;
    if (!open || this.readOnly !== null) throw new Error(`${this.name} cannot be written now.`);
    return open;
  }

  /** Sends what a client can learn before there is a document. */
  #sendWelcome(connection: Connection, stored: Stored): void {
    const controls = this.#aboutRole(connection, stored);
    const session = connection.isOurs ? this.#context.sessions.frameFor(connection.byLink) : null;
    if (session) controls.push(session);
    if (this.readOnly) controls.push({ kind: 'read-only', why: this.readOnly });
    const { told } = stored.fullness;
    if (told !== null) controls.push({ kind: 'fullness', percent: told });
    this.#broadcaster.sendWelcome(connection, controls);
  }

  /** What a client learns at first, and again when its role changes. */
  #aboutRole(connection: Connection, { generation }: Stored): Control[] {
    const { person } = connection.membership;
    // A page that believes it may write would show edits as saved that the server does not even read.
    const role = connection.mayWrite ? connection.membership.role : 'observer';
    const about = { title: this.#title ?? '', language: this.#language };
    const loss = this.#recovery.newsFor(connection);
    return [{ kind: 'welcome', person, role, ...about, generation }, ...(loss ? [loss] : [])];
  }

  /** Asks a client for the edits that the document lacks, and writes its person into the document. */
  #welcome(connection: Connection, { document, commits }: Open): void {
    // A failing document takes no edits. Everyone is asked when the disk recovers.
    if (this.life === 'failing') return;
    // A client that may not write has no edits to bring.
    if (connection.isJudged) connection.ask(document.step1());
    commits.post({ kind: 'own', edit: ({ work }) => this.#introduce(connection, work) });
  }

  #introduce(connection: Connection, work: AllWork): void {
    if (!this.#broadcaster.has(connection)) return;
    const hasPlace = this.#limits.introduce(connection, work, this.#present);
    if (!hasPlace) connection.close(closeCode.busy, 'board-full');
  }

  /** Sends a batch that is on disk: framed once, the same bytes to every socket. Then tells its authors. */
  #deliver({ document }: Open, stored: Stored, batch: Batch, sequence: number | null): void {
    const { update, senders, soleAuthor, isEdit, clocks, putBacks } = batch;
    this.#ownWrites.committed();
    this.#recovery.committed(clocks);
    // Before what is left of them, and before they are acknowledged: the page copies the text first.
    for (const { to, control } of putBacks) to.tellPutBack(control);
    if (update) this.#broadcaster.deliver(update, soleAuthor, this.#recovery.mark(document.guard.owners));
    if (update && sequence !== null) stored.add(update, sequence, isEdit);
    for (const sender of senders) sender.acknowledge();
    this.#syncRequests.answer();
  }

  /** Asks everyone who may write, by sync step 1. A client answers with all edits that the document lacks. */
  #askForEdits(): void {
    const step1 = this.#state.open?.document.step1();
    if (step1) this.#broadcaster.ask(step1);
  }
}
