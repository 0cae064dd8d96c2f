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

/** Decides what may come in at an inlet: its connection. */
export interface Door {
  /** Whether anything may come in now. If not, nothing does until `proceed` is called on the inlet. */
  mayEnter(): boolean;
  /** A frame begins. Called before any of it is passed on. The head is the next frame's afterwards. */
  begins(head: FrameHead): void;
  /** Bytes are passed on, heads included. */
  passes(bytes: number): void;
  /** A piece of a frame was so small that it costs more than its bytes. */
  trifle(): void;
  /** A message that came as one frame, in one piece. All others come from `ws`. */
  message(bytes: Buffer): void;
}

/**
 * The stream between a socket and `ws`. It hands `ws` one frame at a time, and stops between two frames, or
 * within one, when its door says so. `ws` cannot do that: it reads to the end of a chunk, which may be 10,000
 * frames, whether it is paused or not. A plain message in one piece need not go through `ws` at all. While an inlet
 * waits it keeps one chunk, and the system another that it had read already. Writes go to the socket as they are.
 */
export class Inlet extends Duplex {
  readonly #socket: Duplex;
  readonly #turns: TimeSlicedQueue;
  #door: Door | null = null;
  /** Of the present frame; the same object for each. */
  readonly #head = new FrameHead();
  /** Bytes that have been read, and of these how many have been passed on. */
  #rest: Buffer | null = null;
  #passed = 0;
  /** Payload of the present frame that is still to come, and that has come. */
  #left = 0;
  #done = 0;
  /** What is on the payload; 0 is nothing. */
  #mask = 0;
  /** Whether `ws` has a part of a message. */
  #isInMessage = false;
  /** Small pieces in which the present frame has come so far. */
  #smallPieces = 0;
  /** Whether the present frame is left out. */
  #isDropping = false;
  #isPassing = false;
  /** Whether the rest is a part of a head. */
  #isStuck = false;
  /** Whether a later turn goes on with the rest. */
  #isInTurn = false;
  /** Whether `ws` takes no more for now. */
  #isFull = false;
  #hasEnded = false;
  /** Whether goodbye was said, by us or by the client. */
  #isOver = false;
  #droppedFrames = 0;
  #droppedBytes = 0;

  /** @param turns the turns in which chunks of many frames are passed on, those of all inlets together */
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

  /** Has everything from now on pass a door. */
  guard(door: Door): void {
    this.#door = door;
  }

  /** The door may let more in. What waits here takes its turn: many sockets may be let in at the same moment. */
  proceed(): void {
    if (this.#rest) this.#nextTurn();
    else this.#pass(piecesAtOnce);
  }

  /**
   * Goodbye was said: of what comes now only the client's own close frame counts. A client that goes on sending
   * all the same is cut off after a while.
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

  /** In one piece: the outlet writes to the socket too, and frames must stay whole. */
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

  /** The socket is gone. What had come in by then counts, as far as it may enter now. */
  #abandon = () => {
    if (this.destroyed) return;
    this.#pass(Infinity);
    this.destroy();
  };

  /** Passes on so many pieces; more of them wait for their turn, so that all sockets share the time. */
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

  /** Passes on what is there of one frame. Returns false where not even its head is whole. */
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

  /** Hands a plain message to the door, if all of it is there. */
  #passWhole(bytes: Buffer, head: FrameHead): boolean {
    const from = this.#passed;
    const frameBytes = head.headBytes + head.payloadBytes;
    const isWhole = from + frameBytes <= bytes.length;
    if (!head.isPlain || !isWhole || !this.#door || this.#isOver || this.#isInMessage) return false;
    // `ws` has not read all that came before: it goes there as well, so that the order holds.
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
    // The door may have said goodbye to this very frame.
    this.#isDropping = this.#isOver && !isClose;
    if (isClose) this.#isOver = true;
    if (this.#isDropping) this.#droppedFrames++;
  }

  /** Whoever is told goodbye may have much on the way: it is read, so that the goodbye is not lost, but not for ever. */
  #drop(bytes: number): void {
    this.#droppedBytes += bytes;
    if (this.#droppedBytes > farewellBytes || this.#droppedFrames > farewellFrames) this.destroy();
  }

  /** The client has ended its side: that is told when all before it has been passed on. */
  #endWhenEmpty(): void {
    if (this.#hasEnded && !this.#isPassing && (this.#rest === null || this.#isStuck)) this.push(null);
  }
}
