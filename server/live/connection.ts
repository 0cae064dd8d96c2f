import type { RawData, WebSocket } from 'ws';
import { newId } from '../../shared/id.ts';
import { maxFrameBytes } from '../../shared/limits.ts';
import type { CloseCode, Control, Exceeded, Refusal } from '../../shared/protocol.ts';
import { closeCode } from '../../shared/protocol.ts';
import type { Seat } from '../access/seat.ts';
import type { Log } from '../log.ts';
import type { Clock } from './clock.ts';
import type { Line, SocketReport } from './contract.ts';
import type { Refuse } from './guard/guard.ts';
import type { Reader } from './outlet.ts';
import { Outlet } from './outlet.ts';
import type { Packet } from './packets.ts';
import { controlPacket, deniedPacket, quietPacket } from './packets.ts';
import { Receipts } from './receipts.ts';
import type { Charge, SenderRates } from './sender-rates.ts';
import type { Tally } from './tally.ts';
import { deafMs, quietMs } from './tuning.ts';
import type { Frame } from './wire.ts';
import { readFrame } from './wire.ts';

/** Whoever listens to a connection: its room. */
export interface Listener {
  hear(connection: Connection, frame: Frame): void;
  /** A reader that had fallen behind has read all that was sent; it still has the state of this vector. */
  caughtUp(connection: Connection, stateVector: Uint8Array): void;
  /** The socket is gone, or we have let go of it. Told once. `isClean`: it said so, or we did. */
  left(connection: Connection, isClean: boolean): void;
}

/** Why a socket is not read just now. It is read again when no reason is left. */
export type Hold = 'loading' | 'inbox' | 'rate';

/** 1006: the stream ended without a word. */
const abnormal = 1006;

/**
 * One socket of one seat, for as long as it is open: what comes in, how fast, and its end. What goes out is
 * its outlet's. `ws` does the handshake, reads and closes.
 */
export class Connection implements Reader {
  /** For the log; says nothing of the person. */
  readonly id = newId(8);
  readonly seat: Seat;
  readonly receipts = new Receipts();
  readonly isOurs: boolean;
  readonly out: Outlet;
  /** When it was opened, by the clock of the live side. */
  readonly since: number;
  readonly #socket: WebSocket;
  readonly #clock: Clock;
  readonly #tally: Tally;
  readonly #log: Log;
  readonly #rates: SenderRates;
  readonly #holds = new Set<Hold>();
  #listener: Listener | null = null;
  /** The socket is gone, or let go of. */
  #isOver = false;
  #lastHeard: number;
  #wasRefused = false;
  #wasReminded = false;

