import type { RawData, WebSocket } from 'ws';
import { newId } from '../../shared/id.ts';
import { maxFrameBytes } from '../../shared/limits.ts';
import type { CloseCode, Control, Refusal } from '../../shared/protocol.ts';
import { closeCode } from '../../shared/protocol.ts';
import type { Seat } from '../access/seat.ts';
import type { Log } from '../log.ts';
import type { Clock } from './clock.ts';
import { Receipts } from './receipts.ts';
import type { Tally } from './tally.ts';
import { deafMs, maxBufferedBytes, quietMs, skipPresenceBytes } from './tuning.ts';
import type { Frame } from './wire.ts';
import { controlFrame, deniedFrame, quietFrame, readFrame } from './wire.ts';

/** Whoever listens to a connection: its room. */
export interface Listener {
  hear(connection: Connection, frame: Frame): void;
  /** The socket is gone, or we have let go of it. Told once. */
  left(connection: Connection): void;
}

/** One socket of one seat, for as long as it is open. It parses what comes in and bounds what goes out. */
export class Connection {
  /** For the log; says nothing of the person. */
  readonly id = newId(8);
  readonly seat: Seat;
  readonly receipts = new Receipts();
  /** Whether a reader so slow that it was not sent presence has to be told all of it. */
  missedPresence = false;
  readonly #socket: WebSocket;
  readonly #wantsControl: boolean;
  readonly #clock: Clock;
  readonly #tally: Tally;
  readonly #log: Log;
  #listener: Listener | null = null;
  #lastSent: number;
  #lastHeard: number;
  #isPaused = false;
  #wasRefused = false;
  #wasReminded = false;

  constructor(
    seat: Seat,
    socket: WebSocket,
    wantsControl: boolean,
    { clock, tally, log }: { clock: Clock; tally: Tally; log: Log },
  ) {
    this.seat = seat;
    this.#socket = socket;
    this.#wantsControl = wantsControl;
    this.#clock = clock;
    this.#tally = tally;
    this.#log = log.child({ board: seat.board, connection: this.id });
    this.#lastSent = this.#lastHeard = clock.now();
    socket.on('message', this.#onMessage);
    socket.on('pong', () => (this.#lastHeard = this.#clock.now()));
    socket.on('close', () => this.#leave());
    // A fault of the socket is followed by its close; without a listener it would end the process.
    socket.on('error', (error) => this.#log.debug({ code: codeOf(error) }, 'socket failed'));
  }

  /** Whether the guard has turned this client away: nothing more of it counts. */
  get wasRefused(): boolean {
    return this.#wasRefused;
  }

  listen(listener: Listener): void {
    this.#listener = listener;
  }

  /** Stops reading, so that the net holds the client's frames back; `resume` delivers them all. */
  pause(): void {
    if (this.#isPaused) return;
    this.#isPaused = true;
    this.#socket.pause();
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#socket.resume();
  }

  send(frame: Uint8Array): void {
    if (this.#listener === null || this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > maxBufferedBytes) {
      this.#tally.slowReaders++;
      this.close(closeCode.busy, 'too-slow');
      return;
    }
    this.#tally.framesOut++;
    this.#tally.bytesOut += frame.length;
    this.#lastSent = this.#clock.now();
    this.#socket.send(frame);
  }

  /** Presence is sent to whoever keeps up; `whole` makes the frame for one who had fallen behind. */
  sendPresence(frame: Uint8Array, whole: () => Uint8Array): void {
    if (this.#socket.bufferedAmount > skipPresenceBytes) {
      this.#tally.presenceSkipped++;
      this.missedPresence = true;
      return;
    }
    this.send(this.missedPresence ? whole() : frame);
    this.missedPresence = false;
  }

  tell(control: Control): void {
    if (this.#wantsControl) this.send(controlFrame(control));
  }

  /** Says that an observer's update was dropped; once, however many there are. The socket stays open. */
  remindOfRole(): void {
    if (this.#wasReminded) return;
    this.#wasReminded = true;
    this.#deny('observer');
    this.#log.info({ reason: 'observer' }, 'update dropped');
  }

  /** Turns the client away for what it sent. It comes back, if at all, from the server's state. */
  refuse(reason: Refusal, rule: string): void {
    this.#wasRefused = true;
    this.#deny(reason);
    this.#log.warn({ reason, rule }, 'update refused');
    this.close(closeForRefusal(reason), reason);
  }

  /** Acknowledges what is on disk, to clients that listen for it. */
  acknowledge(): void {
    const frames = this.receipts.news();
    if (frames !== null) this.tell({ kind: 'saved', frames });
  }

  close(code: CloseCode, reason: string): void {
    if (this.#listener === null) return;
    this.#socket.close(code, reason);
    // A paused socket would never read the client's own farewell.
    this.resume();
    this.#leave();
  }

  /** Called every few seconds: sends a sign of life where it has been quiet, and ends what is over. */
  beat(): void {
    const now = this.#clock.now();
    if (now >= this.seat.expires) this.close(closeCode.ticket, 'expired');
    else if (now - this.#lastHeard >= deafMs) this.#terminate();
    else {
      // Two silences: who says nothing in a busy room is sent enough, and must be asked all the same.
      if (now - this.#lastHeard >= quietMs && this.#socket.readyState === this.#socket.OPEN)
        this.#socket.ping();
      if (now - this.#lastSent >= quietMs) this.send(quietFrame);
    }
  }

  #deny(reason: Refusal): void {
    this.send(deniedFrame(reason));
    this.tell({ kind: 'refused', reason });
  }

  #terminate(): void {
    this.#log.info('socket is deaf');
    this.#socket.terminate();
    this.#leave();
  }

  #leave(): void {
    const listener = this.#listener;
    this.#listener = null;
    listener?.left(this);
  }

  #onMessage = (data: RawData, isBinary: boolean) => {
    if (this.#listener === null) return;
    const bytes = bytesOf(data);
    this.#tally.framesIn++;
    this.#tally.bytesIn += bytes.length;
    this.#lastHeard = this.#clock.now();
    if (bytes.length > maxFrameBytes) return this.#reject(closeCode.tooLarge, 'too-large');
    const frame = isBinary ? readFrame(bytes) : null;
    if (frame === null) return this.#reject(closeCode.malformed, 'malformed');
    this.#listener.hear(this, frame);
  };

  #reject(code: CloseCode, reason: string): void {
    this.#tally.malformedFrames++;
    this.#log.warn({ reason }, 'frame refused');
    this.close(code, reason);
  }
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
