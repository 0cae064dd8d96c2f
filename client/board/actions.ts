import type { Action } from '../parts/action.ts';
import type { Workspace } from '../parts/workspace.svelte.ts';
import { helpIcon, redoIcon, shareIcon, undoIcon } from '../ui/icons.ts';

/** An open board, and what its shell can do with it. */
export interface BoardTarget {
  readonly workspace: Workspace;
  readonly stepBack: () => void;
  readonly stepForward: () => void;
  readonly openHelp: () => void;
  readonly openShare: () => void;
}

export const undo: Action<BoardTarget> = {
  name: 'board.undo',
  keys: ['Mod+Z'],
  icon: undoIcon,
  may: ({ workspace }) => workspace.may('write'),
  can: ({ workspace }) => workspace.board.editor.canUndo,
  run: ({ stepBack }) => stepBack(),
};

export const redo: Action<BoardTarget> = {
  name: 'board.redo',
  keys: ['Mod+Shift+Z', 'Mod+Y'],
  icon: redoIcon,
  may: ({ workspace }) => workspace.may('write'),
  can: ({ workspace }) => workspace.board.editor.canRedo,
  run: ({ stepForward }) => stepForward(),
};

export const help: Action<BoardTarget> = {
  name: 'board.help',
  keys: ['?'],
  icon: helpIcon,
  may: () => true,
  run: ({ openHelp }) => openHelp(),
};

export const share: Action<BoardTarget> = {
  name: 'board.share',
  icon: shareIcon,
  may: ({ workspace }) => workspace.may('invite'),
  run: ({ openShare }) => openShare(),
};

/** Shell actions with keys that work in every view. */
export const everywhere: readonly Action<BoardTarget>[] = [undo, redo, help];
