import type { RawData, WebSocket } from 'ws';
import { newId } from '../../../shared/id.ts';
import { maxFrameBytes } from '../../../shared/limits.ts';
import type { CloseCode, Control, Exceeded, Refusal } from '../../../shared/wire/protocol.ts';
import { closeCode } from '../../../shared/wire/protocol.ts';
import type { Membership } from '../../access/membership.ts';
import type { Log } from '../../log.ts';
import type { Clock } from '../clock.ts';
import type { RefusedUpdate, SocketReport } from '../contract.ts';
import type { FrameHead } from './frame-head.ts';
import { isControl, isFragment } from './frame-head.ts';
import type { Door, Inlet } from './inlet.ts';
import type { LargeMessages, Sender } from './large-messages.ts';
import type { Line } from './line.ts';
import type { Reader } from './socket-writer.ts';
import { SocketWriter } from './socket-writer.ts';
import type { Packet } from './packets.ts';
import { controlPacket, deniedPacket, quietPacket } from './packets.ts';
import { Acknowledgements } from './acknowledgements.ts';
import type { Charge, SenderRates } from './rate-limits.ts';
import type { Counters } from '../counters.ts';
import { deafMs, joinWorkMs, leastPauseMs, maxAnswerBytes, quietMs, smallFragmentBytes } from '../limits.ts';
import type { Frame } from './wire.ts';
import { readFrame } from './wire.ts';

/** Whoever listens to a connection: its room. */
export interface Listener {
  receive(connection: Connection, frame: Frame): void;
  /** A reader that had fallen behind has read all that was sent; it still has the state of this vector. */
  caughtUp(connection: Connection, stateVector: Uint8Array): void;
  /** The socket is gone, or we have let go of it. Told once. `isClean`: it said so, or we did. */
  left(connection: Connection, isClean: boolean): void;
}

/** Why nothing comes in from a socket just now. It goes on when no reason is left. */
export type Hold = 'loading' | 'inbox' | 'rate' | 'memory' | 'answer' | 'unjudged';

/** What a connection needs of the house. */
export interface ConnectionParts {
  readonly clock: Clock;
  readonly counters: Counters;
  readonly log: Log;
  readonly largeMessages: LargeMessages;
}

type HeldState = Extract<Control, { kind: 'held' }>['state'];

/** 1006: the stream ended without a word. */
const abnormal = 1006;

/**
 * One socket of one seat, for as long as it is open: what comes in, how fast, and its end. What goes out is
 * its outlet's. `ws` does the handshake, reads and closes.
 */
export class Connection implements Reader, Door, Sender {
  /** For the log; says nothing of the person. */
  readonly id = newId(8);
  readonly membership: Membership;
  /** Whether this member may change the document at all; whoever may not is asked for nothing. */
  readonly mayWrite: boolean;
  readonly acknowledgements = new Acknowledgements();
  readonly isOurs: boolean;
  readonly out: SocketWriter;
  /** When it was opened, by the clock of the live side. */
  readonly since: number;
  readonly #socket: WebSocket;
  readonly #inlet: Inlet;
  readonly #large: LargeMessages;
  readonly #clock: Clock;
  readonly #counters: Counters;
  readonly #log: Log;
  readonly #rates: SenderRates;
  readonly #holds = new Set<Hold>();
  #stopWaiting: (() => void) | null = null;
  /** Updates that have come in and are not judged; counted by the room. */
  unjudged = 0;
  #listener: Listener | null = null;
  /** The socket is gone, or let go of. */
  #isOver = false;
  #lastHeard: number;
  /** Payload of the message that is coming in. */
  #messageBytes = 0;
  /** Whether it is so large that it takes of the memory for such. */
  #isLarge = false;
  #wasRefused = false;
  #wasReminded = false;
  /** Whether the client has edits that the server lost: a copy waits, and what it sends is not acknowledged. */
  isHeld = false;
  /** Whether it has more to offer than that copy. */
  isToOffer = false;
  #heldTold: HeldState = 'none';

