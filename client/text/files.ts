/** A text, or one text for each plural category of the language, chosen by the argument `count`. */
export type Message = string | (Partial<Record<Intl.LDMLPluralRule, string>> & { readonly other: string });
export type Catalog = Record<string, Message>;

/** One file for each area of each language, by its path from this folder. A test checks that each is complete. */
export const files = import.meta.glob<{ readonly default: Catalog }>('./*/*.json');
