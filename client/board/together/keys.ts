import { pressAction } from '../../parts/action.ts';
import { presses } from '../../parts/chord.ts';
import { isComposing } from '../../ui/composing.ts';
import { takesLetters } from '../shortcuts.ts';
import type { TogetherTarget } from './actions.ts';
import { keyed } from './actions.ts';

/** A key that is held this long is let go to end the laser; a shorter press is a switch. */
const holdMs = 350;

/** The keys of this part. Returns handlers for the window. */
export function keysOf(target: () => TogetherTarget) {
  /** When the key of the laser was pressed, and whether it was on before; null while the key is up. */
  let held: { readonly at: number; readonly wasOn: boolean } | null = null;

  function down(event: KeyboardEvent): void {
    if (isComposing(event) || event.defaultPrevented || isElsewhere(event.target)) return;
    const { together } = target();
    const letterKeys = together.workspace.letterKeys && !takesLetters(event.target);
    if (letterKeys && together.mayMark && presses(event, 'K')) {
      event.preventDefault();
      if (event.repeat || held) return;
      held = { at: event.timeStamp, wasOn: together.isLaser };
      return together.setLaser(true);
    }
    if (event.repeat) return;
    const isFocused = event.key !== 'Escape' || !isWritten(event.target);
    if (!pressAction(keyed, event, target(), { isFocused, letterKeys })) return;
    event.preventDefault();
    event.stopPropagation();
  }

  function up(event: KeyboardEvent): void {
    if (!held || (event.code !== 'KeyK' && event.key.toLowerCase() !== 'k')) return;
    const isShort = event.timeStamp - held.at < holdMs;
    target().together.setLaser(isShort && !held.wasOn);
    held = null;
  }

  /** The window has lost the keys: the one that lets go may go to another window. */
  function leave(): void {
    if (held) target().together.setLaser(false);
    held = null;
  }

  return { down, up, leave };
}

/** Menus, popovers and dialogs have keys of their own. */
function isElsewhere(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('dialog, [popover]') !== null;
}

/** True for a field that a person writes in: Escape ends writing. A card that waits for letters is none. */
function isWritten(target: EventTarget | null): boolean {
  return target instanceof Element && target.matches('input, textarea:not([data-waiting])');
}
