/**
 * Whether a key event is this letter (a to z): by what it types where that is a Latin letter, so that each
 * Latin layout keeps its own; by its place where it types another script (Arabic, Russian), which has no
 * such letter.
 */
export function isLetter(event: KeyboardEvent, letter: string): boolean {
  const typed = event.key.toLowerCase();
  if (/^[a-z]$/.test(typed)) return typed === letter;
  return /^\p{L}+$/u.test(typed) && !/[a-z]/.test(typed) && event.code === `Key${letter.toUpperCase()}`;
}