  constructor(
    membership: Membership,
    line: Line,
    { clock, counters, log, largeMessages }: ConnectionParts,
    rates: SenderRates,
    mayWrite: boolean,
  ) {
    this.membership = membership;
    this.mayWrite = mayWrite;
    const { socket, inlet } = line;
    this.isOurs = line.isOurs;
    this.out = new SocketWriter(line, { clock, counters }, this);
    this.#socket = socket;
    this.#inlet = inlet;
    this.#large = largeMessages;
    this.#clock = clock;
    this.#counters = counters;
    this.#log = log;
    this.#rates = rates;
    this.since = this.#lastHeard = clock.now();
    socket.on('message', (data, isBinary) => this.#receive(bytesOf(data), isBinary));
    socket.on('close', (code) => this.#leave(code !== abnormal));
    // A fault of the socket is followed by its close; without a listener it would end the process.
    socket.on('error', (error) => this.#log.debug({ ...this.#names, code: codeOf(error) }, 'socket failed'));
    inlet.guard(this);
  }

  /** Whether the guard has turned this client away: nothing more of it counts. */
  get wasRefused(): boolean {
    return this.#wasRefused;
  }

  get isOpen(): boolean {
    return !this.#isOver;
  }

  get report(): SocketReport {
    const { person, role } = this.membership;
    const { unreadBytes: bufferedBytes, isBehind } = this.out;
    const since = Math.round(this.#clock.wall() - (this.#clock.now() - this.since));
    return { id: this.id, person, role, since, bufferedBytes, isBehind };
  }

  listen(listener: Listener): void {
    this.#listener = listener;
    this.charge('work', joinWorkMs);
  }

  /** Lets nothing more in, so that the net holds the client's frames back: not one frame comes after this. */
  hold(why: Hold): void {
    this.#holds.add(why);
  }

  release(why: Hold): void {
    if (!this.#holds.delete(why) || this.#holds.size > 0) return;
    // Nothing came in meanwhile, so it cannot have been heard.
    this.#lastHeard = this.#clock.now();
    this.#inlet.proceed();
  }

  /** Charges what the client costs. Past what it may, nothing more comes in from it until that is paid for. */
  charge(charge: Charge, amount: number): void {
    this.#rates.charge(charge, amount);
  }

  /** For how many milliseconds it is in debt, by what it sent or another socket of the same person. */
  get owes(): number {
    return this.#rates.owes;
  }

  mayEnter(): boolean {
    if (this.#isLarge && !this.#large.mayGrow(this)) this.hold('memory');
    if (this.#holds.size > 0) return false;
    const waitMs = this.#rates.owes;
    if (waitMs === 0) return true;
    this.#counters.delays++;
    this.hold('rate');
    this.#stopWaiting = this.#clock.after(Math.max(waitMs, leastPauseMs), () => this.release('rate'));
    return false;
  }

  begins(head: FrameHead): void {
    const { opcode, payloadBytes } = head;
    if (isControl(head)) return this.trifle();
    if (isFragment(head) && payloadBytes < smallFragmentBytes) this.trifle();
    this.#messageBytes = opcode === 0 ? this.#messageBytes + payloadBytes : payloadBytes;
    if (this.#messageBytes > maxFrameBytes) this.#admitLarge();
  }

  passes(bytes: number): void {
    // In the midst of a frame as well: a large one takes long on a slow line, and no pong can come before its end.
    this.#lastHeard = this.#clock.now();
    this.#counters.bytesIn += bytes;
    this.charge('bytes', bytes);
    if (this.#isLarge) this.#large.passes(this, bytes);
  }

  trifle(): void {
    this.#counters.pingsIn++;
    this.charge('pings', 1);
  }

  /** Only the answer to our own question may be larger than a frame; and it waits until there is memory for it. */
  #admitLarge(): void {
    if (!this.acknowledgements.expectsAnswer || this.#messageBytes > maxAnswerBytes)
      return this.#reject(closeCode.tooLarge, 'too-large');
    if (!this.#isLarge) this.#large.begins(this);
    this.#isLarge = true;
  }

  granted(): void {
    this.release('memory');
  }

  /** The large message of this socket, if there is one, has been dealt with. */
  freeLarge(): void {
    if (!this.#isLarge) return;
    this.#isLarge = false;
    this.#large.ends(this);
  }

  /** Asks the client for what it has, by sync step 1. */
  ask(step1: Packet): void {
    this.acknowledgements.ask();
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

  /** Tells the client what becomes of edits that the server does not have. A stock client hears of it once. */
  tellHeld(state: HeldState): void {
    if (state === this.#heldTold) return;
    if (this.#heldTold === 'none' && !this.isOurs) this.out.send(deniedPacket('held'));
    this.#heldTold = state;
    this.tell({ kind: 'held', state });
  }

  /** Turns the client away for what it sent. It comes back, if at all, from the server's state. */
  refuse({ reason, rule, exceeded }: RefusedUpdate): void {
    this.#wasRefused = true;
    this.#deny(reason, exceeded);
    this.#log.warn({ ...this.#names, reason, rule, ...exceeded }, 'update refused');
    this.close(closeForRefusal(reason), reason);
  }

  /** Acknowledges what is on disk, to clients that listen for it. */
  acknowledge(): void {
    const frames = this.acknowledgements.news();
    if (frames !== null) this.tell({ kind: 'saved', frames });
  }

  close(code: CloseCode, reason: string): void {
    if (this.#isOver) return;
    this.#socket.close(code, reason);
    this.#leave(true);
    // From now on it is read without regard to debts, so that the client's own farewell is heard.
    this.#inlet.farewell();
  }

  caughtUp(stateVector: Uint8Array): void {
    this.#listener?.caughtUp(this, stateVector);
  }

  /** It does not even read its farewell, so nobody waits for that. */
  tooSlow(): void {
    this.#counters.slowReaders++;
    this.#log.info(this.#names, 'reader cut off');
    this.close(closeCode.busy, 'too-slow');
  }

  /** Called every few seconds: sends a sign of life where it has been quiet, and ends what is over. */
  beat(): void {
    const now = this.#clock.now();
    if (now >= this.membership.expires) this.close(closeCode.ticket, 'expired');
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
    return { board: this.membership.board, connection: this.id };
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
    this.freeLarge();
    this.#stopWaiting?.();
    this.#rates.close();
    this.#listener?.left(this, isClean);
  }

  message(bytes: Buffer): void {
    this.#receive(bytes, true);
  }

  #receive(bytes: Uint8Array, isBinary: boolean): void {
    if (this.#isOver) return;
    this.#counters.framesIn++;
    const frame = isBinary ? readFrame(bytes) : null;
    if (frame === null) return this.#reject(closeCode.malformed, 'malformed');
    if (bytes.length > maxFrameBytes && !(frame.kind === 'changes' && frame.isStep2))
      return this.#reject(closeCode.tooLarge, 'too-large');
    if (this.#isLarge) this.#large.isIn(this);
    this.charge(frame.kind === 'changes' || frame.kind === 'step1' ? 'updates' : 'presence', 1);
    this.#listener?.receive(this, frame);
  }

  #reject(code: CloseCode, reason: string): void {
    this.#counters.malformedFrames++;
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
