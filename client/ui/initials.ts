/** One or two letters that stand for a name: of its first and its last word, as whole characters. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words;
  const letters = ends.map((word) => firstCharacter(word ?? '').toLocaleUpperCase());
  // Arabic letters join when they stand side by side, and would read as a word of their own.
  return letters.join(/[\u0600-\u06ff]/.test(letters.join('')) ? '\u200c' : '');
}

/** What a reader sees as one character, however many code points it takes. */
function firstCharacter(word: string): string {
  for (const { segment } of new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(word))
    return segment;
  return '';
}
