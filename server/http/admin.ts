import type { Context, MiddlewareHandler } from 'hono';
import { Hono } from 'hono';
import * as v from 'valibot';
import { idPattern, isId } from '../../shared/id.ts';
import type { DocumentFeatures } from '../../shared/schema/document.ts';
import { closeCode } from '../../shared/wire/protocol.ts';
import { isKey } from '../access/keys.ts';
import type { BoardRecord } from '../store/contract.ts';
import { readBody } from './body.ts';
import { needIncluded } from './documents.ts';
import { versionNameSchema } from './fields.ts';
import { needRunning, needWritable } from './health.ts';
import { settle } from './losses.ts';
import { bearerOf, needRate } from './middleware.ts';
import type { AppEnv, Parts } from './parts.ts';
import { Problem } from './problem.ts';
import { rebuildDocument } from './rebuild.ts';
import { keepVersion, orderIn, removeSince, removing, yjsUpdate } from './versions.ts';

const named = v.object({ name: versionNameSchema });
const resetting = v.object({
  version: v.pipe(v.string('must be text'), v.regex(idPattern, 'must be an id')),
});

/**
 * `/api/admin`: for the people who run the server, with ADMIN_KEY. Without a configured key, these addresses do not
 * exist. Changes are logged as warnings, so that they appear at any usual log level.
 */
export function adminRoutes(parts: Parts): Hono<AppEnv> {
  const { store, live, history, losses, repairs, sessions, log } = parts;
  const app = new Hono<AppEnv>();

  const did = (c: Context<AppEnv>, action: string, more: Record<string, string | number> = {}) =>
    log.warn({ board: c.var.record.id, action, ...more }, 'admin');

  app.use(needAdmin(parts), needRate(parts, parts.admins), needAdminKey(parts));
  app.get('/rooms', (c) => c.json({ rooms: live.report() }));
  app.get('/boards', async (c) => c.json({ boards: await store.boards() }));

  app.use('/boards/:board', needBoard(parts));
  app.use('/boards/:board/*', needBoard(parts));
  app
    .get('/boards/:board', (c) => c.json(withoutHashes(c.var.record)))
    .delete('/boards/:board', async (c) => {
      needWritable(parts);
      await answered(repairs.remove(c.var.record.id));
      sessions.forget(c.var.record.id);
      did(c, 'delete');
      return c.body(null, 204);
    })
    .get('/boards/:board/sockets', (c) => c.json({ sockets: live.sockets(c.var.record.id) }))
    .delete('/boards/:board/sockets/:socket', (c) => {
      const wanted = c.req.param('socket');
      // The client reconnects by itself. This is for a socket that hangs or delays others.
      const closed = live.dismiss(
        c.var.record.id,
        (_membership, id) => id === wanted,
        closeCode.busy,
        'kicked',
      );
      did(c, 'kick-socket', { closed });
      return c.json({ closed });
    })
    .delete('/boards/:board/people/:person', (c) => {
      const wanted = c.req.param('person');
      const closed = live.dismiss(
        c.var.record.id,
        ({ person }) => person === wanted,
        closeCode.ticket,
        'kicked',
      );
      did(c, 'kick-person', { closed });
      return c.json({ closed });
    })
    .post('/boards/:board/freeze', (c) => setFrozen(c, true))
    .post('/boards/:board/thaw', (c) => setFrozen(c, false));

  const needs = (...features: readonly (keyof DocumentFeatures)[]): MiddlewareHandler<AppEnv> => {
    return async (c, next) => {
      needIncluded(parts.documents, c.req.param('document') ?? '', ['admin', ...features]);
      await next();
    };
  };
  app.use('/boards/:board/documents/:document', needs('download'));
  // Holds for every route below: a document that is not for admins does not exist here.
  app.use('/boards/:board/documents/:document/*', needs());
  for (const path of ['versions', 'versions/*', 'rebuild', 'reset'])
    app.use(`/boards/:board/documents/:document/${path}`, needs('versions'));
  app
    .get('/boards/:board/documents/:document', async (c) => {
      needWritable(parts);
      const state = await history.state(roomOf(c));
      if (!state) throw new Problem('no-such-document');
      return yjsUpdate(c, state, `${c.var.record.id}-${c.req.param('document')}`);
    })
    .get('/boards/:board/documents/:document/versions', async (c) =>
      c.json({ versions: await history.list(roomOf(c)) }),
    )
    .post('/boards/:board/documents/:document/versions', async (c) => {
      needWritable(parts);
      const { name } = await readBody(c, named);
      const version = await keepVersion(parts, roomOf(c), name, '');
      did(c, 'keep-version', { version: version.id });
      return c.json(version, 201);
    })
    .get('/boards/:board/documents/:document/versions/:version', needs('download'), async (c) => {
      const id = c.req.param('version');
      const state = isId(id) ? await history.read(roomOf(c), id) : null;
      if (!state) throw new Problem('no-such-version');
      return yjsUpdate(c, state, `${c.var.record.id}-${id}`);
    })
    .get('/boards/:board/documents/:document/lost', async (c) => {
      needWritable(parts);
      return c.json(await losses.report(c.var.record.id, c.req.param('document')));
    })
    .post('/boards/:board/documents/:document/lost/:decision{restore|discard}', (c) =>
      settle(parts, c, c.req.param('document'), ''),
    )
    .post('/boards/:board/documents/:document/versions/:version/remove', async (c) => {
      const order = orderIn(c, parts, c.req.param('document'), '');
      const { people } = await readBody(c, removing);
      const answer = await removeSince(parts, order, people);
      did(c, 'remove', { version: order.version });
      return c.json(answer);
    })
    .post('/boards/:board/documents/:document/rebuild', async (c) => {
      const answer = await rebuildDocument(parts, c.var.record, c.req.param('document'), '');
      did(c, 'rebuild', { version: answer.before.id });
      return c.json(answer);
    })
    .post('/boards/:board/documents/:document/reset', async (c) => {
      needWritable(parts);
      const { version } = await readBody(c, resetting);
      await answered(repairs.reset(c.var.record, c.req.param('document'), version));
      did(c, 'reset', { version });
      return c.body(null, 204);
    });
  return app;

  async function setFrozen(c: Context<AppEnv>, frozen: boolean): Promise<Response> {
    needWritable(parts);
    const { id } = c.var.record;
    // Change the record first: a room that opens meanwhile reads it.
    await store.changeBoard(id, (record) => ({ ...record, frozen }));
    // A facilitator's freeze stays when the operators thaw the board.
    await (await sessions.of(id)).applyFreeze();
    did(c, frozen ? 'freeze' : 'thaw');
    return c.json({ board: id, frozen });
  }
}

