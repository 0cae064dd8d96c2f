import { Hono } from 'hono';
import type { CloseCode } from '../../shared/wire/protocol.ts';
import { closeCode } from '../../shared/wire/protocol.ts';
import { isId } from '../../shared/id.ts';
import { documentNamed } from '../../shared/schema/document.ts';
import { admit } from '../access/admission.ts';
import { membershipTokens } from '../access/cookies.ts';
import { isAllowed } from '../access/origins.ts';
import { needRunning } from './health.ts';
import { needRate, needRoom } from './middleware.ts';
import type { AppEnv, Parts } from './parts.ts';
import { bindingsOf } from './parts.ts';
import { Problem } from './problem.ts';

/**
 * `/sync/:board/:document`: the one place that decides an upgrade. It is asked before there is a socket,
 * and answers a status and a code; whom it lets in it hands to `admit` of the bindings.
 */
export function syncRoutes(parts: Parts): Hono<AppEnv> {
  const { site } = parts;
  const app = new Hono<AppEnv>();
  app.get('/sync/:board/:document{.+}', needRate(parts, parts.connects), async (c) => {
    const origin = c.req.header('origin');
    if (origin !== undefined && !isAllowed(site(), origin)) throw new Problem('origin');
    const { board, document } = c.req.param();
    const named = documentNamed(parts.documents, document);
    if (!isId(board) || !named) throw new Problem('no-such-document');
    const { admit: letIn } = bindingsOf(c);
    if (!letIn) throw new Problem('upgrade', { headers: { upgrade: 'websocket' } });
    needRunning(parts);
    const token = c.req.query('token');
    // A browser names its origin at each upgrade, so a cookie without one did not come from a page.
    const offered = token !== undefined ? [token] : origin !== undefined ? membershipTokens(c) : [];
    const admission = await admit(parts, board, offered);
    if (admission.kind === 'refused') {
      if (admission.isAhead)
        parts.log.error({ board }, 'the record of a board is older than a token for it: it was put back');
      throw new Problem(admission.code);
    }
    // By name and member alone, before anything is looked at: the answer does not tell whether there is such a document.
    if (!named.definition.reads(admission.membership, named.owner)) throw new Problem('not-allowed');
    if (parts.repairs.has(board)) throw new Problem('repair');
    needRoom(parts, board, document, admission.membership.device);
    letIn(admission.membership, document);
    return c.body(null, 204);
  });
  return app;
}

/**
 * The close code by which a refused client is told; null: the upgrade is answered by plain HTTP. A browser
 * cannot read the status of a failed handshake, so what a person must be told comes as a close code; what
 * only a foreign page or a program can meet does not earn a socket.
 */
export function closeCodeFor(code: string): CloseCode | null {
  switch (code) {
    case 'ticket':
    case 'link-revoked':
    case 'board-reset':
      return closeCode.ticket;
    case 'not-allowed':
      return closeCode.notAllowed;
    case 'no-such-board':
      return closeCode.noSuchBoard;
    case 'stopping':
    case 'store':
    case 'internal':
    case 'board-full':
    case 'repair':
      return closeCode.busy;
    default:
      return null;
  }
}
