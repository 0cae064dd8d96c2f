/** The languages that a board's first words can be in; the interface has the same. */
export const languages = ['en', 'sv', 'ar', 'tr', 'ru'] as const;
export type Language = (typeof languages)[number];
