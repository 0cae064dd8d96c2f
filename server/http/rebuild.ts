import { Hono } from 'hono';
import type { BoardRecord } from '../store/contract.ts';
import { mainDocument } from './documents.ts';
import { needWritable } from './health.ts';
import { needMembership, spend } from './middleware.ts';
import type { AppEnv, Parts } from './parts.ts';
import { Problem } from './problem.ts';

/** `/api/boards/:board/rebuild`: a facilitator replaces a damaged or full board by one with the same live content. */
export function rebuildRoutes(parts: Parts): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  app.post('/:board/rebuild', needMembership(parts, 'versions', ['versions']), async (c) => {
    const { record, membership } = c.var;
    needWritable(parts);
    if (c.var.isFrozen) throw new Problem('frozen');
    spend(parts.versions, record.id);
    return c.json(await rebuildDocument(parts, record, mainDocument, membership.person));
  });
  return app;
}

/**
 * Rebuilds a document. Returns its sizes before and after.
 * @throws Problem if it was not rebuilt; the board is then unchanged
 */
export async function rebuildDocument(parts: Parts, record: BoardRecord, document: string, person: string) {
  needWritable(parts);
  // Waiting copies fit only the document as it is. A rebuild would lose them for good.
  if (await parts.losses.areWaiting(record.id, document)) throw new Problem('lost-edits');
  const outcome = await parts.repairs.rebuild(record, document, person);
  switch (outcome.kind) {
    case 'rebuilt': {
      const { version, before, after, isWhole } = outcome;
      parts.log.info({ board: record.id, before: version.id, was: before, is: after }, 'board rebuilt');
      return {
        before: version,
        whole: isWhole,
        bytes: { before: before.bytes, after: after.bytes },
        clientIds: { before: before.clientIds, after: after.clientIds },
        entries: { before: before.entries, after: after.entries },
      };
    }
    case 'busy':
      throw new Problem('repair');
    case 'outdated':
      throw new Problem('board-reset');
    case 'no-such-document':
      throw new Problem('no-such-document');
    case 'failed':
      throw new Problem(parts.store.failure ? 'store' : 'not-written');
  }
}
