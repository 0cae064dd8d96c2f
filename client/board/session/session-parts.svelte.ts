import { textIn } from '$shared/session/agenda.ts';
import { Countdown } from '../../model/session/countdown.svelte.ts';
import { rememberSession, sessionPreferences } from '../../model/session/device.ts';
import { SessionModel } from '../../model/session/session.svelte.ts';
import type { Workspace } from '../../parts/workspace.svelte.ts';
import { language, t } from '../../text/messages.svelte.ts';
import { Chime } from './chime.svelte.ts';
import { rightsOf } from './rights.ts';

/** A text of the agenda in the language that the person reads best, and that language. */
export interface Said {
  readonly text: string;
  readonly lang: string | undefined;
}

/** The session on an open board: its model, and what of it is on the screen. The owner must call `close`. */
export class SessionParts {
  readonly workspace: Workspace;
  readonly model: SessionModel;
  readonly countdown: Countdown;
  readonly chime = new Chime();
  /** Whether the facilitator's panel is open; for others, the sheet with what is going on. */
  isOpen = $state(false);
  isMuted = $state(sessionPreferences().isMuted);
  isRailShort = $state(sessionPreferences().isRailShort);
  /** What a screen reader says of the session next. */
  announced = $state('');
  /** True if no facilitator has been on the board for a minute. */
  isAlone = $state(false);
  /** Commands that the server has not answered yet. */
  busy = $state(0);

  constructor(workspace: Workspace) {
    this.workspace = workspace;
    this.model = new SessionModel(workspace.board, workspace.self);
    this.countdown = new Countdown(this.model);
    workspace.board.rights = rightsOf(this.model);
  }

  get isLeader(): boolean {
    return this.workspace.role === 'facilitator';
  }

  get isFrozen(): boolean {
    return (this.model.session?.frozenBy ?? null) !== null;
  }

  /** True while an item runs, a timer is set, or the board is frozen: there is something to show. */
  get isOn(): boolean {
    return this.model.item !== null || this.countdown.now.state !== 'off' || this.isFrozen;
  }

  /** A text of the agenda: in the person's language, else in the board's, else in any. */
  said(texts: Readonly<Record<string, string>>): Said {
    const text = textIn(texts, language(), this.workspace.board.connection.language);
    return { text, lang: Object.keys(texts).find((one) => texts[one] === text) };
  }

  /** The title of an item of the agenda; a general one for an item that is no longer there or has none. */
  titleOf(id: string | null): string {
    const item =
      this.model.item?.id === id ? this.model.item : this.model.agenda.items?.find((one) => one.id === id);
    return (item && this.said(item.title).text) || t('session.item.untitled');
  }

  mute(on: boolean): void {
    this.isMuted = on;
    rememberSession({ isMuted: on });
  }

  shortenRail(on: boolean): void {
    this.isRailShort = on;
    rememberSession({ isRailShort: on });
  }

  close(): void {
    this.chime.close();
    this.countdown.close();
    this.workspace.board.rights = null;
    this.model.close();
  }
}
