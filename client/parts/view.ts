import type { Component } from 'svelte';
import type { DocumentName } from '$shared/documents.ts';
import type { Role } from '$shared/roles.ts';
import type { ViewId } from '$shared/views.ts';
import type { Presence } from '$shared/wire/presence.ts';
import type { Board } from '../model/board.svelte.ts';
import type { Key } from '../text/messages.svelte.ts';

/** The props of a view's component. */
export interface ViewProps {
  /**
   * What to show when the view opens, as given to `Workspace.go`; the view's `view.ts` says what is valid. Null:
   * nothing.
   */
  readonly focus: string | null;
}

/**
 * What a board's shell knows of a view before the view's script has loaded. Part of the first script of every page, so
 * it must not import anything that only boards need.
 */
export interface View {
  readonly id: ViewId;
  /** The letter that opens it after G, named as on a Latin keyboard. */
  readonly letter: string;
  /** The path of its icon. */
  readonly icon: string;
  /** Its name, a message of the area `board`: tabs and the list of people show it while another view is open. */
  readonly title: Key;
  /** The document of the board that it shows. */
  readonly document: DocumentName;
  /** Whether a person in this role may open it. */
  readonly may: (role: Role) => boolean;
  /** Loads its component and everything that it needs to be drawn. */
  readonly load: () => Promise<{ readonly default: Component<ViewProps> }>;
  /** Loads what the help and the list of people show about it. */
  readonly guide: () => Promise<Guide>;
  /** What it loads on demand. The page loads these ahead when idle. */
  readonly later: readonly (() => Promise<unknown>)[];
}

/** What the shell says about a view. */
export interface Guide {
  /** What G and the view's letter do, for the help. */
  readonly go: Key;
  readonly keys: readonly KeyGroup[];
  /** Where in the view a person is, in words; empty if the view's name says enough. */
  readonly where: (board: Board, presence: Presence) => string;
}

/** Keys under one heading of the help. */
export interface KeyGroup {
  readonly title: Key;
  readonly keys: readonly KeyLine[];
}

/** The labels of the keys (`Ctrl` is shown as on this machine), and what they do. */
export type KeyLine = readonly [keys: readonly string[], does: Key];
