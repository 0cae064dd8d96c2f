import type { Presence } from '$shared/wire/presence.ts';
import type { Clock } from '../../ui/held-order.svelte.ts';

type Where = ReadonlyMap<string, Pick<Presence, 'follows'>>;

/** Time in which a leader whose page reloads, or whose connection breaks, may come back. */
export const returnMs = 60_000;

/**
 * Why following ends: `stopped` by its button or by Escape, `moved` by an own scroll, press or key, `gone` because the
 * leader has left, `ring` because the leader follows back, perhaps through others.
 */
export type FollowEnd = 'stopped' | 'moved' | 'gone' | 'ring';

export interface FollowParts {
  readonly self: string;
  readonly clock: Clock;
  /** Tells others whom this person follows; null for nobody. */
  readonly tell: (leader: string | null) => void;
  readonly ended: (leader: string, why: FollowEnd) => void;
}

/** Whom this person follows. It knows people and time; `Together` moves the page. */
export class Follow {
  readonly #parts: FollowParts;
  #leader: string | null = $state(null);
  #isAway = $state(false);
  #stopWaiting: (() => void) | null = null;
  /** Who followed this person when presence last changed. */
  #followers: ReadonlySet<string> = new Set();

  constructor(parts: FollowParts) {
    this.#parts = parts;
  }

  /** The person whom this person follows; null for nobody. */
  get leader(): string | null {
    return this.#leader;
  }

  /** True while the leader is gone and may come back. */
  get isAway(): boolean {
    return this.#isAway;
  }

  /** Follows a person, instead of another. */
  start(leader: string, where: Where): void {
    if (leader === this.#parts.self || leader === this.#leader) return;
    this.#endWait();
    this.#leader = leader;
    // Those who follow now do not end it. Their pages see the ring and end theirs: the last press counts.
    this.#followers = followersOf(this.#parts.self, where);
    this.#parts.tell(leader);
  }

  stop(why: FollowEnd): void {
    const leader = this.#leader;
    if (leader === null) return;
    this.#endWait();
    this.#leader = null;
    this.#parts.tell(null);
    this.#parts.ended(leader, why);
  }

  /**
   * Presence or the connection has changed.
   * @param isConnected false while this page has no connection: it then knows nothing of others
   */
  update(where: Where, isConnected: boolean): void {
    const before = this.#followers;
    this.#followers = followersOf(this.#parts.self, where);
    if (this.#leader === null) return;
    const closer = ringCloser(where, this.#leader, this.#parts.self);
    if (closer !== null && !before.has(closer)) return this.stop('ring');
    if (where.has(this.#leader) || !isConnected) return this.#endWait();
    if (this.#stopWaiting) return;
    this.#isAway = true;
    this.#stopWaiting = this.#parts.clock.after(returnMs, () => this.stop('gone'));
  }

  close(): void {
    this.#endWait();
  }

  #endWait(): void {
    this.#stopWaiting?.();
    this.#stopWaiting = null;
    this.#isAway = false;
  }
}

function followersOf(person: string, where: Where): ReadonlySet<string> {
  return new Set([...where].filter(([, { follows }]) => follows === person).map(([one]) => one));
}

/** The person through whom a chain from `leader` comes back to `self`; null if it does not. */
export function ringCloser(where: Where, leader: string, self: string): string | null {
  const seen = new Set<string>();
  let at: string | null = leader;
  while (at !== null && !seen.has(at)) {
    seen.add(at);
    const next: string | null = where.get(at)?.follows ?? null;
    if (next === self) return at;
    at = next;
  }
  return null;
}
