import { setTimeout as pause } from 'node:timers/promises';
import { getHeapStatistics } from 'node:v8';
import type { CloseCode, Control } from '../../../shared/wire/protocol.ts';
import { closeCode } from '../../../shared/wire/protocol.ts';
import type { Role } from '../../../shared/roles.ts';
import type { NamedDocument } from '../../../shared/schema/document.ts';
import { documentNamed } from '../../../shared/schema/document.ts';
import type { Membership } from '../../access/membership.ts';
import type { Log } from '../../log.ts';
import { servedDocuments } from '../../documents/served.ts';
import type { ServedDocument } from '../../documents/work.ts';
import type { Store } from '../../store/contract.ts';
import type { AllowanceTable } from './allowances.ts';
import { Allowances } from './allowances.ts';
import type { Clock } from '../clock.ts';
import { systemClock } from '../clock.ts';
import { Connection } from '../socket/connection.ts';
import type {
  BoardRules,
  LiveBoards,
  LiveGauges,
  Loss,
  Observer,
  RoomReport,
  SocketReport,
} from '../contract.ts';
import { roomStates } from '../contract.ts';
import { LargeMessages } from '../socket/large-messages.ts';
import type { Line } from '../socket/line.ts';
import { turnAway } from '../socket/line.ts';
import { TimeSlicedQueue } from '../time-sliced-queue.ts';
import { LiveRules } from './board-rules.ts';
import { IdleRooms } from './idle-rooms.ts';
import { PutBackLimits } from './put-back-limits.ts';
import type { RoomOwner } from './room.ts';
import { Room } from './room.ts';
import type { RoomContext } from './room-context.ts';
import { PeopleRates } from '../socket/rate-limits.ts';
import type { Counters } from '../counters.ts';
import { newCounters } from '../counters.ts';
import { Unread } from '../socket/unread.ts';
import {
  beatMs,
  farewellMs,
  farewellMsPerSocket,
  heapShare,
  largeAnswersMs,
  largeMessageBytes,
  maxDocumentBytes,
  maxSocketsPerPerson,
  maxUnreadDifferences,
} from '../limits.ts';

export interface LiveOptions {
  readonly store: Store;
  readonly log: Log;
  /** Clocks and timers, for tests that move time. */
  readonly clock?: Clock;
  readonly observe?: Observer;
  /** How much of the heap the open documents may take. */
  readonly heapBudgetBytes?: number;
  /** The maximum encoded size of one document, in bytes. */
  readonly maxDocumentBytes?: number;
  /** What participants may add to a document in a day. */
  readonly allowances?: AllowanceTable;
  /** The documents that a board may have. Default: those that this server serves. */
  readonly documents?: readonly ServedDocument[];
  /**
   * The rules of a board's session, asked when a room of it opens; after that `govern` sets them. Default: null, which
   * is whatever the roles allow.
   */
  readonly rulesOf?: (board: string) => Promise<BoardRules | null>;
  /** Called for each update that was refused, whether or not its sender was closed, with the number of the rule. */
  readonly refused?: (board: string, person: string, rule: string) => void;
}

/** The live boards, and what only this process may ask of them. */
export interface Rooms extends LiveBoards {
  /** Stores the state of a room now, if the room is open. The store calls this when its journal grows. */
  checkpoint(room: string): Promise<void>;
}

const unobserved: Observer = { tick: () => undefined, commit: () => undefined };

const unlimited = () => Promise.resolve(null);

