import { steadyWall } from '../time.ts';
import type { Membership } from '../access/membership.ts';
import { messageOf } from '../errors.ts';
import type { Clock } from '../live/clock.ts';
import { systemClock } from '../live/clock.ts';
import type { BoardRules, LiveBoards, RoomSessions } from '../live/contract.ts';
import type { Control } from '../../shared/wire/protocol.ts';
import type { Log } from '../log.ts';
import type { Store } from '../store/contract.ts';
import type { SessionParts } from './board-session.ts';
import { BoardSession } from './board-session.ts';
import { rulesIn } from './effects.ts';

export interface SessionsOptions {
  readonly store: Store;
  readonly log: Log;
  /** Clocks and timers, for tests that move time. */
  readonly clock?: Clock;
}

/** The number of sessions in memory above which idle ones are dropped, and after which time without a request. */
const maxInMemory = 500;
const idleAfterMs = 10 * 60_000;

interface Loaded {
  readonly session: Promise<BoardSession>;
  /** The session once it is loaded. */
  ready: BoardSession | null;
  usedAt: number;
}

/** The workshop sessions of all boards. Each is loaded when somebody needs it; those with a running timer, at start. */
export class Sessions implements RoomSessions {
  readonly #options: Required<SessionsOptions>;
  readonly #parts: SessionParts;
  readonly #sessions = new Map<string, Loaded>();
  #live: LiveBoards | null = null;

  constructor({ store, log, clock = systemClock }: SessionsOptions) {
    this.#options = { store, log, clock };
    this.#parts = { store, log, clock, now: steadyWall(clock), live: () => this.#rooms };
  }

  /** Connects the sessions with the open rooms, and starts the timers. Resolves when all of them are loaded. */
  async start(live: LiveBoards): Promise<void> {
    this.#live = live;
    const { store, log } = this.#options;
    const failed = (error: unknown) =>
      log.error({ error: messageOf(error) }, 'the timer of a board could not be started');
    const boards = await store.timedBoards().catch((error: unknown) => {
      failed(error);
      return [];
    });
    for (const board of boards) await this.of(board).catch(failed);
  }

  /** The session of a board. @throws if the store cannot be read */
  of(board: string): Promise<BoardSession> {
    const usedAt = this.#options.clock.now();
    const known = this.#sessions.get(board);
    if (known) {
      known.usedAt = usedAt;
      return known.session;
    }
    this.#dropIdle(usedAt);
    const loaded: Loaded = { session: BoardSession.load(board, this.#parts), ready: null, usedAt };
    this.#sessions.set(board, loaded);
    loaded.session.then(
      (session) => (loaded.ready = session),
      () => this.#sessions.delete(board),
    );
    return loaded.session;
  }

  async open(board: string): Promise<{ readonly isFrozen: boolean }> {
    const { isFrozen } = await this.of(board);
    return { isFrozen };
  }

  /** The rules of a board, for a room that opens. */
  async rulesOf(board: string): Promise<BoardRules> {
    return rulesIn((await this.of(board)).state);
  }

  isRemoved({ board, person }: Membership): boolean {
    return this.#ready(board)?.isRemoved(person) ?? false;
  }

  frameFor(membership: Membership): Control | null {
    const session = this.#ready(membership.board);
    return session && { kind: 'session', view: session.viewFor(session.roleOf(membership)) };
  }

  /** Adds a change that a rule of the guard refused to the log of the board's session. */
  noteRefused({ board, person }: Membership, rule: string): void {
    this.#ready(board)?.noteRefused(person, rule);
  }

  /** The board was deleted. */
  forget(board: string): void {
    this.#ready(board)?.forget();
    this.#sessions.delete(board);
  }

  /** Stores what is not stored yet, and stops the timers. */
  async close(): Promise<void> {
    const loaded = await Promise.allSettled([...this.#sessions.values()].map(({ session }) => session));
    await Promise.all(
      loaded.map((one) => (one.status === 'fulfilled' ? one.value.close() : Promise.resolve())),
    );
  }

  get #rooms(): LiveBoards {
    if (!this.#live) throw new Error('The sessions have not been started.');
    return this.#live;
  }

  #ready(board: string): BoardSession | null {
    return this.#sessions.get(board)?.ready ?? null;
  }

  /** Whoever comes to a board asks for its session first, so one with open rooms has been used or has people. */
  #dropIdle(now: number): void {
    if (this.#sessions.size < maxInMemory) return;
    for (const [board, { ready, usedAt }] of this.#sessions) {
      const isUsed = now - usedAt < idleAfterMs || !ready || ready.isBusy;
      if (!isUsed && this.#live?.socketCount(board) === 0) this.#sessions.delete(board);
    }
  }
}
