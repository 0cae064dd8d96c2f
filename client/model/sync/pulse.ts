import type { WebsocketProvider } from 'y-websocket';
import { frameKind } from '$shared/wire/protocol.ts';

/** How often link and presence are looked after. Browsers make it once a minute in a page that is hidden. */
const lookMs = 3_000;

/** Stock clients forget whoever has not spoken for 30 s. */
const renewMs = 15_000;

/** The server is never silent for more than 12 s: past this it is asked. */
const silentMs = 21_000;

/** So long it has to answer. With the silence before and the looks, the stock provider waits as long: 30 to 33 s. */
const answerMs = 5_000;

/** After a sleep it is likelier that the link is dead, and somebody waits before the screen. */
const wokenAnswerMs = 2_000;

interface Question {
  readonly at: number;
  readonly patienceMs: number;
  isOverdue: boolean;
}

/**
 * Sees to it that the link lives and that the others know of this page. It takes the place of the timers of
 * `y-websocket` and `y-protocols`, which go by the wall clock: set on, it drops a good link and everybody's
 * presence; set back, a dead link goes unnoticed and this page falls silent.
 *
 * Nobody's presence runs out here. The server tells who is gone, also to whoever has missed some of it.
 */
export class Pulse {
  readonly #provider: WebsocketProvider;
  readonly #reconnect: () => void;
  readonly #timer: ReturnType<typeof setInterval>;
  #heardAt = performance.now();
  #saidAt = performance.now();
  /** What the server was asked and has not answered. */
  #question: Question | null = null;

  /** To be made when the provider has all its message handlers. `reconnect`: called when the link is dead. */
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

  /** Asks the server whether it is there: the machine has slept, or is on another net. */
  ask(patienceMs = wokenAnswerMs): void {
    const { ws, wsconnected } = this.#provider;
    if (!ws || !wsconnected) return;
    this.#question = { at: performance.now(), patienceMs, isOverdue: false };
    // Who is there: answered at once, and by any server that knows the protocol.
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
    // Frames come in time where timers do not, in a page that is hidden.
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
    // It has one look more: after a page has hung, its timers may come before what has arrived meanwhile.
    else asked.isOverdue = now - asked.at >= asked.patienceMs;
  }

  #renew(): void {
    const { awareness } = this.#provider;
    const state = awareness.getLocalState();
    if (state !== null && performance.now() - this.#saidAt >= renewMs) awareness.setLocalState(state);
  }
}
