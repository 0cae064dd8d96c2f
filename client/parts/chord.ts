import { typesCharacter } from '../ui/typed-key.ts';
import { isLetter } from './letters.ts';

/**
 * Keys that are pressed together: `Enter`, `N`, `1`, `Mod+Z`, `Mod+Shift+Z`, `Alt+ArrowUp`. `Mod` is Ctrl, or Cmd on a
 * Mac; letters match by `isLetter`, digits by position, on either block of keys. An event presses a chord if it
 * has the modifiers of the chord and no others. Shift makes no difference to a sign, as `?`: layouts differ in that.
 */
export type Chord = string;

interface Parts {
  readonly mod: boolean;
  readonly alt: boolean;
  readonly shift: boolean;
  readonly key: string;
}

const parsed = new Map<Chord, Parts>();

function partsOf(chord: Chord): Parts {
  let parts = parsed.get(chord);
  if (!parts) {
    const names = chord.split('+');
    const has = (name: string) => names.includes(name);
    parts = { mod: has('Mod'), alt: has('Alt'), shift: has('Shift'), key: names.at(-1) ?? '' };
    parsed.set(chord, parts);
  }
  return parts;
}

/** Whether a chord is a single key that also types. People may switch such shortcuts off. */
export function isTyping(chord: Chord): boolean {
  const { mod, alt, key } = partsOf(chord);
  return !mod && !alt && key.length === 1;
}

/** Whether a key event types a character other than a space. */
export function isPrintable(event: KeyboardEvent): boolean {
  return typesCharacter(event) && event.key !== ' ';
}

/** Whether a focused button needs the keys for itself. */
export function isForButtons(chord: Chord): boolean {
  const { mod, alt, key } = partsOf(chord);
  return !mod && !alt && ['Enter', 'F2', 'Space', 'Delete', 'Backspace', 'Escape'].includes(key);
}

/** Whether an event matches a chord. */
export function presses(event: KeyboardEvent, chord: Chord): boolean {
  const { mod, alt, shift, key } = partsOf(chord);
  if ((event.ctrlKey || event.metaKey) !== mod || event.altKey !== alt) return false;
  // What types a digit, on some layouts with Shift; else its place in the top row.
  if (/^\d$/.test(key)) return event.key === key || (!event.shiftKey && event.code === `Digit${key}`);
  if (shift !== event.shiftKey && !/^[^\p{L}]$/u.test(key)) return false;
  if (/^[A-Z]$/.test(key)) return isLetter(event, key.toLowerCase());
  return event.key === (key === 'Space' ? ' ' : key);
}

const signs: Readonly<Record<string, string>> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
};

const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** The labels of a chord's keys on this machine. */
export function keysOf(chord: Chord): string[] {
  return chord.split('+').map((name) => (name === 'Mod' ? (isMac ? '⌘' : 'Ctrl') : (signs[name] ?? name)));
}
