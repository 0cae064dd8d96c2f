import type board from './en/board.json';
import type changes from './en/changes.json';
import type common from './en/common.json';
import type help from './en/help.json';
import type ideas from './en/ideas.json';
import type join from './en/join.json';
import type lobby from './en/lobby.json';
import type loss from './en/loss.json';
import type lost from './en/lost.json';
import type mapMore from './en/map-more.json';
import type map from './en/map.json';
import type session from './en/session.json';
import type share from './en/share.json';
import type together from './en/together.json';

/**
 * The messages by area. An area holds the messages of one page, view or dialog and loads with it; `board` is for
 * everything on a board, `common` for all pages. `changes` names changes, for undo and lost edits; `map-more` is for
 * the keys, menus and dialogs of the map: both load after the map is drawn. Each area is a file in the folder of each
 * language.
 */
export interface Messages {
  readonly board: typeof board;
  readonly changes: typeof changes;
  readonly common: typeof common;
  readonly help: typeof help;
  readonly ideas: typeof ideas;
  readonly join: typeof join;
  readonly lobby: typeof lobby;
  readonly loss: typeof loss;
  readonly lost: typeof lost;
  readonly map: typeof map;
  readonly 'map-more': typeof mapMore;
  readonly session: typeof session;
  readonly share: typeof share;
  readonly together: typeof together;
}

export type Area = keyof Messages;

/** The key of a message. English has all of them. */
export type Key = { [Name in Area]: keyof Messages[Name] }[Area];
