import type { Context } from 'hono';
import { Hono } from 'hono';
import type { AgendaItem } from '../../shared/session/agenda.ts';
import { agendaSchema } from '../../shared/session/agenda.ts';
import { commandSchema } from '../../shared/session/session.ts';
import { SessionNotStored } from '../session/board-session.ts';
import { readBody } from './body.ts';
import { plainLine, plainText } from './fields.ts';
import { needWritable } from './health.ts';
import { needMembership, spend } from './middleware.ts';
import type { AppEnv, Parts } from './parts.ts';
import { Problem } from './problem.ts';

/**
 * `/api/boards/:board/session` and `/agenda`: everybody on the board reads both; facilitators lead the session, change
 * the agenda and read the log.
 */
export function sessionRoutes(parts: Parts): Hono<AppEnv> {
  const needAny = needMembership(parts);
  const needLead = needMembership(parts, 'session');

  /** @throws Problem `stopping`, `store`, `repair` or `rate` */
  function needTurn(c: Context<AppEnv>): void {
    needWritable(parts);
    if (parts.repairs.has(c.var.record.id)) throw new Problem('repair');
    spend(parts.commands, `${c.var.record.id}/${c.var.membership.person}`);
  }

  const app = new Hono<AppEnv>();
  app
    .get('/:board/session', needAny, (c) => c.json(c.var.session.viewFor(c.var.role)))
    .post('/:board/session', needLead, async (c) => {
      needTurn(c);
      const command = await readBody(c, commandSchema);
      const answer = await stored(c.var.session.act(command, c.var.membership.person));
      if ('refused' in answer) throw new Problem(answer.refused);
      return c.json({ version: answer.version });
    })
    .get('/:board/session/log', needLead, (c) => c.json({ lines: c.var.session.log }))
    .get('/:board/agenda', needAny, (c) => {
      const { items, version } = c.var.session.agenda;
      const etag = tagOf(version);
      if (c.req.header('if-none-match') === etag) return c.body(null, 304, { etag });
      return c.json({ items, version }, 200, { etag });
    })
    .put('/:board/agenda', needLead, async (c) => {
      needTurn(c);
      const seen = versionSeen(c);
      const { items } = await readBody(c, agendaSchema);
      const plain = items.map(plainItem);
      const outcome = await stored(c.var.session.putAgenda(plain, seen, c.var.membership.person));
      if (typeof outcome === 'string') throw new Problem(outcome);
      return c.json({ version: outcome }, 200, { etag: tagOf(outcome) });
    });
  return app;
}

const tagOf = (version: number) => `"${version}"`;

/** The version in `If-Match`, with or without the mark that a proxy adds when it compresses. */
function versionSeen(c: Context): number {
  const version = /^(?:W\/)?"(\d{1,15})"$/.exec(c.req.header('if-match') ?? '')?.[1];
  if (version === undefined)
    throw new Problem('invalid', { message: 'If-Match: must be the version of the agenda in quotes' });
  return Number(version);
}

/** The item with its texts as people can see them, like names and titles. */
function plainItem(item: AgendaItem): AgendaItem {
  return { ...item, title: mapped(item.title, plainLine), instruction: mapped(item.instruction, plainText) };
}

function mapped(texts: Readonly<Record<string, string>>, plain: (text: string) => string) {
  return Object.fromEntries(Object.entries(texts).map(([language, text]) => [language, plain(text)]));
}

/** @throws Problem `store` if the session was not stored */
async function stored<T>(step: Promise<T>): Promise<T> {
  try {
    return await step;
  } catch (error) {
    throw error instanceof SessionNotStored ? new Problem('store') : error;
  }
}