/** Opens the live side. `close` ends it, but does not close the store. */
export function openRooms(options: LiveOptions): Rooms {
  const { store, log, clock = systemClock, observe = unobserved } = options;
  const context = {
    store,
    log,
    clock,
    allowances: new Allowances(clock, options.allowances),
    putBackLimits: new PutBackLimits(clock),
    refused: options.refused ?? (() => undefined),
    counters: newCounters(),
    observe,
    largeAnswers: new TimeSlicedQueue(largeAnswersMs),
    largeMessages: new LargeMessages(largeMessageBytes),
    unreadDifferences: new Unread(maxUnreadDifferences),
    maxDocumentBytes: options.maxDocumentBytes ?? maxDocumentBytes,
  };
  const { documents = servedDocuments, rulesOf = unlimited } = options;
  const budgetBytes = options.heapBudgetBytes ?? getHeapStatistics().heap_size_limit * heapShare;
  return new OpenRooms(context, documents, budgetBytes, rulesOf);
}

/** Why a connection is refused, or a document is not opened. */
interface Closed {
  readonly code: CloseCode;
  readonly reason: string;
}

class OpenRooms implements Rooms, RoomOwner {
  readonly #context: RoomContext;
  readonly #documents: readonly ServedDocument[];
  readonly #heapBudgetBytes: number;
  readonly #rulesOf: (board: string) => Promise<BoardRules | null>;
  /** The rules of the boards with open rooms. */
  readonly #rules = new Map<string, LiveRules>();
  readonly #rates: PeopleRates;
  readonly #rooms = new Map<string, Room>();
  /** The rooms by board, because the open documents of a board do not follow from its name. */
  readonly #boards = new Map<string, Set<Room>>();
  readonly #idle: IdleRooms;
  /** Boards that are being repaired. */
  readonly #barred = new Set<string>();
  readonly #stopBeat: () => void;
  #isClosing = false;