  constructor(
    seat: Seat,
    line: Line,
    { clock, tally, log }: { clock: Clock; tally: Tally; log: Log },
    rates: SenderRates,
  ) {
    this.seat = seat;
    const { socket } = line;
    this.isOurs = line.isOurs;
    this.out = new Outlet(line, { clock, tally }, this);
    this.#socket = socket;
    this.#clock = clock;
    this.#tally = tally;
    this.#log = log;
    this.#rates = rates;
    this.since = this.#lastHeard = clock.now();
    socket.on('message', this.#onMessage);
    socket.on('pong', () => (this.#lastHeard = this.#clock.now()));
    socket.on('close', (code) => this.#leave(code !== abnormal));
    // A fault of the socket is followed by its close; without a listener it would end the process.
    socket.on('error', (error) => this.#log.debug({ ...this.#names, code: codeOf(error) }, 'socket failed'));
  }

  /** Whether the guard has turned this client away: nothing more of it counts. */
  get wasRefused(): boolean {
    return this.#wasRefused;
  }

  get isOpen(): boolean {
    return !this.#isOver;
  }

  get report(): SocketReport {
    const { person, role } = this.seat;
    const { unreadBytes: bufferedBytes, isBehind } = this.out;
    return { id: this.id, person, role, since: this.since, bufferedBytes, isBehind };
  }

  listen(listener: Listener): void {
    this.#listener = listener;
    // Who comes back in debt waits on the new socket too.
    this.charge('work', 0);
  }

  /** Stops reading, so that the net holds the client's frames back. What was read already still comes. */
  hold(why: Hold): void {
    this.#holds.add(why);
    this.#socket.pause();
  }

  release(why: Hold): void {
    if (!this.#holds.delete(why) || this.#holds.size > 0) return;
    // It was not read meanwhile, so it cannot have been heard.
    this.#lastHeard = this.#clock.now();
    this.#socket.resume();
  }

  /** Charges what the client costs; past what it may, it is not read for a while. */
  charge(charge: Charge, amount: number): void {
    const waitMs = this.#rates.charge(charge, amount);
    if (waitMs === 0 || this.#holds.has('rate') || this.#isOver) return;
    this.#tally.delays++;
    this.hold('rate');
    this.#clock.after(waitMs, () => this.release('rate'));
  }

  /** Asks the client for what it has, by sync step 1. */
  ask(step1: Packet): void {
    this.receipts.ask();
    this.out.send(step1);
  }

  tell(control: Control): void {
    if (this.isOurs) this.out.send(controlPacket(control));
  }

  /** Says that an observer's update was dropped; once, however many there are. The socket stays open. */
  remindOfRole(): void {
    if (this.#wasReminded) return;
    this.#wasReminded = true;
    this.#deny('observer');
    this.#log.info({ ...this.#names, reason: 'observer' }, 'update dropped');
  }

  /** Turns the client away for what it sent. It comes back, if at all, from the server's state. */
  refuse({ reason, rule, exceeded }: Refuse): void {
    this.#wasRefused = true;
    this.#deny(reason, exceeded);
    this.#log.warn({ ...this.#names, reason, rule, ...exceeded }, 'update refused');
    this.close(closeForRefusal(reason), reason);
  }

  /** Acknowledges what is on disk, to clients that listen for it. */
  acknowledge(): void {
    const frames = this.receipts.news();
    if (frames !== null) this.tell({ kind: 'saved', frames });
  }

  close(code: CloseCode, reason: string): void {
    if (this.#isOver) return;
    this.#socket.close(code, reason);
    // A socket that is not read would never read the client's own farewell.
    for (const why of [...this.#holds]) this.release(why);
    this.#leave(true);
  }

  caughtUp(stateVector: Uint8Array): void {
    this.#listener?.caughtUp(this, stateVector);
  }

  /** It does not even read its farewell, so nobody waits for that. */
  tooSlow(): void {
    this.#tally.slowReaders++;
    this.#log.info(this.#names, 'reader cut off');
    this.close(closeCode.busy, 'too-slow');
  }

  /** Called every few seconds: sends a sign of life where it has been quiet, and ends what is over. */
  beat(): void {
    const now = this.#clock.now();
    if (now >= this.seat.expires) this.close(closeCode.ticket, 'expired');
    else if (this.out.isStuck(now)) this.tooSlow();
    else if (this.#holds.size === 0 && now - this.#lastHeard >= deafMs) this.#terminate();
    else {
      // Two silences: who says nothing in a busy room is sent enough, and must be asked all the same.
      if (now - this.#lastHeard >= quietMs && this.#socket.readyState === this.#socket.OPEN)
        this.#socket.ping();
      if (now - this.out.lastSent >= quietMs) this.out.send(quietPacket);
    }
  }

  get #names() {
    return { board: this.seat.board, connection: this.id };
  }

  #deny(reason: Refusal, exceeded?: Exceeded): void {
    this.out.send(deniedPacket(exceeded ? `${reason}: ${wordsFor(exceeded)}` : reason));
    this.tell({ kind: 'refused', reason, ...exceeded });
  }

  #terminate(): void {
    this.#log.info(this.#names, 'socket is deaf');
    this.#socket.terminate();
    this.#leave(false);
  }

  #leave(isClean: boolean): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.out.close();
    this.#listener?.left(this, isClean);
  }

  #onMessage = (data: RawData, isBinary: boolean) => {
    if (this.#isOver) return;
    const bytes = bytesOf(data);
    this.#tally.framesIn++;
    this.#tally.bytesIn += bytes.length;
    this.#lastHeard = this.#clock.now();
    if (bytes.length > maxFrameBytes) return this.#reject(closeCode.tooLarge, 'too-large');
    const frame = isBinary ? readFrame(bytes) : null;
    if (frame === null) return this.#reject(closeCode.malformed, 'malformed');
    this.charge('bytes', bytes.length);
    this.charge(frame.kind === 'changes' || frame.kind === 'step1' ? 'updates' : 'presence', 1);
    this.#listener?.hear(this, frame);
  };

  #reject(code: CloseCode, reason: string): void {
    this.#tally.malformedFrames++;
    this.#log.warn({ ...this.#names, reason }, 'frame refused');
    this.close(code, reason);
  }
}

function wordsFor({ of, limit, for: whose }: Exceeded): string {
  return `at most ${limit} ${of} a day for ${whose === 'person' ? 'one person' : 'all participants of a board'}`;
}

/** The close code for a refused update; docs/API.md holds the table. */
function closeForRefusal(reason: Refusal): CloseCode {
  if (reason === 'malformed') return closeCode.malformed;
  return reason === 'role' ? closeCode.notAllowed : closeCode.refused;
}

function bytesOf(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
