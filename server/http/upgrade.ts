import type { IncomingMessage, Server } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Membership } from '../access/membership.ts';
import type { LiveBoards } from '../live/contract.ts';
import type { Line } from '../live/socket/line.ts';
import { Lines, turnAway } from '../live/socket/line.ts';
import { TimeSlicedQueue } from '../live/time-sliced-queue.ts';
import type { Log } from '../log.ts';
import type { Bindings } from './parts.ts';
import type { ProblemCode } from './problem.ts';
import { closeCodeFor } from './sync.ts';

/**
 * The time of one turn that upgrades take before their first wait, in milliseconds. That is about a third of their
 * cost.
 */
const turnMs = 0.5;

/** The most upgrades that wait for a turn: more than one server has people. */
const maxWaiting = 4_000;

/** Decides upgrades: the app. The decision arrives through the `upgrade` binding. */
export interface Decider {
  fetch(request: Request, bindings: Bindings): Response | Promise<Response>;
}

/** Turns upgrades of `/sync/` into sockets in rooms, or refuses them, as the app decides. */
export class Upgrades {
  readonly #app: Decider;
  readonly #live: LiveBoards;
  readonly #log: Log;
  readonly #lines = new Lines();
  /**
   * Handles a few per turn of the event loop, at about 0.5 ms each, so that a crowd that joins does not block others.
   */
  readonly #turns = new TimeSlicedQueue(turnMs);
  readonly #detach: (() => void)[] = [];
  readonly #open = new Set<Duplex>();
  #isClosed = false;

  constructor(app: Decider, live: LiveBoards, log: Log) {
    this.#app = app;
    this.#live = live;
    this.#log = log;
  }

  /** Listens on a server. Ignores other paths, because Vite has its own socket in development. */
  attach(server: Server): void {
    const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      if (!request.url?.startsWith('/sync/')) return;
      // Set before the first await: a reset during the decision must not end the process.
      socket.on('error', () => socket.destroy());
      if (this.#turns.size >= maxWaiting) return answerPlainly(socket, 503, '', '1');
      this.#turns.run(() => {
        // A client that has disconnected needs no decision.
        if (!socket.destroyed)
          this.#decide(request, socket, head).catch((error: unknown) => {
            this.#log.error(
              { code: 'internal', err: error instanceof Error ? error.name : 'unknown' },
              'upgrade failed',
            );
            socket.destroy();
          });
      });
    };
    server.on('upgrade', onUpgrade);
    this.#detach.push(() => server.off('upgrade', onUpgrade));
  }

  /** Accepts no more sockets. The open ones belong to their rooms. */
  close(): void {
    this.#isClosed = true;
    for (const detach of this.#detach) detach();
  }

  /** Waits until all sockets opened here have closed. Destroys the rest after `graceMs` milliseconds. */
  async drained(graceMs: number): Promise<void> {
    const timer = setTimeout(() => this.#open.forEach((socket) => socket.destroy()), graceMs);
    // Not `once` of node:events: it rejects on an error, and a reset is an ordinary end.
    const ended = (socket: Duplex) => new Promise<void>((resolve) => socket.once('close', () => resolve()));
    await Promise.all([...this.#open].map(ended));
    clearTimeout(timer);
  }

  async #decide(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const url = `http://upgrade${request.url ?? '/'}`;
    if (!URL.canParse(url)) return answerPlainly(socket, 404, '');
    const decision: { admitted?: { membership: Membership; document: string }; refused?: ProblemCode } = {};
    const response = await this.#app.fetch(new Request(url, { headers: headersOf(request) }), {
      incoming: request,
      upgrade: {
        admit: (membership, document) => (decision.admitted = { membership, document }),
        refuse: (code) => (decision.refused = code),
      },
    });
    const body = await response.text();
    if (socket.destroyed || this.#isClosed) return void socket.destroy();
    if (decision.admitted) {
      const { membership, document } = decision.admitted;
      return this.#openLine(request, socket, head, (line) => this.#live.join(membership, document, line));
    }
    // Dot segments can lead from /sync/ to another route, which answers but decides nothing.
    const code = decision.refused ?? 'internal';
    const close = closeCodeFor(code);
    this.#log.debug({ code }, 'upgrade refused');
    if (close === null)
      return answerPlainly(socket, response.status, body, response.headers.get('retry-after'));
    this.#openLine(request, socket, head, (line) => turnAway(line, close, code));
  }

  #openLine(request: IncomingMessage, socket: Duplex, head: Buffer, then: (line: Line) => void): void {
    this.#lines.open(request, socket, head, (line) => {
      this.#open.add(socket);
      socket.once('close', () => this.#open.delete(socket));
      then(line);
    });
  }
}

/** Answers an upgrade with plain HTTP and closes the connection. */
export function answerPlainly(
  socket: Duplex,
  status: number,
  body: string,
  retryAfter: string | null = null,
): void {
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Connection: close',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(retryAfter === null ? [] : [`Retry-After: ${retryAfter}`]),
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}

function headersOf(request: IncomingMessage): Headers {
  const headers = new Headers();
  for (const name of ['origin', 'cookie', 'x-forwarded-for']) {
    const value = request.headers[name];
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return headers;
}