  constructor(
    context: RoomContext,
    documents: readonly ServedDocument[],
    heapBudgetBytes: number,
    rulesOf: (board: string) => Promise<BoardRules | null>,
  ) {
    this.#rulesOf = rulesOf;
    this.#context = context;
    this.#documents = documents;
    this.#heapBudgetBytes = heapBudgetBytes;
    this.#rates = new PeopleRates(context.clock);
    this.#idle = new IdleRooms(context.clock);
    this.#stopBeat = context.clock.every(beatMs, () => {
      for (const room of this.#rooms.values()) room.beat();
      this.#rates.sweep();
      this.#context.largeMessages.beat();
      context.allowances.sweep();
      context.putBackLimits.sweep();
    });
  }

  get counters(): Readonly<Counters> {
    return this.#context.counters;
  }

  get gauges(): LiveGauges {
    const roomsByState = Object.fromEntries(roomStates.map((state) => [state, 0])) as Record<
      (typeof roomStates)[number],
      number
    >;
    let connections = 0;
    let unsaved = 0;
    for (const room of this.#rooms.values()) {
      connections += room.connections.size;
      unsaved += room.unsaved;
      if (room.life !== 'absent') roomsByState[room.life]++;
    }
    return {
      connections,
      roomsByState,
      unsaved,
      heapBytes: this.#heapBytes(),
      heapBudgetBytes: this.#heapBudgetBytes,
    };
  }

  join(membership: Membership, document: string, line: Line): void {
    const { board, device, person } = membership;
    const named = documentNamed(this.#documents, document);
    if (!named) return turnAway(line, closeCode.noSuchBoard, 'no-such-document');
    const { definition: served, owner } = named;
    const refusal =
      (served.reads({ person, role: this.#roleOf(membership) }, owner)
        ? null
        : { code: closeCode.notAllowed, reason: 'not-allowed' }) ??
      this.#refusal(board, document) ??
      this.#ignorance(line, served) ??
      this.#excess(membership);
    if (refusal) return turnAway(line, refusal.code, refusal.reason);
    // Already closed: it would never emit another close event.
    if (line.socket.readyState !== line.socket.OPEN) return;
    const room = this.#room(board, document, named);
    this.#idle.keep(room);
    const mayWrite = room.admitsWritesOf(membership);
    room.enter(new Connection(membership, line, this.#context, this.#rates.of(board, device), mayWrite));
  }

  govern(board: string, rules: BoardRules, bindsAtOnce: boolean): void {
    this.#rules.get(board)?.govern(rules, bindsAtOnce);
    for (const room of this.#roomsOf(board)) room.governed();
  }

  dismiss(
    board: string,
    which: (membership: Membership, socket: string) => boolean,
    code: CloseCode,
    reason: string,
  ): number {
    const leaving = this.#connectionsOf(board).filter(({ membership, id }) => which(membership, id));
    for (const connection of leaving) connection.close(code, reason);
    return leaving.length;
  }

  announce(board: string, control: Control): void {
    for (const room of this.#roomsOf(board)) room.tell(control);
  }

  colorsTaken(board: string, except?: string): readonly string[] {
    const others = this.#connectionsOf(board).filter(({ membership }) => membership.device !== except);
    return [...new Set(others.map(({ membership }) => membership.color))];
  }

  socketCount(board: string, document?: string): number {
    const rooms = this.#roomsOf(board).filter((room) => document === undefined || room.document === document);
    return rooms.reduce((sum, room) => sum + room.connections.size, 0);
  }

  devices(board: string, except?: string): number {
    const all = new Set(this.#connectionsOf(board).map(({ membership }) => membership.device));
    return all.size - (except !== undefined && all.has(except) ? 1 : 0);
  }

  report(): readonly RoomReport[] {
    return [...this.#rooms.values()].flatMap((room) => room.report ?? []);
  }

  sockets(board: string): readonly SocketReport[] {
    return this.#connectionsOf(board).map(({ report }) => report);
  }

  freeze(board: string, frozen: boolean): void {
    for (const room of this.#roomsOf(board)) room.freeze(frozen);
  }

  relieve(board: string): void {
    this.#context.allowances.relieve(board);
  }

  async open(board: string, document: string): Promise<void> {
    await this.#opened(board, document).opened();
  }

  async write(board: string, document: string, update: Uint8Array): Promise<void> {
    await this.#opened(board, document).write(update);
  }

  async loss(board: string, document: string): Promise<Loss> {
    return this.#opened(board, document).loss();
  }

  async settleLoss(
    board: string,
    document: string,
    people: readonly string[],
    how: 'restore' | 'discard',
  ): Promise<readonly string[]> {
    return this.#opened(board, document).settleLoss(people, how);
  }

  bar(board: string, isBarred: boolean): void {
    if (isBarred) this.#barred.add(board);
    else this.#barred.delete(board);
  }

  async evict(board: string, code: CloseCode, reason: string): Promise<void> {
    await Promise.all(
      this.#roomsOf(board).map(async (room) => {
        // Close the sockets first. While people write, the room might never settle.
        for (const connection of [...room.connections]) connection.close(code, reason);
        await room.settled();
        room.shut(code, reason);
      }),
    );
    // The board's documents are about to be replaced or deleted.
    this.#context.allowances.forget(board);
  }

  async close(deadlineMs = 15_000): Promise<void> {
    this.#isClosing = true;
    const late = pause(deadlineMs, undefined, { ref: false });
    await Promise.race([this.#closeAll(), late]);
    // Close the rooms that are not settled by now. All acknowledged edits are in the journal.
    for (const room of [...this.#rooms.values()]) room.shut(closeCode.restart, 'restart');
    this.#stopBeat();
  }

  async checkpoint(room: string): Promise<void> {
    await this.#rooms.get(room)?.checkpoint();
  }

  emptied(room: Room): void {
    if (!this.#isClosing) this.#idle.add(room);
  }

  closed(room: Room): void {
    this.#idle.keep(room);
    if (this.#rooms.get(room.name) !== room) return;
    this.#rooms.delete(room.name);
    const open = this.#boards.get(room.board);
    open?.delete(room);
    if (open?.size !== 0) return;
    this.#boards.delete(room.board);
    this.#rules.delete(room.board);
  }

  /** Commits what has arrived, closes the sockets one by one, and merges the states. */
  async #closeAll(): Promise<void> {
    this.#idle.keepAll();
    const rooms = [...this.#rooms.values()];
    // While people write, the rooms might never settle.
    await Promise.race([Promise.all(rooms.map((room) => room.settled())), pause(farewellMs)]);
    const connections = rooms.flatMap((room) => [...room.connections]);
    const paceMs = Math.min(farewellMsPerSocket, farewellMs / Math.max(1, connections.length));
    let owedMs = 0;
    for (const connection of connections) {
      connection.close(closeCode.restart, 'restart');
      owedMs += paceMs;
      if (owedMs < 10) continue;
      await pause(owedMs);
      owedMs = 0;
    }
    await Promise.all(rooms.map((room) => room.settled()));
    await Promise.all(rooms.map((room) => room.retire()));
  }

  #heapBytes(): number {
    let bytes = 0;
    for (const room of this.#rooms.values()) bytes += room.heapBytes;
    return bytes;
  }

  /** Whether there is memory for one more document, if need be by closing empty rooms. */
  #hasPlace(): boolean {
    return this.#idle.free(this.#heapBytes() - this.#heapBudgetBytes);
  }

  #refusal(board: string, document: string): Closed | null {
    if (this.#isClosing) return { code: closeCode.restart, reason: 'restart' };
    if (this.#barred.has(board)) return { code: closeCode.busy, reason: 'repair' };
    if (this.#rooms.has(`${board}/${document}`) || this.#hasPlace()) return null;
    return { code: closeCode.busy, reason: 'server-full' };
  }

  /**
   * A client that does not know the layout of a document must not write in it. Pages of the previous release know the
   * first layout only. They reconnect again and again on a close code that they do not know. The code `ticket` makes
   * them stop and keep what they have not sent.
   */
  #ignorance({ schema, isOurs, namesPerson }: Line, served: ServedDocument): Closed | null {
    if ((schema ?? 1) >= served.schema.version) return null;
    if (schema === null && isOurs && namesPerson) return { code: closeCode.ticket, reason: 'kicked' };
    return { code: closeCode.reload, reason: 'reload' };
  }

  /** One person must not fill a board, in all roles together. */
  #excess({ board, device }: Membership): Closed | null {
    const sockets = this.#connectionsOf(board).filter(
      ({ membership }) => membership.device === device,
    ).length;
    return sockets < maxSocketsPerPerson ? null : { code: closeCode.busy, reason: 'too-many-sockets' };
  }

  /** @throws if the room cannot be opened */
  #opened(board: string, document: string): Room {
    const named = documentNamed(this.#documents, document);
    if (!named) throw new Error(`${board}/${document} cannot be opened: no-such-document`);
    const refusal = this.#refusal(board, document);
    if (refusal) throw new Error(`${board}/${document} cannot be opened: ${refusal.reason}`);
    return this.#room(board, document, named);
  }

  #room(board: string, document: string, { definition: served, owner }: NamedDocument<ServedDocument>): Room {
    const name = `${board}/${document}`;
    const open = this.#rooms.get(name);
    if (open) return open;
    const rules = this.#rules.get(board) ?? new LiveRules(this.#context.clock, () => this.#rulesOf(board));
    this.#rules.set(board, rules);
    const room = new Room({ board, document, served, owner, rules }, this.#context, this);
    this.#rooms.set(name, room);
    this.#boards.set(board, (this.#boards.get(board) ?? new Set()).add(room));
    void room.load();
    return room;
  }

  /** Before a board's rules are read, the role of the link. */
  #roleOf({ board, person, role }: Membership): Role {
    return this.#rules.get(board)?.roleOf(person, role) ?? role;
  }

  #roomsOf(board: string): Room[] {
    return [...(this.#boards.get(board) ?? [])];
  }

  #connectionsOf(board: string): Connection[] {
    return this.#roomsOf(board).flatMap((room) => [...room.connections]);
  }
}
