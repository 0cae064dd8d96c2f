import type { RawData, WebSocket } from 'ws';
import { newId } from '../../../shared/id.ts';
import { maxFrameBytes } from '../../../shared/limits.ts';
import type { CloseCode, Control, Exceeded, Refusal } from '../../../shared/wire/protocol.ts';
import { closeCode } from '../../../shared/wire/protocol.ts';
import type { Membership } from '../../access/membership.ts';
import { codeOf } from '../../errors.ts';
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

/** Listens to a connection: its room. */
export interface Listener {
  receive(connection: Connection, frame: Frame): void;
  /** A slow reader has read everything sent to it. `stateVector`: the state that it has. */
  caughtUp(connection: Connection, stateVector: Uint8Array): void;
  /** The socket is closed or closing. Called once. `isClean`: with a close frame, of either side. */
  left(connection: Connection, isClean: boolean): void;
}

/** Why a socket is not read. Reading resumes when no reason is left. */
export type Hold = 'loading' | 'queue' | 'rate' | 'memory' | 'answer' | 'unjudged';

/** Dependencies shared by all connections. */
export interface ConnectionParts {
  readonly clock: Clock;
  readonly counters: Counters;
  readonly log: Log;
  readonly largeMessages: LargeMessages;
}

type HeldState = Extract<Control, { kind: 'held' }>['state'];

/** 1006: the stream ended without a close frame. */
const abnormal = 1006;

/**
 * One open socket of one membership: what it receives, how fast, and its end. Its `SocketWriter` sends. `ws` does the
 * handshake, reads and closes.
 */
export class Connection implements Reader, Door, Sender {
  /** For the log; does not identify the person. */
  readonly id = newId(8);
  /** The membership as the token states it. */
  readonly byLink: Membership;
  /** The membership with the role that the person has now. */
  #membership: Membership;
  #mayWrite: boolean;
  /** True if the member may change the document, or might at some time on this socket. */
  #mightWrite: boolean;
  readonly acknowledgements = new Acknowledgements();
  readonly isOurs: boolean;
  /** True if the client understands that an update is put back. */
  readonly takesPutBacks: boolean;
  /** True if its document has content that was put back, until it asks for the whole state. */
  isStale = false;
  readonly out: SocketWriter;
  /** When it was opened, by the live clock. */
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
  /** Updates received and not checked yet; counted by the room. */
  unjudged = 0;
  #listener: Listener | null = null;
  /** The socket is closed or closing. */
  #isOver = false;
  #lastHeard: number;
  /** Payload bytes of the incoming message. */
  #messageBytes = 0;
  /** True if that message is large enough to use the shared memory for large messages. */
  #isLarge = false;
  #wasRefused = false;
  #wasReminded = false;
  /** True if the client has edits that the server lost: a copy is held, and its frames are not acknowledged. */
  isHeld = false;
  /** True if it has more to offer than that copy. */
  isToOffer = false;
  #heldTold: HeldState = 'none';

  constructor(
    membership: Membership,
    line: Line,
    { clock, counters, log, largeMessages }: ConnectionParts,
    rates: SenderRates,
    mayWrite: boolean,
  ) {
    this.byLink = this.#membership = membership;
    this.#mayWrite = this.#mightWrite = mayWrite;
    const { socket, inlet } = line;
    this.isOurs = line.isOurs;
    this.takesPutBacks = line.isOurs && line.takesPutBacks;
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
    // The error is followed by a close event. Without a listener it would end the process.
    socket.on('error', (error) =>
      this.#log.debug({ ...this.#names, code: codeOf(error) || error.name }, 'socket failed'),
    );
    inlet.guard(this);
  }

  get membership(): Membership {
    return this.#membership;
  }

  /** True if this member may change the document. */
  get mayWrite(): boolean {
    return this.#mayWrite;
  }

  /**
   * True if the guard judges what this client sends; from others nothing is asked or read. A page whose person has
   * become an observer may have more under way. A stock client could not show why that was refused, so it is treated
   * as any observer.
   */
  get isJudged(): boolean {
    return this.#mayWrite || (this.isOurs && this.#mightWrite);
  }

  /** Gives the member another role. */
  become(membership: Membership, mayWrite: boolean): void {
    this.#membership = membership;
    this.#mayWrite = mayWrite;
    this.#mightWrite ||= mayWrite;
  }

  /** True if the guard has refused this client. Nothing more from it counts. */
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

  /** Stops reading, so that TCP slows the client down. Not one more frame arrives after this call. */
  hold(why: Hold): void {
    this.#holds.add(why);
  }

