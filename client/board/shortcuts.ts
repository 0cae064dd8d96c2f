import type { ViewId } from '$shared/views.ts';
import { pressAction } from '../parts/action.ts';
import { isLetter } from '../parts/letters.ts';
import type { View } from '../parts/view.ts';
import type { BoardTarget } from './actions.ts';
import { everywhere } from './actions.ts';
import { isComposing } from '../ui/composing.ts';

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
    if (isComposing(event) || event.defaultPrevented) return;
    const take = () => {
      event.preventDefault();
      event.stopPropagation();
    };
    const isMod = event.ctrlKey || event.metaKey;
    // A single-line field has its own undo, once somebody has typed in it. A choice and a text of the board have none.
    if (isMod && hasOwnUndo(event.target)) return;
    const target = on.target();
    const letterKeys = !takesLetters(event.target) && target.workspace.letterKeys;
    if (letterKeys && !isMod && !event.altKey) {
      if (event.timeStamp - chordAt < chordMs) {
        chordAt = -Infinity;
        const view = on.views().find(({ letter }) => isLetter(event, letter));
        if (view) {
          on.go(view.id);
          return take();
        }
        // Any other key after G acts as it does alone.
      }
      if (isLetter(event, 'g')) chordAt = event.timeStamp;
    }
    if (pressAction(everywhere, event, target, { isFocused: false, letterKeys })) take();
  };
}

/** True where a letter is text, or belongs to a menu. */
export function takesLetters(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  // A card that may be changed takes letters as text, also where it has no field yet.
  const own = 'textarea, input, select, dialog, [role=menu], [role=grid][aria-readonly=false] [data-card]';
  return target.closest(own) !== null;
}

const typesOfChoices = new Set(['button', 'checkbox', 'color', 'file', 'radio', 'range', 'reset', 'submit']);

/** Single-line fields that a person emptied by hand: they can be undone. A field that a script emptied cannot. */
const emptied = new WeakSet<HTMLInputElement>();

addEventListener(
  'input',
  ({ target }) => {
    if (!(target instanceof HTMLInputElement)) return;
    if (target.value === '') emptied.add(target);
    else emptied.delete(target);
  },
  { capture: true },
);

function hasOwnUndo(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLInputElement) || typesOfChoices.has(target.type)) return false;
  return target.value !== '' || emptied.has(target);
}
