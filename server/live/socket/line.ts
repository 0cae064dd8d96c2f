import type { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { WebSocketServer } from 'ws';
import { controlProtocol, putBackQuery } from '../../../shared/wire/protocol.ts';
import { Inlet } from './inlet.ts';
import { TimeSlicedQueue } from '../time-sliced-queue.ts';
import { inletTurnMs, maxAnswerBytes, maxBufferedPieces, maxFragments, wsCloseMs } from '../limits.ts';

/** A WebSocket and the stream below it. */
export interface Line {
  readonly socket: WebSocket;
  /** Where packets are written. */
  readonly stream: Duplex;
  /** Where `ws` reads from. */
  readonly inlet: Inlet;
  /** True if the client asked for control and pointer frames by sub-protocol. */
  readonly isOurs: boolean;
  /** The newest document layout that the client knows; null if it does not send one. */
  readonly schema: number | null;
  /** True if the client understands that an update is put back. */
  readonly takesPutBacks: boolean;
  /** True if the address names the person by `seat`, as pages do. Programs send a token. */
  readonly namesPerson: boolean;
}

/** Turns upgrade requests into WebSockets. Does not decide who may enter. */
export class Lines {
  readonly #sockets: WebSocketServer;
  readonly #turns = new TimeSlicedQueue(inletTurnMs);

  constructor() {
    const options = {
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      // The connection allows this size only for the answer to its own question.
      maxPayload: maxAnswerBytes,
      maxFragments,
      maxBufferedChunks: maxBufferedPieces,
      closeTimeout: wsCloseMs,
      handleProtocols: (offered: Set<string>) => (offered.has(controlProtocol) ? controlProtocol : false),
    };
    this.#sockets = new WebSocketServer(options);
  }

  /** Completes the handshake. Bytes that came with the request are read like those after it. */
  open(request: IncomingMessage, stream: Duplex, head: Buffer, then: (line: Line) => void): void {
    if (head.length > 0) stream.unshift(head);
    if (stream instanceof Socket) stream.setTimeout(0).setNoDelay();
    const inlet = new Inlet(stream, this.#turns);
    this.#sockets.handleUpgrade(request, inlet, Buffer.alloc(0), (socket) => {
      // An error is followed by the end of the socket. Without a listener it would end the process.
      socket.on('error', () => inlet.farewell());
      then({ socket, stream, inlet, isOurs: socket.protocol === controlProtocol, ...saidIn(request) });
    });
  }
}

/** What the query of the requested address says. */
function saidIn({ url = '' }: IncomingMessage): Pick<Line, 'schema' | 'namesPerson' | 'takesPutBacks'> {
  const said = new URLSearchParams(url.slice(url.indexOf('?') + 1));
  const schema = said.get('schema') ?? '';
  return {
    schema: /^\d{1,9}$/.test(schema) ? Number(schema) : null,
    namesPerson: said.has('seat'),
    takesPutBacks: said.has(putBackQuery),
  };
}

/** Closes a socket that is not admitted, and discards what it sends. */
export function turnAway({ socket, inlet }: Line, code: number, reason: string): void {
  socket.close(code, reason);
  inlet.farewell();
}
