import { firstGrapheme } from '$shared/text/graphemes.ts';

/** One or two letters for a name: the first characters of its first and last word. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words;
  const letters = ends.map((word) => firstGrapheme(word ?? '').toLocaleUpperCase());
  // Adjacent Arabic letters join and would read as a word.
  return letters.join(/[\u0600-\u06ff]/.test(letters.join('')) ? '\u200c' : '');
}
