import type { BoardRecord } from '../../server/store/contract.ts';

/** A board record for tests. */
export function boardRecord(id: string, title = 'A day with Lövtåg'): BoardRecord {
  const links = [{ id: 'l1', role: 'facilitator', hash: 'h1', createdAt: 1, revokedAt: null }] as const;
  const about = { id, title, template: 'demo', language: 'en', start: 'map', createdAt: 1 } as const;
  return { ...about, links, generation: 1, frozen: false };
}
