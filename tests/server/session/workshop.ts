import { once } from 'node:events';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { pino } from 'pino';
import * as v from 'valibot';
import { WebSocket } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { createApp } from '../../../server/app.ts';
import { readConfig } from '../../../server/config.ts';
import { Upgrades } from '../../../server/http/upgrade.ts';
import type { Rooms } from '../../../server/live/room/rooms.ts';
import { openRooms } from '../../../server/live/room/rooms.ts';
import { Metrics } from '../../../server/metrics/metrics.ts';
import { Sessions } from '../../../server/session/sessions.ts';
import type { Agenda } from '../../../shared/session/agenda.ts';
import type { Act } from '../../../shared/session/session.ts';
import type { SessionView } from '../../../shared/session/view.ts';
import { agendaAnswerSchema, logLineSchema, sessionViewSchema } from '../../../shared/session/view.ts';
import { FakeClock } from '../live/fake-clock.ts';
import { RawClient } from '../live/raw-client.ts';
import { MemoryStore } from '../memory-store.ts';
import { workHere } from '../work-here.ts';

const made = v.object({
  board: v.string(),
  links: v.object({ facilitator: v.string(), participant: v.string(), observer: v.string() }),
});
const joined = v.object({ person: v.string(), token: v.string(), role: v.string() });

/** A person who has joined the board. */
export type Guest = v.InferOutput<typeof joined>;
export type LinkRole = keyof v.InferOutput<typeof made>['links'];

interface Running {
  readonly server: Server;
  readonly upgrades: Upgrades;
  readonly rooms: Rooms;
  readonly sessions: Sessions;
  readonly port: number;
}

/** An item of an agenda. */
export const item = (id: string, minutes: number, more = {}) => ({
  id,
  step: 1 as const,
  title: { en: id },
  instruction: {},
  minutes,
  preset: 'open-work' as const,
  change: {},
  view: null,
  atEnd: 'nothing' as const,
  ...more,
});

/** Four items; participants may only look when the time of the second is up. */
export const items = [
  item('welcome', 4, { preset: 'talk' }),
  item('write', 8, { view: 'map', atEnd: 'read-only' }),
  item('sort', 5),
  item('vote', 3, { preset: 'vote' }),
];

/**
 * A server over real HTTP and sockets with one board, on a clock that the test moves and a store in memory, which stays
 * when the server restarts.
 */
export class Workshop {
  readonly clock = new FakeClock();
  readonly store = new MemoryStore();
  readonly logged: string[] = [];
  board = '';
  links: v.InferOutput<typeof made>['links'] = { facilitator: '', participant: '', observer: '' };
  #running: Running | null = null;
  readonly #clients = new Set<{ close(): void }>();
  #ids = 0;

  static async open(): Promise<Workshop> {
    const workshop = new Workshop();
    await workshop.start();
    const response = await workshop.post('/api/boards', { title: 'Trip', template: 'journey' });
    ({ board: workshop.board, links: workshop.links } = v.parse(made, await response.json()));
    return workshop;
  }

