import type { Role } from '../../shared/roles.ts';
import type { Agenda, AgendaItem } from '../../shared/session/agenda.ts';
import { isCoherent } from '../../shared/session/policy.ts';
import type { Act, Command, Session } from '../../shared/session/session.ts';
import { roleNow } from '../../shared/session/session.ts';
import type { Scene, SessionRefusal } from '../../shared/session/transitions.ts';
import { act, agendaChanged, policyOf, timeUp } from '../../shared/session/transitions.ts';
import type { LogLine, SessionView } from '../../shared/session/view.ts';
import type { Membership } from '../access/membership.ts';
import { messageOf } from '../errors.ts';
import { Bucket } from '../live/bucket.ts';
import type { Clock } from '../live/clock.ts';
import type { LiveBoards } from '../live/contract.ts';
import type { Log } from '../log.ts';
import type { CommandAnswer, KnownPerson, SessionRecord, Store } from '../store/contract.ts';
import type { SessionState } from './effects.ts';
import { bringAbout, viewFor } from './effects.ts';
import { newRecord } from './new-record.ts';
import { Roster } from './roster.ts';

/** The most lines of a log, and the most commands whose repetition is recognised; the oldest go first. */
const maxLogLines = 1_000;
const maxAnswers = 500;

/** Refused requests that a log takes: enough to see who tries what, too few to push out the acts. */
const refusedLines = { burst: 20, perSecond: 0.1 };
/** A line is not repeated within this time. */
const sameLineMs = 60_000;

/** Delay before people who joined are stored, so that a crowd costs one write. */
const saveAfterMs = 1_000;
/** Delay before a failed write is tried again. */
const retryAfterMs = 5_000;
/** The longest wait of a timer. `setTimeout` takes at most 24 days, and a timer can be set further ahead. */
const longestWaitMs = 60 * 60_000;

/** The session is not on disk, so the act did not happen. */
export class SessionNotStored extends Error {
  override readonly name = 'SessionNotStored';
}

export interface SessionParts {
  readonly store: Store;
  readonly log: Log;
  readonly clock: Clock;
  /** Milliseconds since 1970, which no setting of the wall clock moves. */
  readonly now: () => number;
  readonly live: () => LiveBoards;
}

/**
 * The workshop session of one board. Runs one step after the other: computes the next state, stores it, and only then
 * lets anybody know. Its timer runs whether or not anybody is on the board.
 */
export class BoardSession {
  readonly board: string;
  readonly #parts: SessionParts;
  readonly #roster: Roster;
  readonly #refusedLines: Bucket;
  #state: SessionState;
  #log: readonly LogLine[];
  #answers: readonly CommandAnswer[];
  #lastStep: Promise<unknown> = Promise.resolve();
  #steps = 0;
  #stopTimer: (() => void) | null = null;
  /** Changes of people and log that are not on disk. */
  #unsaved = 0;
  #stopSaving: (() => void) | null = null;
  #isOver = false;

  /** Reads a board's session. A timer that ran out meanwhile ends now, once. */
  static async load(board: string, parts: SessionParts): Promise<BoardSession> {
    const { record, isBehind } = await parts.store.session(board);
    const about = record ? null : await parts.store.board(board);
    const session = new BoardSession(board, parts, record ?? newRecord(about?.idle ?? 'everything'));
    if (isBehind) await session.#startOver();
    await session.#run(() => session.#endTimer());
    return session;
  }

  private constructor(board: string, parts: SessionParts, record: SessionRecord) {
    const { agenda, session, people, log, answers } = record;
    this.board = board;
    this.#parts = parts;
    this.#state = { agenda, session };
    this.#roster = new Roster(people);
    this.#log = log;
    this.#answers = answers;
    this.#refusedLines = new Bucket(refusedLines, parts.clock.now());
  }

  get session(): Session {
    return this.#state.session;
  }

  get agenda(): Agenda {
    return this.#state.agenda;
  }

  get state(): SessionState {
    return this.#state;
  }