/** Without a configured key, answers as if the address did not exist, so that nobody learns of it. */
function needAdmin({ config }: Parts): MiddlewareHandler<AppEnv> {
  return async (_c, next) => {
    if (config.adminKey === null) throw new Problem('not-found');
    await next();
  };
}

function needAdminKey({ config, log }: Parts): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    if (!isKey(bearerOf(c), config.adminKey)) {
      log.warn({ code: 'admin-key' }, 'admin refused');
      throw new Problem('admin-key');
    }
    await next();
  };
}

/** @throws Problem `no-such-board`, `stopping` */
function needBoard(parts: Parts): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    needRunning(parts);
    const id = c.req.param('board');
    const record = isId(id) ? await parts.store.board(id) : null;
    if (!record) throw new Problem('no-such-board');
    c.set('record', record);
    c.set('isFrozen', record.frozen || (await parts.sessions.of(record.id)).isFrozen);
    await next();
  };
}

async function answered(work: Promise<'done' | 'busy' | 'no-such-board' | 'no-such-version'>): Promise<void> {
  const outcome = await work;
  switch (outcome) {
    case 'done':
      return;
    case 'busy':
      throw new Problem('repair');
    case 'no-such-board':
    case 'no-such-version':
      throw new Problem(outcome);
  }
}

function roomOf(c: Context<AppEnv>): string {
  return `${c.var.record.id}/${c.req.param('document') ?? ''}`;
}

function withoutHashes({ links, ...record }: BoardRecord) {
  return {
    ...record,
    links: links.map(({ id, role, createdAt, revokedAt }) => ({ id, role, createdAt, revokedAt })),
  };
}
