import { fold } from '$shared/text/fold.ts';
import { firstGrapheme } from '$shared/text/graphemes.ts';

/** One item of a menu. */
export type MenuItem =
  | {
      readonly kind: 'item';
      readonly label: string;
      readonly onselect: () => void;
      /** An outline from icons.ts. */
      readonly icon?: string;
      /** The keys that do the same, as displayed: "Ctrl Z". */
      readonly keys?: string;
      /** Given for an item that is on or off. */
      readonly checked?: boolean;
      readonly disabled?: boolean;
      readonly danger?: boolean;
      /** The language of the label, if it differs from the page's. */
      readonly lang?: string;
    }
  | { readonly kind: 'heading'; readonly label: string }
  | { readonly kind: 'separator' };

/** Letters typed within this time of each other count as one word. */
export const typeaheadMs = 600;

/** The index to move to from `from` on a key, wrapping around; null if the menu does not use the key. */
export function lineAfter(key: string, from: number, count: number): number | null {
  if (count === 0) return null;
  switch (key) {
    case 'ArrowDown':
      return (from + 1) % count;
    case 'ArrowUp':
      return from < 0 ? count - 1 : (from - 1 + count) % count;
    case 'Home':
    case 'PageUp':
      return 0;
    case 'End':
    case 'PageDown':
      return count - 1;
    default:
      return null;
  }
}

/** The next item that begins with the typed text. Typing one letter repeatedly moves on to the next match. */
export function lineTyped(typed: string, labels: readonly string[], from: number): number | null {
  const folded = fold(typed);
  if (folded === '') return null;
  const first = firstGrapheme(folded);
  const same = folded.replaceAll(first, '') === '';
  const word = same ? first : folded;
  const start = same ? from + 1 : Math.max(from, 0);
  for (let i = 0; i < labels.length; i++) {
    const line = (start + i) % labels.length;
    if (fold(labels[line] ?? '').startsWith(word)) return line;
  }
  return null;
}
