import { Hono } from 'hono';
import type { Context } from 'hono';
import * as v from 'valibot';
import { isId } from '../../shared/id.ts';
import { messageOf } from '../errors.ts';
import type { EditOrder, EditOutcome } from '../history/history.ts';
import type { Log } from '../log.ts';
import { readBody } from './body.ts';
import { mainDocument as document } from './documents.ts';
import { peopleSchema, versionNameSchema } from './fields.ts';
import { needWritable } from './health.ts';
import { needMembership, spend } from './middleware.ts';
import type { AppEnv, Parts } from './parts.ts';
import { Problem } from './problem.ts';

const named = v.object({ name: versionNameSchema });
export const removing = v.object({ people: peopleSchema });

/**
 * `/api/boards/:board/versions`: earlier states of the board. Anyone who may write can list them. Keeping, reading and
 * restoring a version needs the power `versions`, because it concerns everybody's work at once.
 */
export function versionRoutes(parts: Parts): Hono<AppEnv> {
  const { history, log, versions } = parts;
  const needVersions = needMembership(parts, 'versions', ['versions']);
  const app = new Hono<AppEnv>();
  app
    .get('/:board/versions', needMembership(parts, 'write', ['versions']), async (c) =>
      c.json({ versions: await history.list(roomOf(c)) }),
    )
    .post('/:board/versions', needVersions, async (c) => {
      needWritable(parts);
      const { name } = await readBody(c, named);
      spend(versions, c.var.record.id);
      const version = await keepVersion(parts, roomOf(c), name, c.var.membership.person);
      log.info({ board: c.var.record.id, version: version.id }, 'version kept');
      return c.json(version, 201);
    })
    .get(
      '/:board/versions/:version',
      needMembership(parts, 'versions', ['versions', 'download']),
      async (c) => {
        const id = versionIn(c);
        const state = await history.read(roomOf(c), id);
        if (!state) throw new Problem('no-such-version');
        return yjsUpdate(c, state, `${c.var.record.id}-${id}`);
      },
    )
    .post('/:board/versions/:version/restore', needVersions, async (c) => {
      const order = orderIn(c, parts, document, c.var.membership.person);
      spend(versions, c.var.record.id);
      return c.json(await restoreVersion(parts, order));
    })
    .post('/:board/versions/:version/remove', needVersions, async (c) => {
      const order = orderIn(c, parts, document, c.var.membership.person);
      const { people } = await readBody(c, removing);
      spend(versions, c.var.record.id);
      return c.json(await removeSince(parts, order, people));
    });
  return app;
}

/** Keeps a named version. @throws Problem `too-many-versions`, or `no-such-document` if nothing was ever written */
export async function keepVersion({ history }: Parts, room: string, name: string, person: string) {
  const kept = await history.keep(room, name, person);
  if (kept === 'too-many') throw new Problem('too-many-versions');
  if (!kept) throw new Problem('no-such-document');
  return kept;
}

/** Answers with a state as a file: one Yjs update (version 1), for `Y.applyUpdate`. */
export function yjsUpdate(c: Context, state: Uint8Array, name: string): Response {
  return c.body(new Uint8Array(state), 200, {
    'content-type': 'application/octet-stream',
    'content-disposition': `attachment; filename="${name}.yjs"`,
  });
}

/**
 * The edit that a request asks for; its path names the version.
 * @throws Problem `no-such-version`, or the reason why the board takes no edit now
 */
export function orderIn(c: Context<AppEnv>, parts: Parts, document: string, person: string): EditOrder {
  needWritable(parts);
  const { record } = c.var;
  if (c.var.isFrozen) throw new Problem('frozen');
  if (parts.repairs.has(record.id)) throw new Problem('repair');
  return { record, document, version: versionIn(c), person };
}

/** Restores a version and returns the answer. @throws Problem if it was not restored */
async function restoreVersion({ history, log }: Parts, order: EditOrder) {
  const { before, edit } = made(log, order, await history.restore(order));
  const { record, version } = order;
  log.info({ board: record.id, version, before: before.id }, 'version restored');
  return { before, changed: edit.update !== null };
}

/** Removes what people added since a version and returns the answer. @throws Problem if nothing was changed */
export async function removeSince({ history, log }: Parts, order: EditOrder, people: readonly string[]) {
  const { before, edit } = made(log, order, await history.removeAdded(order, people));
  const { record, version } = order;
  log.info({ board: record.id, version, before: before.id }, 'additions removed');
  return { before, changed: edit.update !== null, removed: edit.removed };
}

function made<Edit>(log: Log, { record, version }: EditOrder, outcome: EditOutcome<Edit>) {
  switch (outcome.kind) {
    case 'done':
      return outcome;
    case 'no-such-version':
      throw new Problem('no-such-version');
    case 'not-written':
      log.warn({ board: record.id, version, code: messageOf(outcome.error) }, 'edit not written');
      throw new Problem('not-written');
  }
}

function roomOf(c: Context<AppEnv>): string {
  return `${c.var.record.id}/${document}`;
}

/** @throws Problem `no-such-version` if it is not an id; it becomes part of a file path */
function versionIn(c: Context): string {
  const id = c.req.param('version');
  if (!isId(id)) throw new Problem('no-such-version');
  return id;
}
