import type { Role } from '../../shared/roles.ts';
import { roles } from '../../shared/roles.ts';
import { readyAgenda } from '../../shared/session/ready-agendas.ts';
import { demoLink } from '../access/links.ts';
import { newRecord } from '../session/new-record.ts';
import type { LinkRecord, Store } from '../store/contract.ts';
import { buildTemplate } from './template.ts';

const id = 'lovtag';

/** A link of the demo board. A facilitator may have turned it off; it then stays off. */
export interface DemoLink {
  readonly role: Role;
  readonly secret: string;
  readonly isRevoked: boolean;
}

/** Ensures that the demo board exists and that its own links open it. What people did on it stays. */
export async function ensureDemoBoard(store: Store, now: number): Promise<DemoLink[]> {
  const links = roles.map((role) => demoLink(store.secret, id, role, now));
  const records = links.map((link) => link.record);
  let board = await store.board(id);
  if (!board) {
    const { state, start } = buildTemplate('demo', 'en');
    const title = 'A day with Lövtåg';
    const about = { id, title, template: 'demo', language: 'en', start, createdAt: now };
    board = { ...about, links: records, generation: 1, frozen: false };
    await store.createBoard(board, state);
    // The last step of the method, an idea session. All cards are by invented people, so everybody may change them.
    await store.keepSession(id, newRecord('everything', await readyAgenda('ideas')));
  } else if (missing(records, board.links).length > 0) {
    // The installation's secret has changed since the board was made: the data folder was moved only in part.
    board = await store.changeBoard(id, (was) => ({
      ...was,
      links: [...was.links, ...missing(records, was.links)],
    }));
  }
  const kept = board?.links ?? [];
  return links.map(({ secret, record }) => ({
    role: record.role,
    secret,
    isRevoked: kept.some((link) => link.hash === record.hash && link.revokedAt !== null),
  }));
}

function missing(wanted: readonly LinkRecord[], there: readonly LinkRecord[]): LinkRecord[] {
  return wanted.filter((link) => !there.some((one) => one.hash === link.hash));
}
