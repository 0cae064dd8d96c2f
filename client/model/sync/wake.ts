/**
 * Measures what has passed by the larger of two clocks. `performance.now` stands still while some machines sleep;
 * `Date.now` goes on, and may be set in either direction. So it may tell too much, and hardly ever too little: it is
 * for what does no harm when it comes too early.
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

/** How often the clocks are looked at. */
const lookMs = 3_000;

/** A page in sight that has not looked for so long was asleep. */
const asleepMs = 15_000;

/** Browsers run the timers of hidden pages once a minute, which is no sleep. */
const hiddenAsleepMs = 90_000;

/**
 * Calls `woken` when the page runs again after the machine has slept or the browser has frozen it; also where only
 * the wall clock was set on, which looks the same. Returns how to stop.
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
