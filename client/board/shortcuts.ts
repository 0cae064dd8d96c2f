import type { ViewId } from '$shared/views.ts';
import { isLetter } from '../parts/letters.ts';
import type { View } from '../parts/view.ts';

/** How long after G the next letter says where to go. */
const chordMs = 1_500;

/** Keys that work everywhere on a board. Letters count by their place or by what they type (Arabic, Russian). */
export function shortcut(on: {
  readonly undo: () => void;
  readonly redo: () => void;
  readonly help: () => void;
  /** The views that this person may open, each by its letter after G. */
  readonly views: () => readonly View[];
  readonly go: (view: ViewId) => void;
  readonly letters: () => boolean;
}): (event: KeyboardEvent) => void {
  let chordAt = -Infinity;
  return (event) => {
    if (event.isComposing || event.defaultPrevented) return;
    const is = (letter: string) => isLetter(event, letter);
    const take = (run: () => void) => {
      event.preventDefault();
      event.stopPropagation();
      run();
    };
    if ((event.ctrlKey || event.metaKey) && !event.altKey) {
      const native = event.target instanceof HTMLInputElement;
      if (is('z') && !native) take(event.shiftKey ? on.redo : on.undo);
      else if (is('y') && !native) take(on.redo);
      return;
    }
    const writing =
      event.target instanceof Element && event.target.closest('textarea, input, select, dialog, [role=menu]');
    if (writing || event.ctrlKey || event.metaKey || event.altKey || !on.letters()) return;
    if (event.timeStamp - chordAt < chordMs) {
      chordAt = -Infinity;
      const view = on.views().find(({ letter }) => is(letter));
      if (view) take(() => on.go(view.id));
      return;
    }
    if (event.key === '?') take(on.help);
    else if (is('g')) chordAt = event.timeStamp;
  };
}
