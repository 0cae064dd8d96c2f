import { isLetter } from '../../parts/letters.ts';
import type { Backlog } from './backlog.svelte.ts';

/** What the keyboard needs of the view. */
interface Reach {
  readonly list: HTMLElement | undefined;
  focusAdd(): void;
}

const steps: Record<string, number> = { ArrowUp: -1, ArrowDown: 1, Home: -Infinity, End: Infinity };

/** The keyboard of the backlog. What is typed in a field, and what is pressed in a dialog or a menu, is theirs. */
export function pressKey(backlog: Backlog, event: KeyboardEvent, reach: Reach): void {
  const target = event.target instanceof HTMLElement ? event.target : document.body;
  if (event.defaultPrevented || event.isComposing || target.closest('dialog, [popover]')) return;
  const row = target.closest<HTMLElement>('[data-row]')?.dataset.row ?? null;
  if (handled(backlog, event, target, row, reach)) event.preventDefault();
}

function handled(
  backlog: Backlog,
  event: KeyboardEvent,
  target: HTMLElement,
  row: string | null,
  reach: Reach,
): boolean {
  if (event.key === 'Escape' && row !== null && row === backlog.openId) {
    void backlog.close();
    return true;
  }
  if (target.closest('input, textarea, select') || event.ctrlKey || event.metaKey || event.altKey)
    return false;
  if (isLetter(event, 'n') && backlog.workspace.letters && backlog.workspace.may('write')) {
    reach.focusAdd();
    return true;
  }
  const onRow = row !== null && target.matches('[data-stop]');
  const by = steps[event.key];
  if (by !== undefined && (onRow || target === document.body || target === reach.list)) {
    backlog.step(row, by);
    return true;
  }
  if (!onRow) return false;
  switch (event.key) {
    case 'Delete':
    case 'Backspace':
      void backlog.remove(row);
      return true;
    case 'Enter':
    case 'F2':
      // On a closed idea Enter presses its button, which opens it.
      if (row !== backlog.openId || !backlog.workspace.may('write')) return false;
      target.querySelector('textarea')?.focus();
      return true;
    default:
      return false;
  }
}
