import type { WebSocket } from 'ws';
import type { Membership } from '../../server/access/membership.ts';
import type {
  BoardRules,
  Line,
  LiveBoards,
  LiveGauges,
  Loss,
  RoomReport,
  SocketReport,
} from '../../server/live/contract.ts';
import { newCounters } from '../../server/live/counters.ts';
import type { CloseCode, Control } from '../../shared/wire/protocol.ts';

/** A live server that records its calls and the sockets that joined. */
export class RecordingLive implements LiveBoards {
  readonly joined: { membership: Membership; document: string; socket: WebSocket; control: boolean }[] = [];
  readonly dismissed: { board: string; persons: string[]; code: CloseCode; reason: string }[] = [];
  readonly governed: { board: string; rules: BoardRules; bindsAtOnce: boolean }[] = [];
  readonly announced: { board: string; control: Control }[] = [];
  readonly toldEach: { board: string; which: (membership: Membership) => Control }[] = [];
  readonly relieved: string[] = [];
  readonly frozen: { board: string; frozen: boolean }[] = [];
  readonly written: { board: string; document: string; update: Uint8Array }[] = [];
  readonly evicted: { board: string; code: CloseCode; reason: string }[] = [];
  readonly barred = new Set<string>();
  readonly counters = newCounters();
  colors: readonly string[] = [];
  people = 0;
  rooms: readonly RoomReport[] = [];
  /** People present without a socket, for tests of routes: `sockets` returns them, `dismiss` removes them. */
  present: { membership: Membership; socket: SocketReport }[] = [];
  gauges: LiveGauges = {
    connections: 0,
    roomsByState: { loading: 0, live: 0, draining: 0, failing: 0, quarantined: 0 },
    unsaved: 0,
    heapBytes: 0,
    heapBudgetBytes: 0,
  };
  lost: Loss = { isProven: false, held: [] };
  readonly settled: { room: string; people: readonly string[]; how: string }[] = [];
  /** Called for each write. An error that it throws is the room's refusal. */
  onWrite: (room: string, update: Uint8Array) => Promise<void> = () => Promise.resolve();
  /** Called for each eviction, which waits for it. */
  onEvict: (board: string) => Promise<void> = () => Promise.resolve();

  join(membership: Membership, document: string, { socket, isOurs }: Line): void {
    this.joined.push({ membership, document, socket, control: isOurs });
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  }

  dismiss(
    board: string,
    which: (membership: Membership, socket: string) => boolean,
    code: CloseCode,
    reason: string,
  ): number {
    const leaving = this.joined.filter(
      ({ membership }, i) => membership.board === board && which(membership, String(i)),
    );
    for (const { socket } of leaving) socket.close(code, reason);
    const gone = this.present.filter(
      ({ membership, socket }) => membership.board === board && which(membership, socket.id),
    );
    this.present = this.present.filter((one) => !gone.includes(one));
    const persons = [...leaving, ...gone].map(({ membership }) => membership.person);
    this.dismissed.push({ board, persons, code, reason });
    return persons.length;
  }

  govern(board: string, rules: BoardRules, bindsAtOnce: boolean): void {
    this.governed.push({ board, rules, bindsAtOnce });
  }

  announce(board: string, control: Control): void {
    this.announced.push({ board, control });
  }

  tellEach(board: string, which: (membership: Membership) => Control): void {
    this.toldEach.push({ board, which });
  }

  colorsTaken(_board: string, except?: string): readonly string[] {
    const others = this.present.filter(({ membership }) => membership.device !== except);
    return [...this.colors, ...others.map(({ membership }) => membership.color)];
  }

  socketCount(): number {
    return this.people;
  }

  devices(): number {
    return this.people;
  }

  report(): readonly RoomReport[] {
    return this.rooms;
  }

  sockets(board: string): readonly SocketReport[] {
    return this.present.filter(({ membership }) => membership.board === board).map(({ socket }) => socket);
  }

  freeze(board: string, frozen: boolean): void {
    this.frozen.push({ board, frozen });
  }

  relieve(board: string): void {
    this.relieved.push(board);
  }

  open(): Promise<void> {
    return Promise.resolve();
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
