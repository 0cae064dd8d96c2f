import type { WebSocket } from 'ws';
import type { Seat } from '../../server/access/membership.ts';
import type {
  Line,
  LiveBoards,
  LiveGauges,
  Loss,
  RoomReport,
  SocketReport,
} from '../../server/live/contract.ts';
import { newTally } from '../../server/live/counters.ts';
import type { CloseCode, Control } from '../../shared/wire/protocol.ts';

/** A live side that notes what it is told and keeps who joined. */
export class RecordingLive implements LiveBoards {
  readonly joined: { seat: Seat; document: string; socket: WebSocket; control: boolean }[] = [];
  readonly dismissed: { board: string; persons: string[]; code: CloseCode; reason: string }[] = [];
  readonly announced: { board: string; control: Control }[] = [];
  readonly relieved: string[] = [];
  readonly frozen: { board: string; frozen: boolean }[] = [];
  readonly written: { board: string; document: string; update: Uint8Array }[] = [];
  readonly evicted: { board: string; code: CloseCode; reason: string }[] = [];
  readonly barred = new Set<string>();
  readonly tally = newTally();
  colors: readonly string[] = [];
  people = 0;
  rooms: readonly RoomReport[] = [];
  /** Who is in without a socket, as the route tests need it: what `sockets` tells and `dismiss` picks from. */
  present: { seat: Seat; socket: SocketReport }[] = [];
  gauges: LiveGauges = {
    connections: 0,
    roomsByState: { loading: 0, live: 0, draining: 0, failing: 0, quarantined: 0 },
    unsaved: 0,
    heapBytes: 0,
    heapBudgetBytes: 0,
  };
  lost: Loss = { isProven: false, held: [] };
  readonly settled: { room: string; people: readonly string[]; how: string }[] = [];
  /** Called for each write; what it throws is the room's refusal. */
  onWrite: (room: string, update: Uint8Array) => Promise<void> = () => Promise.resolve();
  /** Called for each eviction, before it is over. */
  onEvict: (board: string) => Promise<void> = () => Promise.resolve();

  join(seat: Seat, document: string, { socket, isOurs }: Line): void {
    this.joined.push({ seat, document, socket, control: isOurs });
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  }

  dismiss(
    board: string,
    which: (seat: Seat, socket: string) => boolean,
    code: CloseCode,
    reason: string,
  ): number {
    const leaving = this.joined.filter(({ seat }, i) => seat.board === board && which(seat, String(i)));
    for (const { socket } of leaving) socket.close(code, reason);
    const gone = this.present.filter(({ seat, socket }) => seat.board === board && which(seat, socket.id));
    this.present = this.present.filter((one) => !gone.includes(one));
    const persons = [...leaving, ...gone].map(({ seat }) => seat.person);
    this.dismissed.push({ board, persons, code, reason });
    return persons.length;
  }

  announce(board: string, control: Control): void {
    this.announced.push({ board, control });
  }

  colorsTaken(_board: string, except?: string): readonly string[] {
    const others = this.present.filter(({ seat }) => seat.device !== except);
    return [...this.colors, ...others.map(({ seat }) => seat.color)];
  }

  crowd(): number {
    return this.people;
  }

  report(): readonly RoomReport[] {
    return this.rooms;
  }

  sockets(board: string): readonly SocketReport[] {
    return this.present.filter(({ seat }) => seat.board === board).map(({ socket }) => socket);
  }

  freeze(board: string, frozen: boolean): void {
    this.frozen.push({ board, frozen });
  }

  relieve(board: string): void {
    this.relieved.push(board);
  }

  async write(board: string, document: string, update: Uint8Array): Promise<void> {
    await this.onWrite(`${board}/${document}`, update);
    this.written.push({ board, document, update });
  }

  loss(): Promise<Loss> {
    return Promise.resolve(this.lost);
  }

  settleLoss(
    board: string,
    document: string,
    people: readonly string[],
    how: 'restore' | 'discard',
  ): Promise<readonly string[]> {
    this.settled.push({ room: `${board}/${document}`, people, how });
    return Promise.resolve(people);
  }

  bar(board: string, isBarred: boolean): void {
    if (isBarred) this.barred.add(board);
    else this.barred.delete(board);
  }

  async evict(board: string, code: CloseCode, reason: string): Promise<void> {
    this.evicted.push({ board, code, reason });
    this.dismiss(board, () => true, code, reason);
    await this.onEvict(board);
  }

  close(): Promise<void> {
    for (const { socket } of this.joined) socket.close(1012, 'restart');
    return Promise.resolve();
  }
}
