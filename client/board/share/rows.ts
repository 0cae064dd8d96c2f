import type { LinkFacts } from '../../model/api/links.ts';
import type { KeptLink } from '../../model/device/memory.ts';
import type { Role } from '$shared/roles.ts';

/** A link of a role as the share panel shows it. */
export interface LinkRow {
  /** The server's id; null if it could be any of several. */
  readonly id: string | null;
  /** The link itself; null if this device has never had it. */
  readonly link: string | null;
  /** Milliseconds since 1970; null where unknown. */
  readonly createdAt: number | null;
}

/**
 * Merges what the server lists of a role's links (ids, no secrets) with what this device knows (secrets, not always
 * ids). If one link without an id and one unmatched link of the server are left, they are the same. If the server has
 * no unmatched link left, a link without an id was turned off and is not shown.
 */
export function linkRows(
  role: Role,
  facts: readonly LinkFacts[],
  kept: readonly KeptLink[],
): readonly LinkRow[] {
  const valid = facts.filter((fact) => fact.role === role && fact.revokedAt === null);
  const ours = kept.filter((link) => link.role === role);
  const claimed = new Map(ours.filter((link) => link.id !== '').map((link) => [link.id, link.link]));
  const unclaimed = valid.filter((fact) => !claimed.has(fact.id));
  const nameless = ours.filter((link) => link.id === '');
  const only = unclaimed.length === 1 && nameless.length === 1 ? nameless[0] : undefined;
  const rows: LinkRow[] = valid.map((fact) => ({
    id: fact.id,
    link: claimed.get(fact.id) ?? (fact === unclaimed[0] ? (only?.link ?? null) : null),
    createdAt: fact.createdAt,
  }));
  if (only === undefined && unclaimed.length > 0) {
    rows.unshift(...nameless.map((link) => ({ id: null, link: link.link, createdAt: null })));
  }
  // Links that can be copied come first.
  return rows.sort((a, b) => Number(b.link !== null) - Number(a.link !== null));
}
