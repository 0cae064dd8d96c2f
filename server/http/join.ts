import { Hono } from 'hono';
import type { Context } from 'hono';
import * as v from 'valibot';
import { personColors } from '../../shared/collections/person.ts';
import { maxPersonName } from '../../shared/limits.ts';
import { setMembershipCookies } from '../access/cookies.ts';
import { findLink, parseLink } from '../access/links.ts';
import { deviceId, personIds } from '../access/person.ts';
import type { Holder, Issued } from '../access/tokens.ts';
import type { Role } from '../../shared/roles.ts';
import type { BoardSession } from '../session/board-session.ts';
import type { BoardRecord, LinkRecord } from '../store/contract.ts';
import { readBody } from './body.ts';
import { mainDocument } from './documents.ts';
import { deviceSchema, languageSchema, linkSchema, lineSchema, personColorSchema } from './fields.ts';
import { needRate, needRoom, needMembership } from './middleware.ts';
import type { AppEnv, Parts } from './parts.ts';
import { Problem } from './problem.ts';

const invitation = v.object({ link: linkSchema, device: v.optional(deviceSchema) });

const joining = v.object({
  link: linkSchema,
  name: lineSchema(maxPersonName),
  color: v.optional(personColorSchema),
  language: v.optional(languageSchema),
  device: v.optional(deviceSchema),
});

/** Joining by a link: see what it leads to, get a membership, and renew its token. */
export function joinRoutes(parts: Parts): Hono<AppEnv> {
  const { store, live, site, tokens } = parts;

  function issueMembership(c: Context<AppEnv>, holder: Holder): Issued {
    const issued = tokens.issue(holder);
    setMembershipCookies(c, site(), holder, issued.token);
    return issued;
  }

  const idOf = (board: string, device: string | undefined) => device && deviceId(store.secret, board, device);

  /** The colours of the others on the board. The device's own sockets, in any role, do not count. */
  function takenFrom(board: string, device: string | undefined): readonly string[] {
    return live.colorsTaken(board, idOf(board, device));
  }

  const app = new Hono<AppEnv>();
  app
    .post('/invitation', needRate(parts, parts.joins), async (c) => {
      const { link, device } = await readBody(c, invitation);
      const { record, role } = await openLink(parts, link);
      await needPermission(parts, record.id, role, device);
      needRoom(parts, record.id, mainDocument, idOf(record.id, device));
      const { id, title, language } = record;
      return c.json({ board: id, title, role, language, colorsTaken: takenFrom(id, device) });
    })
    .post('/join', needRate(parts, parts.joins), async (c) => {
      const { link, name, color, device } = await readBody(c, joining);
      const { record, role, id } = await openLink(parts, link);
      const session = await needPermission(parts, record.id, role, device);
      needRoom(parts, record.id, mainDocument, idOf(record.id, device));
      const holder: Holder = {
        board: record.id,
        ...personIds(store.secret, { board: record.id, role, secret: device }),
        name,
        color: color ?? freeColor(takenFrom(record.id, device)),
        role,
        link: id,
        generation: record.generation,
      };
      const { title, start } = record;
      const { person } = holder;
      session.meet({ person, role, link: id });
      return c.json({
        board: record.id,
        role,
        person,
        name,
        color: holder.color,
        ...issueMembership(c, holder),
        title,
        start,
      });
    })
    .post('/boards/:board/renew', needMembership(parts), (c) => c.json(issueMembership(c, c.var.membership)));
  return app;
}

/** @throws Problem `no-such-link`, `no-such-board` or `link-revoked` */
async function openLink(parts: Parts, text: string): Promise<LinkRecord & { record: BoardRecord }> {
  const parsed = parseLink(text);
  if (!parsed) throw new Problem('no-such-link');
  const record = await parts.store.board(parsed.board);
  if (!record) throw new Problem('no-such-board');
  const link = findLink(record.links, parsed.secret);
  if (!link) throw new Problem('no-such-link');
  if (link.revokedAt !== null) throw new Problem('link-revoked');
  return { ...link, record };
}

/**
 * Refuses a person whom the session keeps out. Without a device, everyone is new.
 * @throws Problem `removed` or `closed`
 */
async function needPermission(
  { store, sessions }: Parts,
  board: string,
  role: Role,
  device: string | undefined,
): Promise<BoardSession> {
  const session = await sessions.of(board);
  const person =
    device === undefined ? null : personIds(store.secret, { board, role, secret: device }).person;
  const why = session.keepsOut(person, role);
  if (why) throw new Problem(why);
  return session;
}

/** The first palette colour that nobody present has. If all are taken, the palette repeats. */
function freeColor(taken: readonly string[]): string {
  const free = personColors.find((one) => !taken.includes(one.color));
  return (free ?? personColors[taken.length % personColors.length] ?? personColors[0]).color;
}
