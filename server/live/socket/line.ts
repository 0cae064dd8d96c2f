import type { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { WebSocketServer } from 'ws';
import { controlProtocol } from '../../../shared/wire/protocol.ts';
import { Inlet } from './inlet.ts';
import { TimeSlicedQueue } from '../time-sliced-queue.ts';
import { inletTurnMs, maxAnswerBytes, maxBufferedPieces, maxFragments, wsCloseMs } from '../limits.ts';

/** A WebSocket, and the stream under it. */
export interface Line {
  readonly socket: WebSocket;
  /** Where packets are written. */
  readonly stream: Duplex;
  /** What `ws` reads from. */
  readonly inlet: Inlet;
  /** Whether the client asked for control and pointer frames by sub-protocol. */
  readonly isOurs: boolean;
  /** The newest layout of documents that the client says it knows; null where it says nothing. */
  readonly schema: number | null;
  /** Whether it comes by the membership of a page, and not by a token. */
  readonly hasSeat: boolean;
}

/** Makes WebSockets of upgrades. It does not decide who may come in. */
export class Lines {
  readonly #sockets: WebSocketServer;
  readonly #turns = new TimeSlicedQueue(inletTurnMs);

  constructor() {
    const options = {
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      // The connection lets nothing of that size in but the answer to its own question.
      maxPayload: maxAnswerBytes,
      maxFragments,
      maxBufferedChunks: maxBufferedPieces,
      closeTimeout: wsCloseMs,
      handleProtocols: (offered: Set<string>) => (offered.has(controlProtocol) ? controlProtocol : false),
    };
    this.#sockets = new WebSocketServer(options);
  }

  /** Completes the handshake. What came with the request is read as all that follows it. */
  open(request: IncomingMessage, stream: Duplex, head: Buffer, then: (line: Line) => void): void {
    if (head.length > 0) stream.unshift(head);
    if (stream instanceof Socket) stream.setTimeout(0).setNoDelay();
    const inlet = new Inlet(stream, this.#turns);
    this.#sockets.handleUpgrade(request, inlet, Buffer.alloc(0), (socket) => {
      // A fault is followed by the end of the socket; without a listener it would end the process.
      socket.on('error', () => inlet.farewell());
      then({ socket, stream, inlet, isOurs: socket.protocol === controlProtocol, ...saidIn(request) });
    });
  }
}

/** What the address that a client asks for says about it. */
function saidIn({ url = '' }: IncomingMessage): Pick<Line, 'schema' | 'hasSeat'> {
  const said = new URLSearchParams(url.slice(url.indexOf('?') + 1));
  const schema = said.get('schema') ?? '';
  return { schema: /^\d{1,9}$/.test(schema) ? Number(schema) : null, hasSeat: said.has('seat') };
}

/** Says goodbye to a client that is not let in, and listens to it no more. */
export function turnAway({ socket, inlet }: Line, code: number, reason: string): void {
  socket.close(code, reason);
  inlet.farewell();
}
