/**
 * Whether a key event is this letter (a to z). Matches the typed letter if it is Latin, so that every Latin layout
 * keeps its own; else the position of the key, since Arabic and Russian layouts have no such letter.
 */
export function isLetter(event: KeyboardEvent, letter: string): boolean {
  // The capital of `i` on a Turkish keyboard, which has two code points in lower case.
  const typed = event.key === 'İ' ? 'i' : event.key.toLowerCase();
  if (/^[a-z]$/.test(typed)) return typed === letter;
  return /^\p{L}+$/u.test(typed) && !/[a-z]/.test(typed) && event.code === `Key${letter.toUpperCase()}`;
}
