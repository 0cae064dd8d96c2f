/**
 * Measures elapsed time by the larger of two clocks. `performance.now` stops while some machines sleep. `Date.now`
 * continues, and may be set in either direction. So the result may be too large, and is hardly ever too small. Use it
 * where acting too early does no harm.
 */
export class Stopwatch {
  #passed = performance.now();
  #wall = Date.now();

  get ms(): number {
    return Math.max(performance.now() - this.#passed, Date.now() - this.#wall);
  }

  restart(): void {
    this.#passed = performance.now();
    this.#wall = Date.now();
  }
}

/** How often the clocks are read. */
const lookMs = 3_000;

/** A visible page whose timer has not run for this long was asleep. */
const asleepMs = 15_000;

/** Browsers run the timers of hidden pages once a minute, which is not sleep. */
const hiddenAsleepMs = 90_000;

/**
 * Calls `woken` when the page runs again after the machine has slept or the browser has frozen it. Also calls it when
 * only the wall clock was set forward, which looks the same. Returns a function that stops it.
 */
export function onWake(woken: () => void): () => void {
  const since = new Stopwatch();
  let wasHidden = document.hidden;
  const look = () => {
    const isAwake = since.ms < (wasHidden ? hiddenAsleepMs : asleepMs);
    since.restart();
    wasHidden = document.hidden;
    if (!isAwake) woken();
  };
  const timer = setInterval(look, lookMs);
  document.addEventListener('visibilitychange', look);
  document.addEventListener('resume', look);
  return () => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', look);
    document.removeEventListener('resume', look);
  };
}
