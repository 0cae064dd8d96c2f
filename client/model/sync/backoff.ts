/** The first wait; each one after it is twice as long, as y-websocket has it. */
const firstMs = 200;

/** The longest wait: long enough for a server that is busy, short enough for someone who looks at the page. */
const longestMs = 8_000;

/** The least share of a wait: so that the longest ones lie between 2 and 8 s. */
const leastShare = 0.25;

/**
 * Milliseconds until the next try to reconnect, after so many (from 1) that led nowhere. `random` (0 to 1)
 * spreads the pages that lost a server at one moment, so that they do not come back as a herd.
 */
export function waitMs(tries: number, random: number): number {
  const most = Math.min(firstMs * 2 ** (tries - 1), longestMs);
  return most * (leastShare + (1 - leastShare) * random);
}
