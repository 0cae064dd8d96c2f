import type { ViewId } from '$shared/views.ts';
import { pressAction } from '../parts/action.ts';
import { isLetter } from '../parts/letters.ts';
import type { View } from '../parts/view.ts';
import type { BoardTarget } from './actions.ts';
import { everywhere } from './actions.ts';

/** Time after G in which the next letter opens a view. */
const chordMs = 1_500;

/** Keys that work everywhere on a board. `isLetter` says what counts as a letter on Arabic and Russian layouts. */
export function shortcut(on: {
  readonly target: () => BoardTarget;
  /** The views that this person may open, each by its letter after G. */
  readonly views: () => readonly View[];
  readonly go: (view: ViewId) => void;
}): (event: KeyboardEvent) => void {
  let chordAt = -Infinity;
  return (event) => {
    if (event.isComposing || event.defaultPrevented) return;
    const take = () => {
      event.preventDefault();
      event.stopPropagation();
    };
    const isMod = event.ctrlKey || event.metaKey;
    // A single-line field has undo of its own; a text of the board uses the board's.
    if (isMod && event.target instanceof HTMLInputElement) return;
    const isWriting =
      event.target instanceof Element && event.target.closest('textarea, input, select, dialog, [role=menu]');
    const target = on.target();
    const letters = !isWriting && target.workspace.letters;
    if (letters && !isMod && !event.altKey) {
      if (event.timeStamp - chordAt < chordMs) {
        chordAt = -Infinity;
        const view = on.views().find(({ letter }) => isLetter(event, letter));
        if (!view) return;
        on.go(view.id);
        return take();
      }
      if (isLetter(event, 'g')) chordAt = event.timeStamp;
    }
    if (pressAction(everywhere, event, target, { isFocused: false, letters })) take();
  };
}
