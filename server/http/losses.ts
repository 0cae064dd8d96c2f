import type { Context } from 'hono';
import { Hono } from 'hono';
import * as v from 'valibot';
import { idPattern } from '../../shared/id.ts';
import { messageOf } from '../errors.ts';
import type { Settled } from '../history/losses.ts';
import { readBody } from './body.ts';
import { mainDocument } from './documents.ts';
import { needWritable } from './health.ts';
import { needMembership, spend } from './middleware.ts';
import type { AppEnv, Parts } from './parts.ts';
import { Problem } from './problem.ts';

const deciding = v.object({
  people: v.pipe(
    v.array(v.pipe(v.string('must be text'), v.regex(idPattern, 'must be an id')), 'must be a list of ids'),
    v.minLength(1, 'must not be empty'),
    v.maxLength(500, 'must have at most 500 entries'),
  ),
});

/**
 * `/api/boards/:board/lost`: edits that the server lost and clients still have. Needs the power `versions`, because
 * restoring them edits the whole board.
 */
export function lossRoutes(parts: Parts): Hono<AppEnv> {
  const needVersions = needMembership(parts, 'versions');
  const app = new Hono<AppEnv>();
  app
    .get('/:board/lost', needVersions, async (c) => {
      needWritable(parts);
      spend(parts.versions, c.var.record.id);
      return c.json(await parts.losses.report(c.var.record.id, mainDocument));
    })
    .post('/:board/lost/:decision{restore|discard}', needVersions, (c) =>
      settle(parts, c, mainDocument, c.var.membership.person),
    );
  return app;
}

/**
 * Restores or discards the copies that a request names; its last path segment says which.
 * @throws Problem `frozen`, `repair`, `not-written`, `rate`
 */
export async function settle(
  parts: Parts,
  c: Context<AppEnv>,
  document: string,
  by: string,
): Promise<Response> {
  const { losses, repairs, log } = parts;
  const { record } = c.var;
  needWritable(parts);
  if (c.var.isFrozen) throw new Problem('frozen');
  if (repairs.has(record.id)) throw new Problem('repair');
  const { people } = await readBody(c, deciding);
  spend(parts.versions, record.id);
  const isRestore = c.req.param('decision') === 'restore';
  const fields = { board: record.id, action: isRestore ? 'restore-lost' : 'discard-lost' };
  let settled: Settled;
  try {
    settled = isRestore
      ? await losses.restore(record, document, people, by)
      : await losses.discard(record, document, people);
  } catch (error) {
    log.warn({ ...fields, error: messageOf(error) }, 'lost edits not decided');
    throw new Problem('not-written');
  }
  log.warn({ ...fields, people: settled.settled.length }, 'lost edits decided');
  return c.json(settled);
}
