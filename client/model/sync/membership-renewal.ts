import type { Answer } from '../api/request.ts';
import { onWake, Stopwatch } from './wake.ts';

/** A token lasts 12 hours. A page that stays open renews it long before. */
const renewMs = 4 * 3_600_000;

/** How often the page checks whether a renewal is due, and how soon it retries when the server could not answer. */
const lookMs = 5 * 60_000;

/**
 * Renews a membership while the page is open, and after a sleep that spanned the due time. Returns a function that
 * stops it.
 */
export function keepMembership(renew: () => Promise<Answer<unknown>>): () => void {
  const since = new Stopwatch();
  let isAsking = false;
  const look = async () => {
    if (isAsking || since.ms < renewMs) return;
    isAsking = true;
    const answer = await renew();
    isAsking = false;
    if (answer.ok || !mayPass(answer.status)) since.restart();
  };
  const timer = setInterval(() => void look(), lookMs);
  const stopWaking = onWake(() => void look());
  return () => {
    clearInterval(timer);
    stopWaking();
  };
}

/** True if the server may soon answer otherwise: it was unreachable, is stopping, or is limiting requests. */
function mayPass(status: number): boolean {
  return status === 0 || status === 429 || status >= 500;
}
