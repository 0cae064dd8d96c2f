/** The first wait. Each later one is twice as long, as in y-websocket. */
const firstMs = 200;

/** The longest wait: long enough for a busy server, short enough for a person who is watching the page. */
const longestMs = 8_000;

/** The smallest share of a wait. The longest waits thus lie between 2 and 8 s. */
const leastShare = 0.25;

/**
 * Milliseconds until the next attempt to reconnect, after `tries` (from 1) failed ones. `random` (0 to 1) spreads the
 * pages that lost a server at one moment, so that they do not all come back at once.
 */
export function waitMs(tries: number, random: number): number {
  const most = Math.min(firstMs * 2 ** (tries - 1), longestMs);
  return most * (leastShare + (1 - leastShare) * random);
}
