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
import { maxBodyBytes } from './http/body.ts';
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
import { syncRoutes } from './http/sync.ts';
import { versionRoutes } from './http/versions.ts';
import type { LiveBoards } from './live/contract.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics/metrics.ts';
import type { Store } from './store/contract.ts';
import type { Time } from './time.ts';

/** What an app is made of. */
export interface AppParts {
  readonly config: Config;
  readonly store: Store;
  readonly live: LiveBoards;
  readonly log: Log;
  readonly metrics: Metrics;
  /** The heavy work, where it does not hold up people. */
  readonly work: HistoryWork;
  readonly time: Time;
  /** The documents that a board may have; this program's own where none are given. */
  readonly documents?: readonly DocumentDefinition[];
  /** The folder of the built page; null where another serves it (development). */
  readonly staticRoot: string | null;
  readonly site?: () => Site;
  readonly isStopping?: () => boolean;
}

/** A room full of people behind one address reconnects at once after a restart; a loop does not get far. */
const connectRate = { burst: 1200, perSecond: 40 };

/** Half an hour's workshop makes a few boards at once; a script that fills the disk is slowed down. */
const createBurst = 20;

/** One who administers by hand or by script; a guesser of keys gets to two a second. */
const adminRate = { burst: 60, perSecond: 2 };

/** Each version costs a merge of the whole document and a file: some in a row, then one in ten seconds. */
const versionRate = { burst: 10, perSecond: 0.1 };

/** The HTTP side: middleware and routes, testable by `app.request()` without a socket. */
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
    history: new History({ store, live, repairs, work }),
    documents,
    repairs,
    losses: new Losses({ store, live, work, documents }),
  };
  const fromAllowed = (origin: string) => (isAllowed(parts.site(), origin) ? origin : null);

  const app = new Hono<AppEnv>();
  app.use(logRequests(parts), securityHeaders(parts));
  app.use(
    '/api/*',
    cors({
      origin: fromAllowed,
      allowMethods: ['GET', 'POST', 'PATCH', 'DELETE'],
      allowHeaders: ['authorization', 'content-type'],
      maxAge: 600,
    }),
    needOwnOrigin(parts),
    bodyLimit({
      maxSize: maxBodyBytes,
      onError: () => {
        throw new Problem('too-large');
      },
    }),
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
  app.route('/api/boards', versionRoutes(parts));
  app.route('/api/boards', lossRoutes(parts));
  app.route('/api/boards', rebuildRoutes(parts));
  app.route('/api/admin', adminRoutes(parts));
  if (given.staticRoot !== null) app.route('/', pageRoutes(given.staticRoot));

  app.notFound((c) => answerProblem(c, new Problem('not-found')));
  app.onError((error, c) => {
    const problem = error instanceof Problem ? error : new Problem(store.failure ? 'store' : 'internal');
    // The name and the place of a bug, but not its message: that may quote what people wrote.
    if (problem.code === 'internal') log.error({ code: error.name, at: firstFrame(error) }, 'request failed');
    return answerProblem(c, problem);
  });
  return app;
}

function firstFrame(error: Error): string | undefined {
  return error.stack
    ?.split('\n')
    .find((line) => line.trimStart().startsWith('at '))
    ?.trim();
}
