import type { MiddlewareHandler } from 'hono';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { cors } from 'hono/cors';
import type { Site } from './access/origins.ts';
import { isAllowed, siteOf } from './access/origins.ts';
import { Rates } from './access/rates.ts';
import { Tokens } from './access/tokens.ts';
import type { Config } from './config.ts';
import type { DocumentDefinition } from '../shared/schema/document.ts';
import { servedDocuments } from './documents/served.ts';
import { History } from './history/history.ts';
import { Losses } from './history/losses.ts';
import { Repairs } from './history/repairs.ts';
import type { HistoryWork } from './history/work.ts';
import { adminRoutes } from './http/admin.ts';
import { maxAgendaBytes, maxBodyBytes } from './http/body.ts';
import { boardRoutes } from './http/boards.ts';
import { healthRoutes } from './http/health.ts';
import { joinRoutes } from './http/join.ts';
import { linkRoutes } from './http/links.ts';
import { lossRoutes } from './http/losses.ts';
import { metricsRoutes } from './http/metrics.ts';
import { logRequests, needOwnOrigin } from './http/middleware.ts';
import { pageRoutes } from './http/page.ts';
import type { AppEnv, Parts } from './http/parts.ts';
import { answerProblem } from './http/parts.ts';
import { Problem } from './http/problem.ts';
import { rebuildRoutes } from './http/rebuild.ts';
import { securityHeaders } from './http/security.ts';
import { sessionRoutes } from './http/session.ts';
import { syncRoutes } from './http/sync.ts';
import { versionRoutes } from './http/versions.ts';
import type { LiveBoards } from './live/contract.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics/metrics.ts';
import type { Sessions } from './session/sessions.ts';
import type { Store } from './store/contract.ts';
import type { Time } from './time.ts';

/** Dependencies of the app. */
export interface AppParts {
  readonly config: Config;
  readonly store: Store;
  readonly live: LiveBoards;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Runs heavy jobs off the main thread. */
  readonly work: HistoryWork;
  readonly time: Time;
  /** The workshop sessions, which have been started. */
  readonly sessions: Sessions;
  /** The documents of a board; by default those that this server defines. */
  readonly documents?: readonly DocumentDefinition[];
  /** The folder of the built page; null if another server serves it (development). */
  readonly staticRoot: string | null;
  readonly site?: () => Site;
  readonly isStopping?: () => boolean;
}

/** People in one room share an address and reconnect at once after a restart; a reconnect loop is slowed down. */
const connectRate = { burst: 1200, perSecond: 40 };

/** Enough for several boards at the start of a workshop; a script that fills the disk is slowed down. */
const createBurst = 20;

/** Enough for an admin by hand or by script; someone who guesses keys gets two a second. */
const adminRate = { burst: 60, perSecond: 2 };

/** Each version costs a merge of the whole document and a file: a burst of ten, then one every 10 seconds. */
const versionRate = { burst: 10, perSecond: 0.1 };

/** Commands of one facilitator: nobody presses faster, and a script that does is slowed down. */
const commandRate = { burst: 20, perSecond: 5 };

/** Creates the HTTP app: middleware and routes. Tests call it by `app.request()` without a socket. */
export function createApp(given: AppParts): Hono<AppEnv> {
  const { config, store, live, log, time, work, documents = servedDocuments } = given;
  const repairs = new Repairs({ store, live, work, log });
  const parts: Parts = {
    ...given,
    site: given.site ?? (() => siteOf(config, config.port)),
    isStopping: given.isStopping ?? (() => false),
    tokens: new Tokens(store.secret, time),
    joins: new Rates({ burst: config.joinPerMinute, perSecond: config.joinPerMinute / 60 }, time.now),
    creates: new Rates(
      { burst: Math.max(createBurst, config.createPerMinute), perSecond: config.createPerMinute / 60 },
      time.now,
    ),
    connects: new Rates(connectRate, time.now),
    admins: new Rates(adminRate, time.now),
    versions: new Rates(versionRate, time.now),
    commands: new Rates(commandRate, time.now),
    history: new History({ store, live, repairs, work }),
    documents,
    repairs,
    losses: new Losses({ store, live, work, documents }),
  };
  const fromAllowed = (origin: string) => (isAllowed(parts.site(), origin) ? origin : null);

  const limit = limitOf(maxBodyBytes);
  const agendaLimit = limitOf(maxAgendaBytes);

  const app = new Hono<AppEnv>();
  app.use(logRequests(parts), securityHeaders(parts));
  app.use(
    '/api/*',
    cors({
      origin: fromAllowed,
      allowMethods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
      allowHeaders: ['authorization', 'content-type', 'if-match', 'if-none-match'],
      exposeHeaders: ['etag'],
      maxAge: 600,
    }),
    needOwnOrigin(parts),
    (c, next) => (c.req.method === 'PUT' ? agendaLimit : limit)(c, next),
    async (c, next) => {
      await next();
      c.header('Cache-Control', 'no-store');
    },
  );
  app.route('/', healthRoutes(parts));
  app.route('/', metricsRoutes(parts));
  app.route('/', syncRoutes(parts));
  app.route('/api', joinRoutes(parts));
  app.route('/api/boards', boardRoutes(parts));
  app.route('/api/boards', linkRoutes(parts));
  app.route('/api/boards', sessionRoutes(parts));
  app.route('/api/boards', versionRoutes(parts));
  app.route('/api/boards', lossRoutes(parts));
  app.route('/api/boards', rebuildRoutes(parts));
  app.route('/api/admin', adminRoutes(parts));
  if (given.staticRoot !== null) app.route('/', pageRoutes(given.staticRoot));

  app.notFound((c) => answerProblem(c, new Problem('not-found')));
  app.onError((error, c) => {
    const problem = error instanceof Problem ? error : new Problem(store.failure ? 'store' : 'internal');
    // Log a bug's name and location, but not its message, which may quote what people wrote.
    if (problem.code === 'internal') log.error({ code: error.name, at: firstFrame(error) }, 'request failed');
    return answerProblem(c, problem);
  });
  return app;
}

function limitOf(maxSize: number): MiddlewareHandler {
  return bodyLimit({
    maxSize,
    onError: () => {
      throw new Problem('too-large');
    },
  });
}

function firstFrame(error: Error): string | undefined {
  return error.stack
    ?.split('\n')
    .find((line) => line.trimStart().startsWith('at '))
    ?.trim();
}
