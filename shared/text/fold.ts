/** Letters that have no decomposition, and the letters that they are found by. */
const variants: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ł: 'l',
  ı: 'i',
  ς: 'σ',
  ٱ: 'ا',
  ة: 'ه',
  ہ: 'ه',
  ھ: 'ه',
  ى: 'ي',
  ی: 'ي',
  ک: 'ك',
};
const variantLetters = new RegExp(`[${Object.keys(variants).join('')}]`, 'g');

/**
 * A text as searches compare it, the same in every language: without case, width, marks, tatweel and invisible
 * characters; variants of a letter are one letter, and the digits of Arabic and Persian are 0 to 9.
 */
export function fold(text: string): string {
  const isAscii = !/[\u0080-\uffff]/.test(text);
  if (isAscii) return text.toLowerCase();
  return (
    text
      .normalize('NFKD')
      .toLowerCase()
      // Tatweel is a letter to Unicode; Cf are joiners, soft hyphens and marks of direction.
      .replace(/[\p{Mn}\p{Me}\p{Cf}\u0640]/gu, '')
      .replace(variantLetters, (letter) => variants[letter] ?? letter)
      .replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) & 15))
  );
}

/** A search: tells whether a text contains all words of the query, in any order. A blank query finds every text. */
export function searchFor(query: string): (text: string) => boolean {
  const words = fold(query).split(/\s+/).filter(Boolean);
  return (text) => {
    if (words.length === 0) return true;
    const folded = fold(text);
    return words.every((word) => folded.includes(word));
  };
}
