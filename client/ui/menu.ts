/** One line of a menu. */
export type MenuItem =
  | {
      readonly kind: 'item';
      readonly label: string;
      readonly onselect: () => void;
      /** An outline from icons.ts. */
      readonly icon?: string;
      /** Keys that do the same, as one reads them: "Ctrl Z". */
      readonly keys?: string;
      /** Given: the line is a choice that is on or off. */
      readonly checked?: boolean;
      readonly disabled?: boolean;
      readonly danger?: boolean;
      /** The language of the label, where it is not that of the page. */
      readonly lang?: string;
    }
  | { readonly kind: 'heading'; readonly label: string }
  | { readonly kind: 'separator' };

/** How long letters typed one after another count as one word. */
export const typeaheadMs = 600;

/** The line to go to from `from` on a key; null where the key is none of the menu's. Lines in a ring. */
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

/** The next line that begins with what was typed; one letter again and again goes on to the next. */
export function lineTyped(typed: string, labels: readonly string[], from: number): number | null {
  const same = typed === typed.charAt(0).repeat(typed.length);
  const word = (same ? typed.charAt(0) : typed).toLocaleLowerCase();
  const first = same ? from + 1 : Math.max(from, 0);
  for (let i = 0; i < labels.length; i++) {
    const line = (first + i) % labels.length;
    if (labels[line]?.toLocaleLowerCase().startsWith(word)) return line;
  }
  return null;
}
