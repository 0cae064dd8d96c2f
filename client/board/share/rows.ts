import type { LinkFacts } from '../../model/api/links.ts';
import type { KeptLink } from '../../model/device/memory.ts';
import type { Role } from '$shared/roles.ts';

/** A link of a role as the share panel shows it. */
export interface LinkRow {
  /** The server's id; null where it cannot be told which of several it is. */
  readonly id: string | null;
  /** The link itself; null where this device has never seen it. */
  readonly link: string | null;
  /** Milliseconds since 1970; null where unknown. */
  readonly createdAt: number | null;
}

/**
 * Brings together what the server knows of a role's links (ids, no secrets) and what this device knows
 * (secrets, not always ids). A kept link whose id is unknown is the server's only unclaimed one, if there is
 * just one; with none unclaimed it has been withdrawn, and is not shown.
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
  // What one can copy comes first.
  return rows.sort((a, b) => Number(b.link !== null) - Number(a.link !== null));
}
