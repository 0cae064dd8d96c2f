import { Duplex } from 'node:stream';
import { closeOpcode, FrameHead, isControl, readHead, takeMask, unmask, unmaskPart } from './frame-head.ts';
import type { TimeSlicedQueue } from '../time-sliced-queue.ts';
import {
  farewellBytes,
  farewellFrames,
  freePieces,
  piecesAtOnce,
  piecesOnArrival,
  smallPieceBytes,
} from '../limits.ts';

/** Decides what an inlet may pass on: its connection. */
export interface Door {
  /** True if anything may pass now. If not, the inlet waits for a call of `proceed`. */
  mayEnter(): boolean;
  /** A frame begins. Called before any of it is passed on. `head` is reused for the next frame. */
  begins(head: FrameHead): void;
  /** Bytes are passed on, headers included. */
  passes(bytes: number): void;
  /** A piece of a frame was so small that it costs more than its bytes. */
  trifle(): void;
  /** A message that came as one frame in one piece. All others come from `ws`. */
  message(bytes: Buffer): void;
}

/**
 * The stream between a socket and `ws`. It passes on one frame at a time, and stops between two frames or within one
 * when its door says so. `ws` cannot: it reads a chunk to its end, up to 10,000 frames, even if it is paused. A plain
 * message in one piece bypasses `ws`. A waiting inlet keeps one chunk, and the system another that it had already read.
 * Writes go to the socket unchanged.
 */
export class Inlet extends Duplex {
  readonly #socket: Duplex;
  readonly #turns: TimeSlicedQueue;
  #door: Door | null = null;
  /** Of the current frame; the same object for each. */
  readonly #head = new FrameHead();
  /** Bytes that were read, and how many of them are passed on. */
  #rest: Buffer | null = null;
  #passed = 0;
  /** Payload bytes of the current frame: still to come, and already received. */
  #left = 0;
  #done = 0;
  /** The mask of the payload; 0 is no mask. */
  #mask = 0;
  /** True if `ws` has a part of a message. */
  #isInMessage = false;
  /** Small pieces of the current frame so far. */
  #smallPieces = 0;
  /** True if the current frame is discarded. */
  #isDropping = false;
  #isPassing = false;
  /** True if the rest is an incomplete header. */
  #isStuck = false;
  /** True if a later turn continues with the rest. */
  #isInTurn = false;
  /** True if `ws` takes no more for now. */
  #isFull = false;
  #hasEnded = false;
  /** True after a close frame, of either side. */
  #isOver = false;
  #droppedFrames = 0;
  #droppedBytes = 0;

