import type { Action } from '../../parts/action.ts';
import { pressAction } from '../../parts/action.ts';
import { isComposing } from '../../ui/composing.ts';
import type { SessionParts } from './session-parts.svelte.ts';

/** Keys of the session that work everywhere on a board; the help shows them. */
export const sessionActions: readonly Action<SessionParts>[] = [
  {
    name: 'session.help.panel',
    keys: [']'],
    may: () => true,
    run: (parts) => (parts.isOpen = !parts.isOpen),
  },
  {
    name: 'session.help.rail',
    keys: ['['],
    may: () => true,
    run: (parts) => parts.shortenRail(!parts.isRailShort),
  },
];

/** Where keys write, or belong to what is open. */
const writing = 'textarea, input, select, dialog, [role=menu], [role=grid][aria-readonly=false] [data-card]';

/** By position too: layouts without Latin brackets have other signs on these keys. */
const brackets: Readonly<Record<string, string>> = { BracketLeft: '[', BracketRight: ']' };

/** Listens for the keys of the session. Returns a function that ends this. */
export function openByKey(parts: SessionParts): () => void {
  const press = (event: KeyboardEvent) => {
    if (isComposing(event) || event.defaultPrevented) return;
    if (event.target instanceof Element && event.target.closest(writing)) return;
    const key = ['[', ']'].includes(event.key) ? event.key : (brackets[event.code] ?? event.key);
    const { ctrlKey, metaKey, altKey, shiftKey } = event;
    // AltGr types the brackets on many layouts, and counts as Ctrl and Alt.
    const isTyped = event.key === key && event.getModifierState('AltGraph');
    const init = isTyped ? { key } : { key, ctrlKey, metaKey, altKey, shiftKey };
    const on = { isFocused: false, letterKeys: parts.workspace.letterKeys };
    if (!pressAction(sessionActions, new KeyboardEvent('keydown', init), parts, on)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  addEventListener('keydown', press, { capture: true });
  return () => removeEventListener('keydown', press, { capture: true });
}
