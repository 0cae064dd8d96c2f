import type { SessionModel } from './session.svelte.ts';
import type { TimerNow } from './timer.ts';
import { untilNextSecond } from './timer.ts';

/** Past the change of the shown second, so that rounding cannot show the old one again. */
const afterMs = 5;

/**
 * The timer of a session as it counts down. The time comes from the server's clock each time; the page's own timers
 * only say when to look at it again.
 */
export class Countdown {
  readonly now: TimerNow = $derived.by(() => {
    void this.#looked;
    return this.#session.timer();
  });

  readonly #session: SessionModel;
  #looked = $state(0);
  readonly #stop: () => void;

  constructor(session: SessionModel) {
    this.#session = session;
    const look = () => this.#looked++;
    // Browsers delay the timers of hidden pages.
    document.addEventListener('visibilitychange', look);
    const stop = $effect.root(() => {
      $effect(() => {
        if (this.now.state !== 'running') return;
        const timer = setTimeout(look, untilNextSecond(this.now.leftMs) + afterMs);
        return () => clearTimeout(timer);
      });
    });
    this.#stop = () => {
      stop();
      document.removeEventListener('visibilitychange', look);
    };
  }

  close(): void {
    this.#stop();
  }
}