  /** @param turns the queue for chunks of many frames, shared by all inlets */
  constructor(socket: Duplex, turns: TimeSlicedQueue) {
    super();
    this.#socket = socket;
    this.#turns = turns;
    socket.on('data', this.#take);
    socket.on('end', () => {
      this.#hasEnded = true;
      this.#endWhenEmpty();
    });
    socket.on('close', this.#abandon);
    socket.on('error', () => this.destroy());
  }

  /** From now on, asks a door about everything. */
  guard(door: Door): void {
    this.#door = door;
  }

  /** The door may let more pass. Waiting bytes take a turn, because many sockets may proceed at the same moment. */
  proceed(): void {
    if (this.#rest) this.#nextTurn();
    else this.#pass(piecesAtOnce);
  }

  /**
   * A close frame was sent. From now on only the client's own close frame counts. A client that keeps sending is
   * destroyed at a limit.
   */
  farewell(): void {
    this.#isOver = true;
    this.#pass(piecesAtOnce);
  }

  override _read(): void {
    if (!this.#isFull) return;
    this.#isFull = false;
    this.#pass(piecesAtOnce);
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    if (this.#socket.writable) this.#socket.write(chunk, () => done());
    else done();
  }

  /** In one piece: the `SocketWriter` writes to the socket too, and frames must stay whole. */
  override _writev(chunks: { chunk: Buffer }[], done: () => void): void {
    this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), 'binary', done);
  }

  override _final(done: () => void): void {
    this.#socket.end(() => done());
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#rest = null;
    this.#socket.destroy();
    done(error);
  }

  #take = (chunk: Buffer) => {
    this.#rest = this.#rest ? Buffer.concat([this.#rest.subarray(this.#passed), chunk]) : chunk;
    this.#passed = 0;
    if (!this.#isInTurn) this.#pass(piecesOnArrival);
  };

  /** The socket is gone. What has arrived counts, as far as the door lets it pass now. */
  #abandon = () => {
    if (this.destroyed) return;
    this.#pass(Infinity);
    this.destroy();
  };

  /** Passes on at most this many pieces. Others wait for a later turn, so that all sockets share the time. */
  #pass(most: number): void {
    if (this.#isPassing) return;
    this.#isPassing = true;
    this.#isStuck = false;
    let left = most;
    while (this.#rest && left > 0 && !this.#isStuck && this.#mayPass()) {
      this.#isStuck = !this.#passPiece(this.#rest);
      left--;
    }
    this.#isPassing = false;
    if (this.destroyed) return;
    if (this.#rest && !this.#isStuck) {
      this.#socket.pause();
      if (left === 0) this.#nextTurn();
      return;
    }
    this.#socket.resume();
    this.#endWhenEmpty();
  }

  #mayPass(): boolean {
    return !this.destroyed && !this.#isFull && (this.#isOver || (this.#door?.mayEnter() ?? true));
  }

  #nextTurn(): void {
    if (this.#isInTurn) return;
    this.#isInTurn = true;
    this.#turns.run(() => {
      this.#isInTurn = false;
      this.#pass(piecesAtOnce);
    });
  }

  /** Passes on the available part of one frame. Returns false if its header is incomplete. */
  #passPiece(bytes: Buffer): boolean {
    const from = this.#passed;
    let to = from;
    if (this.#left === 0) {
      const head = this.#head;
      if (!readHead(bytes, from, head)) return false;
      if (this.#passWhole(bytes, head)) return true;
      to += head.headBytes;
      this.#left = head.payloadBytes;
      this.#mask = takeMask(bytes, from, head);
      this.#done = 0;
      this.#begin(head);
    } else if (
      bytes.length - from < Math.min(this.#left, smallPieceBytes) &&
      ++this.#smallPieces > freePieces
    ) {
      this.#door?.trifle();
    }
    const payload = Math.min(this.#left, bytes.length - to);
    if (this.#mask !== 0) unmaskPart(bytes, to, to + payload, this.#mask, this.#done);
    to += payload;
    this.#left -= payload;
    this.#done += payload;
    this.#advance(bytes, to);
    if (this.#isDropping) this.#drop(to - from);
    else {
      if (!this.#isOver) this.#door?.passes(to - from);
      if (!this.push(to - from < bytes.length ? bytes.subarray(from, to) : bytes)) this.#isFull = true;
    }
    return true;
  }

  /** Passes a plain message to the door if it is complete. */
  #passWhole(bytes: Buffer, head: FrameHead): boolean {
    const from = this.#passed;
    const frameBytes = head.headBytes + head.payloadBytes;
    const isWhole = from + frameBytes <= bytes.length;
    if (!head.isPlain || !isWhole || !this.#door || this.#isOver || this.#isInMessage) return false;
    // `ws` has not read everything before this message, so `ws` gets it too, which keeps the order.
    if (this.readableLength > 0) return false;
    this.#advance(bytes, from + frameBytes);
    const payload = unmask(bytes, from, head);
    this.#door.begins(head);
    this.#door.passes(frameBytes);
    this.#door.message(payload);
    return true;
  }

  #advance(bytes: Buffer, to: number): void {
    this.#rest = to < bytes.length ? bytes : null;
    this.#passed = this.#rest ? to : 0;
  }

  #begin(head: FrameHead): void {
    this.#smallPieces = 0;
    if (!isControl(head)) this.#isInMessage = !head.isFinal;
    if (!this.#isOver) this.#door?.begins(head);
    const isClose = head.opcode === closeOpcode;
    // The door may have closed because of this frame.
    this.#isDropping = this.#isOver && !isClose;
    if (isClose) this.#isOver = true;
    if (this.#isDropping) this.#droppedFrames++;
  }

  /** A closed client may have much on its way. It is read up to a limit, so that the close frame is not lost. */
  #drop(bytes: number): void {
    this.#droppedBytes += bytes;
    if (this.#droppedBytes > farewellBytes || this.#droppedFrames > farewellFrames) this.destroy();
  }

  /** The client has ended its side. Passed on after everything before it. */
  #endWhenEmpty(): void {
    if (this.#hasEnded && !this.#isPassing && (this.#rest === null || this.#isStuck)) this.push(null);
  }
}
