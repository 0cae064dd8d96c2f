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

/** Lines at debug: the route's pattern and the outcome. A URL holds ids and tokens, so it is never written. */
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

/** Refuses what changes something when a page of a foreign origin sends it. Programs send no Origin. */
export function needOwnOrigin({ site }: Parts): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const origin = c.req.header('origin');
    const reads = ['GET', 'HEAD', 'OPTIONS'].includes(c.req.method);
    if (!reads && origin !== undefined && !isAllowed(site(), origin)) throw new Problem('origin');
    await next();
  };
}

/** Refuses an address that comes too often, and says when to come back. */
export function needRate({ config }: Parts, rates: Rates): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    spend(rates, clientAddress(c, config));
    await next();
  };
}

/**
 * Takes one of what a rate allows.
 * @throws Problem `rate`, which says when to come back
 */
export function spend(rates: Rates, by: string): void {
  const waitSeconds = rates.take(by);
  if (waitSeconds > 0) throw new Problem('rate', { headers: { 'retry-after': String(waitSeconds) } });
}

/**
 * Refuses whoever would be one socket more in a document that is full, or one device more on a board that is: a crowd in
 * which each opens a document of their own fills a board too. Whoever is on the board already finds room beside others.
 * @throws Problem `board-full`
 */
export function needRoom({ config, live }: Parts, board: string, document: string, device?: string): void {
  const most = config.peoplePerBoard;
  if (live.socketCount(board, document) >= most || live.devices(board, device) >= most)
    throw new Problem('board-full');
}

/**
 * Lets in only who has a membership on the board of the path; `power` narrows it to the roles that have it. `features`:
 * what must include the document of the board.
 */
export function needMembership(
  parts: Parts,
  power?: Power,
  features?: readonly (keyof DocumentFeatures)[],
): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const admission = await admit(parts, c.req.param('board') ?? '', offeredBy(c));
    if (admission.kind === 'refused') throw new Problem(admission.code);
    if (power && !may(admission.membership.role, power)) throw new Problem('not-allowed');
    if (features) needIncluded(parts.documents, mainDocument, features, admission.membership);
    c.set('membership', admission.membership);
    c.set('record', admission.record);
    await next();
  };
}

/**
 * Tells who has no seat that there is no such board, where there is none, and not to join it. It takes a look
 * at the disk, so it has the rate of invitations, which tell the same.
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

/** The tokens that came with a request. */
function offeredBy(c: Context): string[] {
  const bearer = bearerOf(c);
  return bearer === null ? membershipTokens(c) : [bearer];
}

/** What stands behind `Authorization: Bearer`; null where there is none. */
export function bearerOf(c: Context): string | null {
  return /^bearer +(\S+) *$/i.exec(c.req.header('authorization') ?? '')?.[1] ?? null;
}
