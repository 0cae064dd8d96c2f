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
import type { ProblemCode } from './problem.ts';
import { Problem } from './problem.ts';

/**
 * `/sync/:board/:document`: the one place that decides an upgrade, before a socket exists. The decision reaches
 * `upgrade.ts` through the `upgrade` binding: `admit` here, `refuse` where the app answers the thrown Problem.
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
    const { upgrade } = bindingsOf(c);
    if (!upgrade) throw new Problem('upgrade', { headers: { upgrade: 'websocket' } });
    needRunning(parts);
    const token = c.req.query('token');
    // A browser sends its origin with every upgrade. A cookie without an origin is not from a page, so it does not
    // count.
    const offered = token !== undefined ? [token] : origin !== undefined ? membershipTokens(c) : [];
    const admission = await admit(parts, board, offered);
    if (admission.kind === 'refused') {
      if (admission.isAhead)
        parts.log.error(
          { board },
          'the record of a board is older than a token for it: a backup has replaced it',
        );
      throw new Problem(admission.code);
    }
    // Decided by name and member alone, so that the answer does not reveal whether the document exists.
    const { membership, role } = admission;
    if (!named.definition.reads({ person: membership.person, role }, named.owner))
      throw new Problem('not-allowed');
    if (parts.repairs.has(board)) throw new Problem('repair');
    needRoom(parts, board, document, membership.device);
    upgrade.admit(membership, document);
    return c.body(null, 204);
  });
  return app;
}

/**
 * The close code that tells a client why it is refused; null to answer the upgrade with plain HTTP. A browser cannot
 * read the status of a failed handshake. So a reason that a person needs to know is sent as a close code. A reason that
 * only a foreign page or a program can cause gets no socket.
 */
export function closeCodeFor(code: ProblemCode): CloseCode | null {
  switch (code) {
    case 'ticket':
    case 'link-revoked':
    case 'board-reset':
    case 'removed':
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
