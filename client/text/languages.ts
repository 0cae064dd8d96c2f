/** The languages of the interface, each by its own name. */
export const languageNames = {
  en: 'English',
  sv: 'Svenska',
  ar: 'العربية',
  tr: 'Türkçe',
  ru: 'Русский',
} as const;
export type Language = keyof typeof languageNames;

export const languages = Object.keys(languageNames) as Language[];

/** The languages as options of a `Select`. */
export const languageOptions = languages.map((one) => ({ value: one, label: languageNames[one], lang: one }));

export function isLanguage(value: unknown): value is Language {
  return typeof value === 'string' && Object.hasOwn(languageNames, value);
}

/** The first of the person's languages that the interface has; English if there is none. */
export function preferredLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const base = tag.toLowerCase().split('-')[0];
    if (isLanguage(base)) return base;
  }
  return 'en';
}

/** True if a language writes numbers in the digits 0 to 9. */
export function hasLatinDigits(language: Language): boolean {
  return language !== 'ar';
}

/** The writing direction of a language. */
export function directionOf(language: Language): 'ltr' | 'rtl' {
  return language === 'ar' ? 'rtl' : 'ltr';
}