  /** Newest first. */
  get log(): readonly LogLine[] {
    return [...this.#log].reverse();
  }

  get isFrozen(): boolean {
    return this.session.frozenBy !== null;
  }

  /** True while something is going on or to come, so that it must stay in memory. */
  get isBusy(): boolean {
    return this.#steps > 0 || this.#unsaved > 0 || this.session.timer.state === 'running';
  }

  roleOf({ person, role }: Pick<Membership, 'person' | 'role'>): Role {
    return roleNow(this.session, person, role);
  }

  isRemoved(person: string): boolean {
    return this.session.removed.includes(person);
  }

  /**
   * Why a person may not join by a link; null if they may. A link for facilitators opens a board that is closed to
   * newcomers: otherwise a facilitator who lost their device could never open it again.
   */
  keepsOut(person: string | null, role: Role): 'removed' | 'closed' | null {
    if (person !== null && this.isRemoved(person)) return 'removed';
    const isNew = person === null || !this.#roster.has(person);
    return this.session.isDoorClosed && isNew && role !== 'facilitator' ? 'closed' : null;
  }

  /** Notes a person who has joined. Is on disk soon, or with the next step. */
  meet(person: KnownPerson): void {
    if (this.#roster.add(person, this.session)) this.#saveSoon();
  }

  /** Notes a person with a valid token who joined before there were sessions. */
  recognise({ person, role, link }: Membership): void {
    if (!this.#roster.has(person)) this.meet({ person, role, link });
  }

  viewFor(role: Role): SessionView {
    return viewFor(role, this.#state, this.#parts.now());
  }

  /**
   * Does what a facilitator asks. Resolves when it is on disk, or was refused. The same command again changes nothing,
   * and gets the same answer.
   * @throws SessionNotStored
   */
  act(command: Command, by: string): Promise<CommandAnswer> {
    return this.#run(async () => {
      const { id } = command;
      const earlier = this.#answers.find((answer) => answer.id === id);
      if (earlier) return earlier;
      const outcome = isBuilt(command) ? act(this.session, command, await this.#scene(by)) : notBuilt;
      if ('refused' in outcome) return this.#remember({ id, refused: outcome.refused });
      const { session } = outcome;
      const answer: CommandAnswer = { id, version: session.version };
      const line = this.#line(by, command.do, aboutOf(command) ?? session.item ?? '');
      await this.#become({ ...this.#state, session }, command.do, line, answer);
      return answer;
    });
  }

  /**
   * Replaces the agenda if its version is still the one that the sender saw. A running item that is gone stops.
   * Resolves to the new version, or to why it was refused.
   * @throws SessionNotStored
   */
  putAgenda(
    items: readonly AgendaItem[],
    seen: number,
    by: string,
  ): Promise<number | 'agenda-moved' | 'incoherent-policy'> {
    return this.#run(async () => {
      if (seen !== this.agenda.version) return 'agenda-moved';
      if (!items.every((item) => isCoherent(policyOf(item, {})))) return 'incoherent-policy';
      const agenda: Agenda = { items, version: seen + 1 };
      const changed = agendaChanged(this.session, agenda, this.#parts.now());
      // Also if only the agenda changes: pages learn its new version from the session.
      const session = changed ?? { ...this.session, version: this.session.version + 1 };
      await this.#become({ agenda, session }, null, this.#line(by, 'agenda', ''));
      return agenda.version;
    });
  }

  /**
   * Adds a refused request or change to the log. `rule`: the power, or the number of the rule, that it lacked. Repeated
   * lines, and more than the log should take, are left out.
   */
  noteRefused(by: string, rule: string): void {
    const line = this.#line(by, 'refused', rule);
    const isSame = this.#log.some(
      (one) => one.what === 'refused' && one.by === by && one.about === rule && line.at - one.at < sameLineMs,
    );
    const now = this.#parts.clock.now();
    if (isSame || this.#refusedLines.left(now) < 1) return;
    this.#refusedLines.take(1, now);
    this.#log = withLine(this.#log, line);
    this.#saveSoon();
  }

  /** Freezes the open rooms if the session or the board's record says so, and else thaws them. */
  applyFreeze(): Promise<void> {
    return this.#run(() => this.#freeze());
  }

  /** Stores what is not stored yet, if the disk takes it, and stops the timers. */
  async close(): Promise<void> {
    await this.#run(() => this.#save());
    this.#end();
  }

  /** The board was deleted. */
  forget(): void {
    this.#end();
  }

  #end(): void {
    this.#isOver = true;
    this.#stopTimer?.();
    this.#stopSaving?.();
  }

  /** Runs a step when those before it have ended. */
  #run<T>(step: () => Promise<T>): Promise<T> {
    this.#steps++;
    const done = this.#lastStep.then(step).finally(() => this.#steps--);
    this.#lastStep = done.catch(() => undefined);
    return done;
  }

