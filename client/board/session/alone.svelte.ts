import type { SessionParts } from './session-parts.svelte.ts';

/** A facilitator who reloads the page is back sooner. */
const afterMs = 60_000;

/** Notes whether no facilitator has been on the board for a minute. Call it in an effect. */
export function watchLeaders(parts: SessionParts): void {
  const isLed = $derived(
    parts.isLeader ||
      parts.workspace.board.presence.people.some((id) => {
        const role = parts.model.session?.roles[id] ?? parts.workspace.person(id).role;
        return role === 'facilitator';
      }),
  );
  $effect(() => {
    parts.isAlone = false;
    if (isLed) return;
    const timer = setTimeout(() => (parts.isAlone = true), afterMs);
    return () => clearTimeout(timer);
  });
}
