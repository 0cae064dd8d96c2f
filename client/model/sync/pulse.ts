import type { WebsocketProvider } from 'y-websocket';
import { frameKind } from '$shared/wire/protocol.ts';

/** How often the link and presence are checked. Browsers do it once a minute in a hidden page. */
const lookMs = 3_000;

/** Stock clients drop a peer that has been silent for 30 s. */
const renewMs = 15_000;

/** The server is never silent for more than 12 s. After this time the page asks it. */
const silentMs = 21_000;

/**
 * Time for the answer. With the silence before and the checks, this is as long as the stock provider waits: 30 to 33 s.
 */
const answerMs = 5_000;

/** After a sleep the link is more likely dead, and a person is waiting. */
const wokenAnswerMs = 2_000;

interface Question {
  readonly at: number;
  readonly patienceMs: number;
  isOverdue: boolean;
}

/**
 * Keeps the link and this page's presence alive. It replaces the timers of `y-websocket` and `y-protocols`, which use
 * the wall clock. When that clock is set forward, they drop a good link and everyone's presence. When it is set back,
 * they miss a dead link and this page falls silent.
 *
 * Presence never expires here. The server reports who has left, also to pages that missed some of it.
 */
export class Pulse {
  readonly #provider: WebsocketProvider;
  readonly #reconnect: () => void;
  readonly #timer: ReturnType<typeof setInterval>;
  #heardAt = performance.now();
  #saidAt = performance.now();
  /** The question that the server has not answered yet. */
  #question: Question | null = null;

  /** Create this after the provider has all its message handlers. `reconnect` is called when the link is dead. */
  constructor(provider: WebsocketProvider, reconnect: () => void) {
    this.#provider = provider;
    this.#reconnect = reconnect;
    const { awareness } = provider;
    clearInterval(provider._checkInterval as number);
    clearInterval(awareness._checkInterval as number);
    provider.messageHandlers = provider.messageHandlers.map((handle) => (...message) => {
      this.#receive();
      handle(...message);
    });
    provider.on('status', () => this.#begin());
    awareness.on('update', (changed: Record<'added' | 'updated' | 'removed', number[]>) => {
      if (Object.values(changed).some((clients) => clients.includes(awareness.clientID)))
        this.#saidAt = performance.now();
    });
    this.#timer = setInterval(() => this.#look(), lookMs);
  }

  /** Asks the server whether it is reachable: the machine has slept, or is on another network. */
  ask(patienceMs = wokenAnswerMs): void {
    const { ws, wsconnected } = this.#provider;
    if (!ws || !wsconnected) return;
    this.#question = { at: performance.now(), patienceMs, isOverdue: false };
    // Asks for presence, which any server that knows the protocol answers at once.
    ws.send(new Uint8Array([frameKind.queryAwareness]));
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #begin(): void {
    this.#heardAt = performance.now();
    this.#question = null;
  }

  #receive(): void {
    this.#begin();
    // In a hidden page frames arrive on time, but timers do not.
    this.#renew();
  }

  #look(): void {
    this.#renew();
    if (!this.#provider.wsconnected) return;
    const now = performance.now();
    const asked = this.#question;
    if (!asked) {
      if (now - this.#heardAt >= silentMs) this.ask(answerMs);
    } else if (asked.isOverdue) this.#reconnect();
    // Allows one more check: after a page has hung, its timers may fire before the frames that arrived meanwhile.
    else asked.isOverdue = now - asked.at >= asked.patienceMs;
  }

  #renew(): void {
    const { awareness } = this.#provider;
    const state = awareness.getLocalState();
    if (state !== null && performance.now() - this.#saidAt >= renewMs) awareness.setLocalState(state);
  }
}