  /** What an act depends on. People who are away count as well, so they come from the roster and not from sockets. */
  async #scene(by: string): Promise<Scene> {
    const { session, agenda } = this.#state;
    const record = await this.#parts.store.board(this.board);
    return {
      agenda,
      by,
      now: this.#parts.now(),
      roleOf: (person) => this.#roster.roleOf(session, person),
      facilitators: this.#roster.facilitators(session, record?.links ?? []),
    };
  }

  /** Stores the next state, and lets the rooms know. @throws SessionNotStored */
  async #become(
    after: SessionState,
    did: Act['do'] | null,
    line: LogLine,
    answer?: CommandAnswer,
  ): Promise<void> {
    const log = withLine(this.#log, line);
    const answers = answer ? withAnswer(this.#answers, answer) : this.#answers;
    await this.#store(after, log, answers);
    const before = this.#state;
    this.#state = after;
    // A refusal may have been noted meanwhile.
    this.#log = withLine(this.#log, line);
    this.#answers = answers;
    this.#arm();
    try {
      if (before.session.frozenBy !== after.session.frozenBy) await this.#freeze();
      bringAbout(this.#parts.live(), this.board, { before, after, did, now: this.#parts.now() });
    } catch (error) {
      // The step is on disk, so it has happened.
      const fields = { board: this.board, error: messageOf(error) };
      this.#parts.log.error(fields, 'the rooms could not be told of a step of the session');
    }
  }

  async #store(
    { session, agenda }: SessionState,
    log: readonly LogLine[],
    answers: readonly CommandAnswer[],
  ): Promise<void> {
    const saving = this.#unsaved;
    try {
      const people = this.#roster.list();
      await this.#parts.store.keepSession(this.board, { agenda, session, people, log, answers });
    } catch (error) {
      this.#parts.log.error(
        { board: this.board, error: messageOf(error) },
        'the session could not be stored',
      );
      throw new SessionNotStored('The session could not be stored.', { cause: error });
    }
    this.#unsaved -= saving;
  }

  async #freeze(): Promise<void> {
    const live = this.#parts.live();
    if (this.isFrozen) return live.freeze(this.board, true);
    const record = await this.#parts.store.board(this.board);
    live.freeze(this.board, record?.frozen ?? false);
  }

  /** Ends the timer if it is due. If the disk takes nothing, tries again later. */
  async #endTimer(): Promise<void> {
    if (this.#isOver) return;
    const { session, agenda } = this.#state;
    const ended = timeUp(session, agenda, this.#parts.now());
    if (!ended) return this.#arm();
    try {
      await this.#become({ agenda, session: ended }, null, this.#line('', 'time-up', session.item ?? ''));
    } catch (error) {
      if (!(error instanceof SessionNotStored)) throw error;
      this.#wait(retryAfterMs);
    }
  }

  /** Waits for the end of the timer, if it runs. */
  #arm(): void {
    this.#stopTimer?.();
    this.#stopTimer = null;
    const { timer } = this.session;
    if (timer.state !== 'running' || this.#isOver) return;
    this.#wait(Math.min(longestWaitMs, Math.max(0, timer.endsAt - this.#parts.now())));
  }

  #wait(ms: number): void {
    this.#stopTimer = this.#parts.clock.after(ms, () => void this.#run(() => this.#endTimer()));
  }

  /** Stores people and log, if they have changed. A failure is tried again with the next change. */
  async #save(): Promise<void> {
    this.#stopSaving?.();
    this.#stopSaving = null;
    if (this.#unsaved === 0 || this.#isOver) return;
    await this.#store(this.#state, this.#log, this.#answers).catch(() => undefined);
  }

  #saveSoon(): void {
    this.#unsaved++;
    if (this.#isOver) return;
    this.#stopSaving ??= this.#parts.clock.after(saveAfterMs, () => void this.#run(() => this.#save()));
  }

  /**
   * The newest stored session was damaged. Pages and stored versions may be ahead of the copy, and would take new
   * changes for old ones, so both versions go on at a number that counting never reaches: seconds since 1970.
   */
  async #startOver(): Promise<void> {
    const { session, agenda } = this.#state;
    const least = Math.floor(this.#parts.now() / 1_000);
    const version = (before: number) => Math.max(before + 1, least);
    this.#state = {
      session: { ...session, version: version(session.version) },
      agenda: { ...agenda, version: version(agenda.version) },
    };
    this.#unsaved++;
    await this.#save();
  }

  /** Keeps the answer to a refused command. Nothing has changed, so it need not be on disk. */
  #remember(answer: CommandAnswer): CommandAnswer {
    this.#answers = withAnswer(this.#answers, answer);
    return answer;
  }

  #line(by: string, what: string, about: string): LogLine {
    return { at: Math.round(this.#parts.now()), by, what, about };
  }
}

function withLine(log: readonly LogLine[], line: LogLine): readonly LogLine[] {
  return [...log, line].slice(-maxLogLines);
}

function withAnswer(answers: readonly CommandAnswer[], answer: CommandAnswer): readonly CommandAnswer[] {
  return [...answers, answer].slice(-maxAnswers);
}

const notBuilt: { readonly refused: SessionRefusal } = { refused: 'not-now' };

/** Observers cannot be paused yet. To accept it would promise that they see nothing. */
function isBuilt(command: Command): boolean {
  return command.do !== 'observers';
}

/** The item or person that an act names; null for acts that name none. */
function aboutOf(command: Command): string | null {
  if ('item' in command) return command.item;
  return 'person' in command ? command.person : null;
}
