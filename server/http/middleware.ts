import type { Context, MiddlewareHandler } from 'hono';
import { matchedRoutes } from 'hono/route';
import type { Power } from '../../shared/roles.ts';
import { may } from '../../shared/roles.ts';
import { isId } from '../../shared/id.ts';
import type { DocumentFeatures } from '../../shared/schema/document.ts';
import { admit } from '../access/admission.ts';
import { membershipTokens } from '../access/cookies.ts';
import { isAllowed } from '../access/origins.ts';
import type { Rates } from '../access/rates.ts';
import { clientAddress } from './client-address.ts';
import { mainDocument, needIncluded } from './documents.ts';
import type { AppEnv, Parts } from './parts.ts';
import { Problem } from './problem.ts';

/** Logs each request at debug: route pattern and outcome. Never the URL, because it holds ids and tokens. */
export function logRequests({ log, time }: Parts): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const started = time.now();
    await next();
    const board = c.req.param('board');
    log.debug(
      {
        method: c.req.method,
        route: matchedRoutes(c).at(-1)?.path,
        status: c.res.status,
        ms: Math.round(time.now() - started),
        ...(isId(board) && { board }),
        ...(c.var.problem && { code: c.var.problem }),
      },
      'request',
    );
  };
}

/** Refuses changes that a page of a foreign origin sends. Programs send no Origin header. */
export function needOwnOrigin({ site }: Parts): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const origin = c.req.header('origin');
    const reads = ['GET', 'HEAD', 'OPTIONS'].includes(c.req.method);
    if (!reads && origin !== undefined && !isAllowed(site(), origin)) throw new Problem('origin');
    await next();
  };
}

/** Refuses an address that sends too many requests, with a Retry-After header. */
export function needRate({ config }: Parts, rates: Rates): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    spend(rates, clientAddress(c, config));
    await next();
  };
}

/**
 * Takes one token of a rate.
 * @throws Problem `rate`, with a Retry-After header
 */
export function spend(rates: Rates, by: string): void {
  const waitSeconds = rates.take(by);
  if (waitSeconds > 0) throw new Problem('rate', { headers: { 'retry-after': String(waitSeconds) } });
}

/**
 * Refuses a socket if the document already has the most sockets, or the board the most other devices. Devices count as
 * well, because people who each open a document of their own fill a board too.
 * @throws Problem `board-full`
 */
export function needRoom({ config, live }: Parts, board: string, document: string, device?: string): void {
  const most = config.peoplePerBoard;
  if (live.socketCount(board, document) >= most || live.devices(board, device) >= most)
    throw new Problem('board-full');
}

/**
 * Requires a membership on the board of the path. With `power`, the person's role now must have it; the log of the
 * session gets a line if it does not. With `features`, they must include the board's document.
 */
export function needMembership(
  parts: Parts,
  power?: Power,
  features?: readonly (keyof DocumentFeatures)[],
): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const admission = await admit(parts, c.req.param('board') ?? '', offeredBy(c));
    if (admission.kind === 'refused') throw new Problem(admission.code);
    const { membership, role, record, session } = admission;
    if (power && !may(role, power)) {
      // Pages of observers ask for what people who may write can read.
      if (power !== 'write') session.noteRefused(membership.person, power);
      throw new Problem('not-allowed');
    }
    if (features) needIncluded(parts.documents, mainDocument, features, { person: membership.person, role });
    c.set('membership', membership);
    c.set('role', role);
    c.set('record', record);
    c.set('session', session);
    c.set('isFrozen', record.frozen || session.isFrozen);
    await next();
  };
}

/**
 * Answers `no-such-board` to a client without a valid token if the board does not exist, instead of asking it to join.
 * Reads the disk, so it has the same rate as invitations, which reveal the same.
 */
export function tellMissing(parts: Parts): MiddlewareHandler<AppEnv> {
  const limited = needRate(parts, parts.joins);
  return async (c, next) => {
    const board = c.req.param('board');
    if (offeredBy(c).some((token) => parts.tokens.read(token) !== null)) return next();
    return limited(c, async () => {
      if (!isId(board) || !(await parts.store.board(board))) throw new Problem('no-such-board');
      await next();
    });
  };
}

/** The tokens that a request carries. */
function offeredBy(c: Context): string[] {
  const bearer = bearerOf(c);
  return bearer === null ? membershipTokens(c) : [bearer];
}

/** The key or token after `Authorization: Bearer`; null if there is none. */
export function bearerOf(c: Context): string | null {
  return /^bearer +(\S+) *$/i.exec(c.req.header('authorization') ?? '')?.[1] ?? null;
}
