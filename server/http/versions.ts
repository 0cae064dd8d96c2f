import { Hono } from 'hono';
import type { Context } from 'hono';
import * as v from 'valibot';
import { isId } from '../../shared/id.ts';
import { readBody } from './body.ts';
import { versionNameSchema } from './fields.ts';
import { needWritable } from './health.ts';
import { needSeat, spend } from './middleware.ts';
import type { AppEnv, Parts } from './parts.ts';
import { Problem } from './problem.ts';

/** What may be kept and restored by those on the board. */
const document = 'board';

const named = v.object({ name: versionNameSchema });

/**
 * `/api/boards/:board/versions`: the earlier states of the board. Who writes may see which there are; keeping,
 * reading and restoring one is for facilitators, since it concerns everybody's work at once.
 */
export function versionRoutes(parts: Parts): Hono<AppEnv> {
  const { history, log, versions } = parts;
  const needFacilitator = needSeat(parts, 'structure');
  const app = new Hono<AppEnv>();
  app
    .get('/:board/versions', needSeat(parts, 'write'), async (c) =>
      c.json({ versions: await history.list(roomOf(c)) }),
    )
    .post('/:board/versions', needFacilitator, async (c) => {
      needWritable(parts);
      const { name } = await readBody(c, named);
      spend(versions, c.var.record.id);
      const version = await keepVersion(parts, roomOf(c), name, c.var.seat.person);
      log.info({ board: c.var.record.id, version: version.id }, 'version kept');
      return c.json(version, 201);
    })
    .get('/:board/versions/:version', needFacilitator, async (c) => {
      const id = versionIn(c);
      const state = await history.read(roomOf(c), id);
      if (!state) throw new Problem('no-such-version');
      return yjsUpdate(c, state, `${c.var.record.id}-${id}`);
    })
    .post('/:board/versions/:version/restore', needFacilitator, async (c) => {
      needWritable(parts);
      const { record, seat } = c.var;
      if (record.frozen) throw new Problem('frozen');
      if (parts.repairs.has(record.id)) throw new Problem('repair');
      const id = versionIn(c);
      spend(versions, record.id);
      const done = await history.restore(record, document, id, seat.person);
      switch (done.kind) {
        case 'restored':
          log.info({ board: record.id, version: id, before: done.before.id }, 'version restored');
          return c.json({ before: done.before, changed: done.changed });
        case 'no-such-version':
          throw new Problem('no-such-version');
        case 'not-written':
          log.warn({ board: record.id, version: id, code: nameOf(done.error) }, 'version not restored');
          throw new Problem('not-written');
      }
    });
  return app;
}

/** @throws Problem `too-many-versions`, or `no-such-document` where nothing was ever written */
export async function keepVersion({ history }: Parts, room: string, name: string, person: string) {
  const kept = await history.keep(room, name, person);
  if (kept === 'too-many') throw new Problem('too-many-versions');
  if (!kept) throw new Problem('no-such-document');
  return kept;
}

/** A state as a file: one Yjs update of version 1, for `Y.applyUpdate`. */
export function yjsUpdate(c: Context, state: Uint8Array, name: string): Response {
  return c.body(new Uint8Array(state), 200, {
    'content-type': 'application/octet-stream',
    'content-disposition': `attachment; filename="${name}.yjs"`,
  });
}

function roomOf(c: Context<AppEnv>): string {
  return `${c.var.record.id}/${document}`;
}

/** @throws Problem `no-such-version` where it can be none: it becomes part of a path */
function versionIn(c: Context): string {
  const id = c.req.param('version');
  if (!isId(id)) throw new Problem('no-such-version');
  return id;
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown';
}
