import type { Component } from 'svelte';
import type { DocumentName } from '$shared/documents.ts';
import type { Role } from '$shared/roles.ts';
import type { ViewId } from '$shared/views.ts';
import type { Presence } from '$shared/wire/presence.ts';
import type { Board } from '../model/board.svelte.ts';
import type { Key } from '../text/messages.svelte.ts';

/** What the component of a view is given. */
export interface ViewProps {
  /** What to show on arrival, as `Workspace.go` was told; the head of a view says what it understands. Null: nothing. */
  readonly focus: string | null;
}

/**
 * The head of a view: what the shell of a board knows of it before its scripts are there. It is part of the first
 * script of every page, so a head imports nothing that a page without a board can do without.
 */
export interface View {
  readonly id: ViewId;
  /** The letter that opens it after G: what a Latin keyboard has at that place. */
  readonly letter: string;
  /** The path of its icon. */
  readonly icon: string;
  /** Its name, a message of the area `board`: the tab and the list of people say it while another view is open. */
  readonly title: Key;
  /** The document of the board that it shows. */
  readonly document: DocumentName;
  /** Whether somebody in this role may open it. */
  readonly may: (role: Role) => boolean;
  /** Fetches its component and all that it needs to be drawn. */
  readonly load: () => Promise<{ readonly default: Component<ViewProps> }>;
  /** Fetches what the help and the list of people tell of it. */
  readonly guide: () => Promise<Guide>;
  /** What it fetches when it is asked for; the page fetches it ahead, when it has nothing else to do. */
  readonly later: readonly (() => Promise<unknown>)[];
}

/** What the shell tells of a view. */
export interface Guide {
  /** What G and the letter of the view do, for the help. */
  readonly go: Key;
  readonly keys: readonly KeyGroup[];
  /** Where in the view somebody is, in words; empty where there is nothing to add to its name. */
  readonly where: (board: Board, presence: Presence) => string;
}

/** Keys under one heading of the help. */
export interface KeyGroup {
  readonly title: Key;
  readonly keys: readonly KeyLine[];
}

/** What stands on the keys (`Ctrl` is shown as the machine has it), and what they do. */
export type KeyLine = readonly [keys: readonly string[], does: Key];
