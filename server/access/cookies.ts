import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { isId } from '../../shared/id.ts';
import type { Site } from './origins.ts';
import type { Membership } from './membership.ts';
import { tokenLifeMs } from './tokens.ts';

const prefix = 'seat-';

/**
 * Stores a new token in cookies that no script can read. One browser may hold several memberships on one board (for
 * example a facilitator's tab and an observer's), so the name contains the person. The cookie is set for the two paths
 * that need it and sent nowhere else.
 */
export function setMembershipCookies(
  c: Context,
  site: Site,
  membership: Pick<Membership, 'board' | 'person'>,
  token: string,
): void {
  for (const path of [`/sync/${membership.board}`, `/api/boards/${membership.board}`]) {
    setCookie(c, `${prefix}${membership.person}`, token, {
      path,
      httpOnly: true,
      sameSite: 'Strict',
      secure: site.secure,
      maxAge: tokenLifeMs / 1000,
    });
  }
}

/**
 * The tokens in the cookies of a request: the token of the person that the page names by `?seat=`; otherwise all of
 * them, because a browser with one membership need not name it.
 */
export function membershipTokens(c: Context): string[] {
  const named = c.req.query('seat');
  if (named !== undefined) {
    const token = isId(named) ? getCookie(c, `${prefix}${named}`) : undefined;
    return token === undefined ? [] : [token];
  }
  return Object.entries(getCookie(c))
    .filter(([name]) => name.startsWith(prefix))
    .map(([, token]) => token);
}
