import type { Role } from '../roles.ts';
import type { Agenda, AgendaItem } from './agenda.ts';
import type { Policy } from './policy.ts';
import { changedPolicy, isCoherent, presets } from './policy.ts';
import type { Command, Session, Timer } from './session.ts';
import { policyNow } from './session.ts';

/**
 * The transitions of a session: pure, with the time as an argument, so that a table and a random walk can test them. The
 * server runs them one after the other and stores the result before anybody hears of it.
 */

/** Why a session refuses an act. The interface has a message for each. */
export const sessionRefusals = [
  /** Somebody else has gone to another item meanwhile. */
  'session-moved',
  /** The session is in a state in which this cannot be done. */
  'not-now',
  'no-such-item',
  /** The last facilitator stays one. */
  'last-facilitator',
  /** Who may add must be able to change, move and remove what is their own. */
  'incoherent-policy',
] as const;
export type SessionRefusal = (typeof sessionRefusals)[number];

/** What a transition depends on beside the session. */
export interface Scene {
  readonly agenda: Agenda;
  /** The person who acts. */
  readonly by: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** A person's role now; null for somebody whom the board does not know. */
  readonly roleOf: (person: string) => Role | null;
  /** The people who are facilitators now and may come in. */
  readonly facilitators: readonly string[];
}

export type Outcome = { readonly session: Session } | { readonly refused: SessionRefusal };

/** The most runs that a session keeps; the oldest go first. */
const maxRuns = 500;
/** Least time that remains when time is taken away. */
const minLeftMs = 0;

/** Applies an act. An act without effect, as to freeze what is frozen, is refused: somebody else was faster. */
export function act(session: Session, command: Command, scene: Scene): Outcome {
  if (command.from !== undefined && command.from !== session.item) return { refused: 'session-moved' };
  const next = applied(session, command, scene);
  return typeof next === 'string'
    ? { refused: next }
    : { session: { ...next, version: session.version + 1 } };
}

function applied(session: Session, command: Command, scene: Scene): Session | SessionRefusal {
  switch (command.do) {
    case 'start':
      return started(session, itemOf(scene.agenda, command.item), scene);
    case 'next':
    case 'back': {
      const step = command.do === 'next' ? 1 : -1;
      const at = scene.agenda.items.findIndex(({ id }) => id === session.item);
      // With no item running, the first begins.
      if (at === -1 && step === -1) return 'not-now';
      const to = scene.agenda.items[at + step];
      return to ? started(session, to, scene) : 'not-now';
    }
    case 'skip': {
      if (!itemOf(scene.agenda, command.item)) return 'no-such-item';
      if (session.skipped.includes(command.item)) return 'not-now';
      const ended = session.item === command.item ? idle(session, scene.now) : session;
      return { ...ended, skipped: [...ended.skipped, command.item] };
    }
    case 'finish':
      return session.item === null ? 'not-now' : idle(session, scene.now);
    case 'timer-start':
      return {
        ...session,
        timer: { state: 'running', endsAt: scene.now + command.minutes * 60_000 },
        isClosed: false,
      };
    case 'timer-add': {
      const timer = added(session.timer, command.seconds * 1_000, scene.now);
      return timer ? { ...session, timer, isClosed: timer.state === 'over' && session.isClosed } : 'not-now';
    }
    case 'timer-hold':
      if (session.timer.state !== 'running') return 'not-now';
      return {
        ...session,
        timer: { state: 'held', leftMs: Math.max(minLeftMs, session.timer.endsAt - scene.now) },
      };
    case 'timer-resume':
      if (session.timer.state !== 'held') return 'not-now';
      return { ...session, timer: { state: 'running', endsAt: scene.now + session.timer.leftMs } };
    case 'timer-stop':
      return session.timer.state === 'off'
        ? 'not-now'
        : { ...session, timer: { state: 'off' }, isClosed: false };
    case 'override': {
      const item = itemOf(scene.agenda, session.item);
      if (!item) return 'not-now';
      if (!isCoherent(policyOf(item, command.change))) return 'incoherent-policy';
      return { ...session, override: command.change, isClosed: false };
    }
    case 'idle':
      return session.idle === command.to ? 'not-now' : { ...session, idle: command.to };
    case 'freeze':
      return session.frozenBy === null ? { ...session, frozenBy: scene.by } : 'not-now';
    case 'thaw':
      return session.frozenBy === null ? 'not-now' : { ...session, frozenBy: null };
    case 'observers':
      return session.observers === command.to ? 'not-now' : { ...session, observers: command.to };
    case 'role':
      return withRole(session, command.person, command.to, scene);
    case 'remove': {
      if (session.removed.includes(command.person) || scene.roleOf(command.person) === null) return 'not-now';
      if (isLastFacilitator(command.person, scene)) return 'last-facilitator';
      return { ...session, removed: [...session.removed, command.person] };
    }
    case 'admit':
      if (!session.removed.includes(command.person)) return 'not-now';
      return { ...session, removed: session.removed.filter((person) => person !== command.person) };
    case 'door':
      return session.isDoorClosed === command.isClosed
        ? 'not-now'
        : { ...session, isDoorClosed: command.isClosed };
    case 'bring':
      return { ...session, brought: { to: command.to, by: scene.by, at: scene.now } };
    case 'present':
      if (command.to === null && session.presented === null) return 'not-now';
      return { ...session, presented: command.to && { to: command.to, by: scene.by } };
  }
}