  async start(): Promise<void> {
    const { store, clock } = this;
    const log = pino(
      { level: 'debug', base: null },
      { write: (line: string) => void this.logged.push(line) },
    );
    const sessions = new Sessions({ store, log, clock });
    const rulesOf = (board: string) => sessions.rulesOf(board);
    const rooms = openRooms({ store, log, clock, sessions, rulesOf });
    await sessions.start(rooms);
    const app = createApp({
      config: readConfig({ LOG_LEVEL: 'silent', ADMIN_KEY: 'k'.repeat(32) }),
      store,
      live: rooms,
      log,
      metrics: new Metrics(),
      work: workHere,
      time: clock,
      sessions,
      staticRoot: null,
    });
    const listener = getRequestListener(app.fetch);
    const server = createServer((request, response) => void listener(request, response));
    const upgrades = new Upgrades(app, rooms, log);
    upgrades.attach(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    this.#running = { server, upgrades, rooms, sessions, port };
  }

  /** Stops the server. `kill`: without letting anything end, so only what is in the store counts. */
  async stop(kill = false): Promise<void> {
    const { server, upgrades, rooms, sessions } = this.#now;
    for (const client of this.#clients) client.close();
    this.#clients.clear();
    upgrades.close();
    if (kill) {
      const keep = this.store.keepSession.bind(this.store);
      this.store.keepSession = () => Promise.reject(new Error('killed'));
      await sessions.close();
      this.store.keepSession = keep;
    } else await sessions.close();
    await rooms.close();
    await upgrades.drained(0);
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
    this.#running = null;
  }

  get rooms(): Rooms {
    return this.#now.rooms;
  }

  get #now(): Running {
    if (!this.#running) throw new Error('The server is not running.');
    return this.#running;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#now.port}`;
  }

  async send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const init = { method, headers: { 'content-type': 'application/json', ...headers } };
    return fetch(this.url + path, body === undefined ? init : { ...init, body: JSON.stringify(body) });
  }

  post(path: string, body: unknown, headers: Record<string, string> = {}) {
    return this.send('POST', path, body, headers);
  }

  /** Sends a request of a person below the board's address. */
  as(who: Guest, method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const authorization = `Bearer ${who.token}`;
    return this.send(method, `/api/boards/${this.board}${path}`, body, { authorization, ...headers });
  }

  admin(method: string, path: string) {
    const authorization = `Bearer ${'k'.repeat(32)}`;
    return this.send(method, `/api/admin/boards/${this.board}${path}`, undefined, { authorization });
  }

  /** Joins by a link of the board; the same `name` is the same person in the same role. */
  async join(role: LinkRole, name: string): Promise<Guest> {
    return v.parse(joined, await (await this.tryJoin(role, name)).json());
  }

  tryJoin(role: LinkRole, name: string) {
    return this.post('/api/join', { link: this.links[role], name, device: name.padEnd(16, '-') });
  }

  /** Sends a command, with a new id unless given. */
  command(who: Guest, did: Act & { id?: string; from?: string | null }) {
    return this.as(who, 'POST', '/session', { id: `command-${++this.#ids}`, ...did });
  }

  /** Does an act that must be possible. Returns the session's version. */
  async act(who: Guest, did: Act): Promise<number> {
    const response = await this.command(who, did);
    const answer = (await response.json()) as { version: number };
    if (response.status !== 200) throw new Error(JSON.stringify(answer));
    return answer.version;
  }

  async view(who: Guest): Promise<SessionView> {
    return v.parse(sessionViewSchema, await (await this.as(who, 'GET', '/session')).json());
  }

  async agenda(who: Guest): Promise<Agenda> {
    return v.parse(agendaAnswerSchema, await (await this.as(who, 'GET', '/agenda')).json());
  }

  putAgenda(who: Guest, to: unknown, version: number | string) {
    return this.as(who, 'PUT', '/agenda', to, { 'if-match': `"${version}"` });
  }

  /** The log of the session as `by what about`, newest first. The people are named by `names`. */
  async log(who: Guest, names: Readonly<Record<string, Guest>>): Promise<string[]> {
    const answer = v.object({ lines: v.array(logLineSchema) });
    const { lines } = v.parse(answer, await (await this.as(who, 'GET', '/session/log')).json());
    const name = (id: string) => Object.entries(names).find(([, { person }]) => person === id)?.[0] ?? id;
    return lines.map(({ by, what, about }) => `${name(by)} ${what} ${name(about)}`.trim());
  }

  /** Opens a socket of a person with control frames. */
  async socket(who: Guest, control = true): Promise<RawClient> {
    const client = await RawClient.open(this.#address(who), control);
    this.#clients.add(client);
    return client;
  }

  /** A stock provider of a person. */
  stock(who: Guest): WebsocketProvider {
    const url = `${this.url.replace('http', 'ws')}/sync/${this.board}`;
    const provider = new WebsocketProvider(url, 'board', new Y.Doc(), {
      params: { token: who.token },
      WebSocketPolyfill: WebSocket as unknown as typeof globalThis.WebSocket,
      disableBc: true,
      maxBackoffTime: 100,
    });
    this.#clients.add({
      close: () => {
        provider.destroy();
        provider.awareness.destroy();
      },
    });
    return provider;
  }

  #address({ token }: Guest): string {
    return `${this.url.replace('http', 'ws')}/sync/${this.board}/board?token=${token}`;
  }
}

/** The status and code of a refused request. */
export async function refused(response: Promise<Response> | Response): Promise<string> {
  const answer = await response;
  const { error } = (await answer.json()) as { error: { code: string } };
  return `${answer.status} ${error.code}`;
}

/** The next session that a socket is told of. */
export async function told(client: RawClient): Promise<SessionView> {
  return v.parse(sessionViewSchema, (await client.told('session')).view);
}

/** Waits for the session of a version, and passes over earlier ones. */
export async function toldOf(client: RawClient, version: number): Promise<SessionView> {
  for (;;) {
    const view = await told(client);
    if (view.session.version >= version) return view;
  }
}
