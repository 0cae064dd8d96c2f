import { Hono } from 'hono';
import * as v from 'valibot';
import { closeCode } from '../../shared/wire/protocol.ts';
import { roles } from '../../shared/roles.ts';
import { linkUrl, makeLink } from '../access/links.ts';
import type { BoardRecord } from '../store/contract.ts';
import { readBody } from './body.ts';
import { needWritable } from './health.ts';
import { needMembership } from './middleware.ts';
import type { AppEnv, Parts } from './parts.ts';
import { Problem } from './problem.ts';

/** The most links of one board, revoked ones included. One link per group is a handful. */
const maxLinks = 200;

const newLink = v.object({ role: v.picklist(roles, `must be one of ${roles.join(', ')}`) });

/** `/api/boards/:board/links`, for facilitators: list, create and revoke links. */
export function linkRoutes(parts: Parts): Hono<AppEnv> {
  const { store, live, log, time, site } = parts;
  const needInvite = needMembership(parts, 'invite');
  const app = new Hono<AppEnv>();
  app
    .get('/:board/links', needInvite, (c) => {
      const links = c.var.record.links.map(({ id, role, createdAt, revokedAt }) => ({
        id,
        role,
        createdAt,
        revokedAt,
      }));
      return c.json({ links });
    })
    .post('/:board/links', needInvite, async (c) => {
      needWritable(parts);
      const { role } = await readBody(c, newLink);
      const board = c.var.record.id;
      const made = makeLink(board, role, time.wall());
      const after = await store.changeBoard(board, (record) =>
        record.links.length < maxLinks ? { ...record, links: [...record.links, made.record] } : record,
      );
      if (!after?.links.some((link) => link.id === made.record.id)) throw new Problem('too-many-links');
      return c.json({ id: made.record.id, role, link: linkUrl(site(), made.secret) }, 201);
    })
    .delete('/:board/links/:link', needInvite, async (c) => {
      needWritable(parts);
      const board = c.var.record.id;
      const id = c.req.param('link');
      const link = c.var.record.links.find((one) => one.id === id);
      if (!link) throw new Problem('no-such-link');
      const after = await store.changeBoard(board, (record) => revoke(record, id, time.wall()));
      // Only the change itself can decide, because another facilitator may revoke the other link at the same time.
      if (after?.links.some((link) => link.id === id && link.revokedAt === null))
        throw new Problem('last-link');
      const dismissed = live.dismiss(
        board,
        (membership) => membership.link === id,
        closeCode.ticket,
        'link-revoked',
      );
      // The people of this link may have used up the daily allowance that all participants share.
      if (link.revokedAt === null) live.relieve(board);
      log.info({ board, dismissed }, 'link revoked');
      return c.body(null, 204);
    });
  return app;
}

/** Revokes a link, unless it is the last facilitator link: nobody could undo that. */
function revoke(record: BoardRecord, id: string, now: number): BoardRecord {
  const links = record.links.map((link) =>
    link.id === id && link.revokedAt === null ? { ...link, revokedAt: now } : link,
  );
  const isLed = links.some((link) => link.role === 'facilitator' && link.revokedAt === null);
  return isLed ? { ...record, links } : record;
}
