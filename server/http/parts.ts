import type { IncomingMessage } from 'node:http';
import type { Context } from 'hono';
import type { DocumentDefinition } from '../../shared/schema/document.ts';
import type { Site } from '../access/origins.ts';
import type { Rates } from '../access/rates.ts';
import type { Membership } from '../access/membership.ts';
import type { Tokens } from '../access/tokens.ts';
import type { Config } from '../config.ts';
import type { History } from '../history/history.ts';
import type { Losses } from '../history/losses.ts';
import type { Repairs } from '../history/repairs.ts';
import type { Role } from '../../shared/roles.ts';
import type { BoardSession } from '../session/board-session.ts';
import type { Sessions } from '../session/sessions.ts';
import type { LiveBoards } from '../live/contract.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { BoardRecord, Store } from '../store/contract.ts';
import type { Time } from '../time.ts';
import type { Problem, ProblemCode } from './problem.ts';

/** Dependencies of the routes. All are passed in, so that tests can replace them. */
export interface Parts {
  readonly config: Config;
  readonly store: Store;
  readonly live: LiveBoards;
  readonly log: Log;
  readonly time: Time;
  /** A function, because a server on port 0 knows its address only once it listens. */
  readonly site: () => Site;
  readonly isStopping: () => boolean;
  readonly tokens: Tokens;
  readonly joins: Rates;
  readonly creates: Rates;
  readonly connects: Rates;
  /** Admin requests; counted by address. */
  readonly admins: Rates;
  /** Versions kept and restored; counted by board. */
  readonly versions: Rates;
  /** Commands of a session, and changes of its agenda; counted by person. */
  readonly commands: Rates;
  readonly sessions: Sessions;
  readonly history: History;
  readonly repairs: Repairs;
  readonly losses: Losses;
  readonly metrics: Metrics;
  /** The documents that a board may have. */
  readonly documents: readonly DocumentDefinition[];
}

/** Receives the decision about an upgrade. An upgrade that no route decides gets neither call. */
export interface UpgradeDecision {
  admit(membership: Membership, document: string): void;
  refuse(code: ProblemCode): void;
}

/** What the server passes to the app with each request. */
export interface Bindings {
  readonly incoming?: IncomingMessage;
  /** Present only if the request is a WebSocket upgrade. */
  readonly upgrade?: UpgradeDecision;
}

export interface AppEnv {
  Bindings: Bindings;
  Variables: {
    /** The code of the error that answered the request, for the log. */
    problem: ProblemCode | undefined;
    /** Set by `needMembership`. */
    membership: Membership;
    /** The person's role now, which may differ from that of the membership's link. */
    role: Role;
    record: BoardRecord;
    session: BoardSession;
    /** True while the operators or a facilitator have made the board read-only. */
    isFrozen: boolean;
  };
}

/** The bindings of a request. Empty in tests that call `app.request()`. */
export function bindingsOf(c: Context<AppEnv>): Bindings {
  const given = c.env as Bindings | undefined;
  return given ?? {};
}

/** Answers a request with an error. Also notes the error for the request log and tells a waiting upgrade. */
export function answerProblem(c: Context<AppEnv>, problem: Problem): Response {
  c.set('problem', problem.code);
  bindingsOf(c).upgrade?.refuse(problem.code);
  return c.json(problem.body, problem.status, problem.headers);
}
