import { ideas } from '$shared/collections/idea.ts';
import type { Action } from '../../parts/action.ts';
import { pressAction } from '../../parts/action.ts';
import type { KeyLine } from '../../parts/view.ts';
import type { Backlog } from './backlog.svelte.ts';
import { isComposing } from '../../ui/composing.ts';

/** What the keys need from the view. */
interface Reach {
  readonly list: HTMLElement | undefined;
  focusAdd(): void;
}

/** What an action of the backlog works on. */
interface BacklogTarget {
  readonly backlog: Backlog;
  readonly reach: Reach;
  readonly element: HTMLElement;
  /** The idea of the focused row; null if there is none. */
  readonly row: string | null;
  /** Whether the focus is on the row itself, not on something inside it. */
  readonly isOnRow: boolean;
}

const close: Action<BacklogTarget> = {
  name: 'ideas.close',
  keys: ['Escape'],
  may: ({ backlog, row }) => row !== null && row === backlog.openId,
  run: ({ backlog }) => void backlog.close(),
};

const arrows: KeyLine = [['↑', '↓'], 'ideas.keys.arrows'];
const steps = { ArrowUp: -1, ArrowDown: 1, Home: -Infinity, End: Infinity } as const;

/** The actions of the backlog that have keys, in the order of the help. */
export const keyed: readonly Action<BacklogTarget>[] = [
  {
    name: 'ideas.keys.new',
    keys: ['N'],
    may: ({ backlog }) => backlog.workspace.may('write'),
    run: ({ backlog, reach }) => {
      if (backlog.workspace.permits('add', ideas)) reach.focusAdd();
    },
  },
  ...Object.entries(steps).map(([key, by]): Action<BacklogTarget> => ({
    name: arrows[1],
    series: arrows,
    keys: [key],
    may: ({ isOnRow, element, reach }) => isOnRow || element === document.body || element === reach.list,
    run: ({ backlog, row }) => backlog.step(row, by),
  })),
  {
    // On a closed idea, Enter presses its button, which opens it.
    name: 'ideas.keys.write',
    keys: ['Enter', 'F2'],
    may: ({ backlog, isOnRow, row }) => isOnRow && row === backlog.openId && backlog.workspace.may('write'),
    run: ({ backlog, element, row }) => {
      if (row !== null && backlog.workspace.permits('edit', ideas, [row]))
        element.querySelector('textarea')?.focus();
    },
  },
  close,
  {
    name: 'ideas.delete',
    keys: ['Delete', 'Backspace'],
    may: ({ backlog, isOnRow }) => isOnRow && backlog.workspace.may('write'),
    run: ({ backlog, row }) => {
      if (row !== null) void backlog.remove(row);
    },
  },
];

/** Handles keys in the backlog, except those pressed in a field, a dialog or a menu. */
export function pressKey(backlog: Backlog, event: KeyboardEvent, reach: Reach): void {
  const element = event.target instanceof HTMLElement ? event.target : document.body;
  if (event.defaultPrevented || isComposing(event) || element.closest('dialog, [popover]')) return;
  const row = element.closest<HTMLElement>('[data-row]')?.dataset.row ?? null;
  const isOnRow = row !== null && element.matches('[data-stop]');
  const actions = element.closest('input, textarea, select') ? [close] : keyed;
  const target = { backlog, reach, element, row, isOnRow };
  if (pressAction(actions, event, target, { isFocused: true, letterKeys: backlog.workspace.letterKeys }))
    event.preventDefault();
}