/** Ends the timer if its time is up; null if nothing is due. The server calls it when due, and when a board is loaded. */
export function timeUp(session: Session, agenda: Agenda, now: number): Session | null {
  if (session.timer.state !== 'running' || session.timer.endsAt > now) return null;
  const item = itemOf(agenda, session.item);
  return {
    ...session,
    version: session.version + 1,
    timer: { state: 'over', at: session.timer.endsAt },
    isClosed: item?.atEnd === 'read-only',
  };
}

/** The agenda has changed: an item that no longer exists stops. Null if the session does not change. */
export function agendaChanged(session: Session, agenda: Agenda, now: number): Session | null {
  if (session.item === null || itemOf(agenda, session.item)) return null;
  return { ...idle(session, now), version: session.version + 1 };
}

/** The policy of an item with a facilitator's changes to it. */
export function policyOf(item: AgendaItem, override: Session['override']): Policy {
  return changedPolicy(presets[item.preset], item.change, override);
}

/** What participants may do now. */
export function policyIn(session: Session, agenda: Agenda): Policy {
  const item = itemOf(agenda, session.item);
  return policyNow(session, item?.preset ?? null, item?.change ?? {});
}

/** An item by its id; undefined if there is none. */
export function itemOf(agenda: Agenda, id: string | null): AgendaItem | undefined {
  return agenda.items.find((item) => item.id === id);
}

/** How far an item is: it runs, has run, was passed over, or has not begun. */
export type ItemStatus = 'not-begun' | 'running' | 'done' | 'skipped';

export function statusOf(session: Session, item: string): ItemStatus {
  if (session.item === item) return 'running';
  if (session.skipped.includes(item)) return 'skipped';
  return session.runs.some((run) => run.item === item) ? 'done' : 'not-begun';
}

/** The milliseconds that an item has run, all its runs together. */
export function ranMs(session: Session, item: string, now: number): number {
  return session.runs.reduce((sum, run) => sum + (run.item === item ? (run.to ?? now) - run.from : 0), 0);
}

function started(
  session: Session,
  item: AgendaItem | undefined,
  { now, by }: Scene,
): Session | SessionRefusal {
  if (!item) return 'no-such-item';
  if (session.item === item.id) return 'not-now';
  const ended = idle(session, now);
  return {
    ...ended,
    item: item.id,
    timer: { state: 'running', endsAt: now + item.minutes * 60_000 },
    runs: [...ended.runs, { item: item.id, from: now, to: null }].slice(-maxRuns),
    skipped: ended.skipped.filter((id) => id !== item.id),
    brought: item.view === null ? null : { to: { view: item.view, record: null }, by, at: now },
  };
}

/** No item runs any more. What a facilitator set for the item alone ends with it. */
function idle(session: Session, now: number): Session {
  return {
    ...session,
    item: null,
    override: {},
    timer: { state: 'off' },
    isClosed: false,
    runs: session.runs.map((run) => (run.to === null ? { ...run, to: now } : run)),
    brought: null,
    presented: null,
  };
}

/** A timer with more or less time; null if there is none. More time starts one that is over again. */
function added(timer: Timer, ms: number, now: number): Timer | null {
  switch (timer.state) {
    case 'off':
      return null;
    case 'running':
      return { state: 'running', endsAt: Math.max(now + minLeftMs, timer.endsAt + ms) };
    case 'held':
      return { state: 'held', leftMs: Math.max(minLeftMs, timer.leftMs + ms) };
    case 'over':
      return ms > 0 ? { state: 'running', endsAt: now + ms } : null;
  }
}

function withRole(session: Session, person: string, to: Role, scene: Scene): Session | SessionRefusal {
  const role = scene.roleOf(person);
  if (role === null || role === to) return 'not-now';
  if (role === 'facilitator' && isLastFacilitator(person, scene)) return 'last-facilitator';
  return { ...session, roles: { ...session.roles, [person]: to } };
}

function isLastFacilitator(person: string, { facilitators }: Scene): boolean {
  return facilitators.length === 1 && facilitators[0] === person;
}
