import { untrack } from 'svelte';
import * as v from 'valibot';
import { lanes } from '$shared/collections/lane.ts';
import { phases } from '$shared/collections/phase.ts';
import type { Power, Role } from '$shared/roles.ts';
import type { AgendaItem } from '$shared/session/agenda.ts';
import type { Policy } from '$shared/session/policy.ts';
import type { Act, Session } from '$shared/session/session.ts';
import type { LogLine, SessionView } from '$shared/session/view.ts';
import { sessionViewSchema } from '$shared/session/view.ts';
import type { AnyCollection } from '$shared/schema/collection.ts';
import type { Answer } from '../api/request.ts';
import { command, readLog, readSession } from '../api/session.ts';
import type { Board } from '../board.svelte.ts';
import type { Operation, PlaceOnMap } from '../rights.ts';
import { AgendaModel } from './agenda.svelte.ts';
import { ServerClock } from './clock.ts';
import type { Bounds, Limit, Ruled } from './rules.ts';
import { limitOf } from './rules.ts';
import type { TimerNow } from './timer.ts';
import { timerAt } from './timer.ts';

type Focus = Policy['focus'];

/** The server's routes of the session; tests pass their own. */
export interface SessionRoutes {
  readonly readSession: typeof readSession;
  readonly command: typeof command;
  readonly readLog: typeof readLog;
}

/**
 * The workshop session as the page's views see it: what the server said last, its clock, and what this person may do
 * now. It gives the connection the role that the session sets, which the server's next welcome has too. The owner must
 * call `close`.
 */
export class SessionModel {
  /** What the server said last; null before it has said anything. */
  view: SessionView | null = $state.raw(null);
  readonly agenda: AgendaModel;
  /** The facilitators' log, newest first; null until a facilitator's page has read it. */
  log: readonly LogLine[] | null = $state.raw(null);

  readonly #board: Board;
  readonly #self: string;
  readonly #routes: SessionRoutes;
  readonly #clock: ServerClock;
  /** Rises when the clock has changed, so that what shows time is computed again. */
  #clockSet = $state(0);
  /** True if the next state counts whatever its version: the socket is new, and the server may have been restored. */
  #isNew = true;
  readonly #stop: () => void;
  readonly #bounds: Bounds | null = $derived.by(() => {
    const { view } = this;
    return (
      view && {
        role: this.role,
        self: this.#self,
        policy: { ...view.policy, focus: this.#focusIn(view) },
        isFrozen: view.session.frozenBy !== null,
        isClosed: view.session.isClosed,
      }
    );
  });

  constructor(
    board: Board,
    self: string,
    routes: SessionRoutes = { readSession, command, readLog },
    agenda = new AgendaModel(board.id, self),
  ) {
    this.#board = board;
    this.#self = self;
    this.#routes = routes;
    this.agenda = agenda;
    this.#clock = new ServerClock(
      async () => {
        const answer = await routes.readSession(board.id, self);
        return answer.ok ? answer.value.now : null;
      },
      () => this.#clockSet++,
    );
    this.#stop = $effect.root(() => {
      $effect.pre(() => {
        const { session } = board.connection;
        untrack(() => this.#take(session));
      });
      $effect(() => {
        const version = this.view?.agenda;
        if (version !== undefined) this.agenda.receive(version);
      });
      // A facilitator's page reads what others have done each time that something was done.
      $effect(() => {
        void this.view?.session.version;
        if (this.view && this.role === 'facilitator') untrack(() => void this.readLog());
      });
    });
  }

  get role(): Role {
    return this.#board.connection.role ?? 'observer';
  }

  get session(): Session | null {
    return this.view?.session ?? null;
  }

  /** The running item; null while none runs. */
  get item(): AgendaItem | null {
    return this.view?.item ?? null;
  }

  /** The server's time, in milliseconds since 1970; null until it is known. */
  now(): number | null {
    void this.#clockSet;
    return this.#clock.now();
  }

  /** The timer at this moment. */
  timer(): TimerNow {
    return this.view ? timerAt(this.view.session.timer, this.now()) : { state: 'off' };
  }

  /** Why this person may not do this to these records now; null if they may, as far as the session says. */
  limit(operation: Operation, of: AnyCollection, ids: readonly string[], place?: PlaceOnMap): Limit | null {
    if (this.role === 'participant' && this.#isLocked(of, ids, place)) return 'locked';
    const bounds = this.#bounds;
    if (!bounds) return null;
    const records = ids.map((id): Ruled => this.#board.of(of).get(id) ?? {});
    return limitOf(bounds, operation, records, place);
  }

  /** True if the person's role has this power, and the session takes it away for now. */
  bars(power: Power): boolean {
    return (power === 'write' || power === 'structure') && this.#bounds?.isFrozen === true;
  }

  /**
   * Does an act. Acts that depend on the running item say which one this page shows, so that of two facilitators who
   * press at once, the second is told.
   */
  async do(act: Act): Promise<Answer<unknown>> {
    const from = dependsOnItem(act) ? (this.session?.item ?? null) : undefined;
    return this.#routes.command(this.#board.id, this.#self, act, from);
  }

  async readLog(): Promise<void> {
    const answer = await this.#routes.readLog(this.#board.id, this.#self);
    if (answer.ok) this.log = answer.value;
  }

  close(): void {
    this.#stop();
    this.#clock.close();
  }

  /** True if one of these records is locked, or is or would be in a locked lane. The same as G37 in docs/SYNC.md. */
  #isLocked(of: AnyCollection, ids: readonly string[], place?: PlaceOnMap): boolean {
    const records = ids.map((id): Ruled => this.#board.of(of).get(id) ?? {});
    if (records.some(({ locked }) => locked)) return true;
    const within = [place, ...records.map((record) => record.place)].flatMap((one) => one?.lane ?? []);
    return within.some((lane) => this.#board.of(lanes).get(lane)?.locked);
  }

  /** The lanes and phases in focus that the board still has. If none is left, all are in focus. */
  #focusIn({ policy: { focus } }: SessionView): Focus {
    return {
      lanes: focus.lanes.filter((id) => this.#board.of(lanes).get(id)),
      phases: focus.phases.filter((id) => this.#board.of(phases).get(id)),
    };
  }

  #take(told: unknown): void {
    // The server has welcomed this page anew, and the state follows.
    if (told === null) this.#isNew = true;
    if (!v.is(sessionViewSchema, told)) return;
    if (!this.#isNew && this.view && told.session.version < this.view.session.version) return;
    if (this.#isNew) void this.#clock.measure();
    this.#isNew = false;
    this.#clock.receive(told.now);
    this.view = told;
    const role = told.session.roles[this.#self];
    if (role) this.#board.connection.role = role;
  }
}

function dependsOnItem(act: Act): boolean {
  return ['start', 'next', 'back', 'skip', 'finish', 'override'].includes(act.do);
}
