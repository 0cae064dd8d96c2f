const collators = new Map<string, Intl.Collator>();

/**
 * The order of texts on a board, by the alphabet of the board's language. It is the same for everyone on the board,
 * whatever the language of their page. Numbers in texts sort as numbers.
 * @param language of the board (BCP 47); English if it is empty or malformed
 */
export function collatorOf(language: string): Intl.Collator {
  let collator = collators.get(language);
  if (!collator) {
    try {
      collator = new Intl.Collator(language || 'en', { numeric: true });
    } catch {
      collator = new Intl.Collator('en', { numeric: true });
    }
    collators.set(language, collator);
  }
  return collator;
}
