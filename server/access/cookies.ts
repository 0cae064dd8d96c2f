import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { isId } from '../../shared/id.ts';
import type { Site } from './origins.ts';
import type { Membership } from './membership.ts';
import { tokenLifeMs } from './tokens.ts';

const prefix = 'seat-';

/**
 * Gives the page its new token in cookies that no script can read. One browser may hold several seats on one
 * board (a facilitator's tab and an observer's), so the person is in the name; and a cookie is sent only
 * where it is needed, so it is set for two paths.
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
 * The tokens that came as cookies: that of the membership which the page names by `?seat=`, else all, since a
 * browser with one seat need not name it.
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