  release(why: Hold): void {
    if (!this.#holds.delete(why) || this.#holds.size > 0) return;
    // The socket was not read, so silence proves nothing.
    this.#lastHeard = this.#clock.now();
    this.#inlet.proceed();
  }

  /** Charges the client for a cost. A client in debt is not read until the debt is paid. */
  charge(charge: Charge, amount: number): void {
    this.#rates.charge(charge, amount);
  }

  /** Its debt in milliseconds, from its own frames or those of another socket of the same person. */
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
    // Also in the middle of a frame: a large one takes long on a slow line, and no pong can come before its end.
    this.#lastHeard = this.#clock.now();
    this.#counters.bytesIn += bytes;
    this.charge('bytes', bytes);
    if (this.#isLarge) this.#large.passes(this, bytes);
  }

  trifle(): void {
    this.#counters.pingsIn++;
    this.charge('pings', 1);
  }

  /** Only the answer to the server's own question may exceed the frame limit. It waits for memory. */
  #admitLarge(): void {
    if (!this.acknowledgements.expectsAnswer || this.#messageBytes > maxAnswerBytes)
      return this.#reject(closeCode.tooLarge, 'too-large');
    if (!this.#isLarge) this.#large.begins(this);
    this.#isLarge = true;
  }

  granted(): void {
    this.release('memory');
  }

  /** This socket's large message, if any, has been processed. */
  freeLarge(): void {
    if (!this.#isLarge) return;
    this.#isLarge = false;
    this.#large.ends(this);
  }

  /** Asks the client for its state, by sync step 1. */
  ask(step1: Packet): void {
    this.acknowledgements.ask();
    this.out.send(step1);
  }

  tell(control: Control): void {
    if (this.isOurs) this.out.send(controlPacket(control));
  }

  /** Tells an observer once that updates are dropped. The socket stays open. */
  remindOfRole(): void {
    if (this.#wasReminded) return;
    this.#wasReminded = true;
    this.#deny('observer');
    this.#log.info({ ...this.#names, reason: 'observer' }, 'update dropped');
  }

  /** Tells the client what happens to edits that the server does not have. A stock client is told once. */
  tellHeld(state: HeldState): void {
    if (state === this.#heldTold) return;
    if (this.#heldTold === 'none' && !this.isOurs) this.out.send(deniedPacket('held'));
    this.#heldTold = state;
    this.tell({ kind: 'held', state });
  }

  /** Closes the client for what it sent. If it comes back, it starts from the server's state. */
  refuse({ reason, rule, exceeded }: RefusedUpdate): void {
    this.#wasRefused = true;
    this.#deny(reason, exceeded);
    this.#log.warn({ ...this.#names, reason, rule, ...exceeded }, 'update refused');
    this.close(closeForRefusal(reason), reason);
  }

  /** Tells the client that a frame was put back. */
  tellPutBack(control: Extract<Control, { kind: 'put-back' }>): void {
    this.#log.info({ ...this.#names, reason: control.reason, rule: control.rule }, 'update put back');
    this.tell(control);
  }

  /** Acknowledges what is on disk, to clients that support it. */
  acknowledge(): void {
    const frames = this.acknowledgements.news();
    if (frames !== null) this.tell({ kind: 'saved', frames });
  }

  close(code: CloseCode, reason: string): void {
    if (this.#isOver) return;
    this.#socket.close(code, reason);
    this.#leave(true);
    // Read on regardless of debts, so that the client's own close frame is seen.
    this.#inlet.farewell();
  }

  caughtUp(stateVector: Uint8Array): void {
    this.#listener?.caughtUp(this, stateVector);
  }

  /** It does not read its close frame either, so nobody waits for that. */
  tooSlow(): void {
    this.#counters.slowReaders++;
    this.#log.info(this.#names, 'slow reader closed');
    this.close(closeCode.busy, 'too-slow');
  }

  /** The heartbeat: sends a frame if the socket was quiet, and closes what has expired. */
  beat(): void {
    const now = this.#clock.now();
    if (now >= this.membership.expires) this.close(closeCode.ticket, 'expired');
    else if (this.out.isStuck(now)) this.tooSlow();
    else if (this.#holds.size === 0 && now - this.#lastHeard >= deafMs) this.#terminate();
    else {
      // Two kinds of silence: a client that sends nothing must be pinged even if a busy room sends it enough.
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
    this.#log.info(this.#names, 'unresponsive socket closed');
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

/** The close code for a refused update; docs/API.md has the table. */
function closeForRefusal(reason: Refusal): CloseCode {
  if (reason === 'malformed') return closeCode.malformed;
  return reason === 'role' ? closeCode.notAllowed : closeCode.refused;
}

function bytesOf(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}
