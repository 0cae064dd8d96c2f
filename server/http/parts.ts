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
import type { LiveBoards } from '../live/contract.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { BoardRecord, Store } from '../store/contract.ts';
import type { Time } from '../time.ts';
import type { ProblemCode } from './problem.ts';

/** What the routes work with; all of it comes from outside, so that a test can give its own. */
export interface Parts {
  readonly config: Config;
  readonly store: Store;
  readonly live: LiveBoards;
  readonly log: Log;
  readonly time: Time;
  /** Asked anew each time: a server on port 0 learns its address when it listens. */
  readonly site: () => Site;
  readonly isStopping: () => boolean;
  readonly tokens: Tokens;
  readonly joins: Rates;
  readonly creates: Rates;
  readonly connects: Rates;
  /** By address. */
  readonly admins: Rates;
  /** Versions kept and restored, by board. */
  readonly versions: Rates;
  readonly history: History;
  readonly repairs: Repairs;
  readonly losses: Losses;
  readonly metrics: Metrics;
  /** The documents that a board may have. */
  readonly documents: readonly DocumentDefinition[];
}

/** What the outside hands to a request beside the request itself. */
export interface Bindings {
  readonly incoming?: IncomingMessage;
  /** Set where the request is an upgrade: takes whom the route lets in. */
  readonly admit?: (membership: Membership, document: string) => void;
}

export interface AppEnv {
  Bindings: Bindings;
  Variables: {
    /** Why the request was refused, for the log. */
    problem: ProblemCode | undefined;
    /** Set by `needMembership`. */
    membership: Membership;
    record: BoardRecord;
  };
}

/** The bindings of a request; a test that calls `app.request()` gives none. */
export function bindingsOf(c: Context<AppEnv>): Bindings {
  const given = c.env as Bindings | undefined;
  return given ?? {};
}
