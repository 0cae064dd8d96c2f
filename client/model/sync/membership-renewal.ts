import type { Answer } from '../api/request.ts';
import { onWake, Stopwatch } from './wake.ts';

/** A seat is good for 12 hours; a page that stays open renews it long before. */
const renewMs = 4 * 3_600_000;

/** How often it is looked whether it is time, and how soon a server that could not answer is asked again. */
const lookMs = 5 * 60_000;

/** Renews a membership as long as the page is open, also when it was asleep at the time for it. Returns how to stop. */
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

/** Whether the server may answer otherwise soon: it was not reached, is stopping, or has heard too many at once. */
function mayPass(status: number): boolean {
  return status === 0 || status === 429 || status >= 500;
}
