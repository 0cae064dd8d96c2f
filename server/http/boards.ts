import { Hono } from 'hono';
import * as v from 'valibot';
import { newId } from '../../shared/id.ts';
import { maxBoardTitle } from '../../shared/limits.ts';
import { roles } from '../../shared/roles.ts';
import { isKey } from '../access/keys.ts';
import { linkUrl, makeLink } from '../access/links.ts';
import { buildTemplate, templates } from '../templates/template.ts';
import { readBody } from './body.ts';
import { languageSchema, lineSchema } from './fields.ts';
import { needWritable } from './health.ts';
import { bearerOf, needRate, needMembership, tellMissing } from './middleware.ts';
import type { AppEnv, Parts } from './parts.ts';
import { Problem } from './problem.ts';

const titleSchema = lineSchema(maxBoardTitle);

const newBoard = v.object({
  title: titleSchema,
  template: v.optional(v.picklist(templates, `must be one of ${templates.join(', ')}`), 'project'),
  language: v.optional(languageSchema, 'en'),
});

/** `/api/boards`: create a board; read and rename the board of a membership. */
export function boardRoutes(parts: Parts): Hono<AppEnv> {
  const { config, store, live, log, time, site } = parts;
  const app = new Hono<AppEnv>();
  app
    .post('/', needRate(parts, parts.creates), async (c) => {
      needWritable(parts);
      if (config.createKey !== null && !isKey(bearerOf(c), config.createKey)) throw new Problem('create-key');
      const { title, template, language } = await readBody(c, newBoard);
      const board = newId();
      const made = roles.map((role) => ({ role, link: makeLink(board, role, time.wall()) }));
      const { state, start } = buildTemplate(template, language);
      const links = made.map(({ link }) => link.record);
      await store.createBoard(
        {
          id: board,
          title,
          template,
          language,
          start,
          createdAt: time.wall(),
          links,
          generation: 1,
          frozen: false,
          idle: 'open',
        },
        state,
      );
      log.info({ board, template }, 'board created');
      const urls = Object.fromEntries(made.map(({ role, link }) => [role, linkUrl(site(), link.secret)]));
      return c.json({ board, links: urls }, 201);
    })
    .get('/:board', tellMissing(parts), needMembership(parts), (c) => {
      const { id, title, template, language, start, createdAt } = c.var.record;
      const { person } = c.var.membership;
      const { role } = c.var;
      return c.json({ board: id, title, template, language, start, createdAt, role, person });
    })
    .patch('/:board', needMembership(parts, 'rename'), async (c) => {
      needWritable(parts);
      const { title } = await readBody(c, v.object({ title: titleSchema }));
      const { id } = c.var.record;
      await store.changeBoard(id, (record) => ({ ...record, title }));
      live.announce(id, { kind: 'board', title });
      return c.json({ board: id, title });
    });
  return app;
}
