import * as v from 'valibot';
import type { Config } from '../../../server/config.ts';
import { readConfig } from '../../../server/config.ts';
import { createApp } from '../../../server/app.ts';
import { openLog } from '../../../server/log.ts';
import { Metrics } from '../../../server/metrics/metrics.ts';
import { Sessions } from '../../../server/session/sessions.ts';
import { roles } from '../../../shared/roles.ts';
import { MemoryStore } from '../memory-store.ts';
import { RecordingLive } from '../recording-live.ts';
import { workHere } from '../work-here.ts';

const created = v.object({
  board: v.string(),
  links: v.object({ facilitator: v.string(), participant: v.string(), observer: v.string() }),
});
const joined = v.object({
  board: v.string(),
  role: v.picklist(roles),
  person: v.string(),
  name: v.string(),
  color: v.string(),
  token: v.string(),
  expires: v.number(),
  title: v.string(),
  start: v.string(),
});
const failed = v.object({ error: v.strictObject({ code: v.string(), message: v.string() }) });

export type Joined = v.InferOutput<typeof joined>;

/** A server without sockets or disk, on a clock that the test sets, and the most common requests. */
export class House {
  readonly store = new MemoryStore();
  readonly live = new RecordingLive();
  readonly metrics = new Metrics();
  readonly config: Config;
  readonly sessions: Sessions;
  readonly app;
  /** The wall clock. A test that adds to it lets the same time pass. */
  now = Date.UTC(2026, 2, 12, 9);
  #wallAhead = this.now - 1_000_000;
  isStopping = false;

  constructor(env: Record<string, string> = {}, staticRoot: string | null = null) {
    this.config = readConfig({ LOG_LEVEL: 'silent', ...env });
    const { store, live, config } = this;
    this.metrics.watch(live, store);
    const log = openLog(config.logLevel);
    const time = { now: () => this.now - this.#wallAhead, wall: () => this.now };
    this.sessions = new Sessions({
      store,
      log,
      clock: { ...time, after: () => () => {}, every: () => () => {} },
    });
    void this.sessions.start(live);
    this.app = createApp({
      config,
      store,
      live,
      log,
      metrics: this.metrics,
      work: workHere,
      time,
      sessions: this.sessions,
      staticRoot,
      isStopping: () => this.isStopping,
    });
  }

  /** Sets the wall clock forward, or back if `ms` is negative. No time passes. */
  setWall(ms: number): void {
    this.now += ms;
    this.#wallAhead += ms;
  }

  async send(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    const json = { method, headers: { 'content-type': 'application/json', ...headers } };
    return await this.app.request(path, body === undefined ? json : { ...json, body: JSON.stringify(body) });
  }

  /** Sends a request with the admin key, which `env` must set. */
  async admin(method: string, path: string, body?: unknown): Promise<Response> {
    const authorization = `Bearer ${this.config.adminKey ?? ''}`;
    return this.send(method, `/api/admin${path}`, body, { authorization });
  }

  as(who: Joined): { authorization: string } {
    return { authorization: `Bearer ${who.token}` };
  }

  async createBoard(fields: Record<string, unknown> = {}): Promise<v.InferOutput<typeof created>> {
    const response = await this.send('POST', '/api/boards', { title: 'Trip', template: 'ideas', ...fields });
    return v.parse(created, await response.json());
  }

  async join(link: string, name: string, fields: Record<string, unknown> = {}): Promise<Joined> {
    return v.parse(joined, await (await this.send('POST', '/api/join', { link, name, ...fields })).json());
  }
}

/** The status and code of a refused request. Throws if the body has another form than errors have. */
export async function refusal(response: Response): Promise<[number, string]> {
  return [response.status, v.parse(failed, await response.json()).error.code];
}

/** The message of a refused request. */
export async function refusalText(response: Response): Promise<string> {
  return v.parse(failed, await response.json()).error.message;
}
