/** The languages of a new board's content, the same as those of the interface. */
export const languages = ['en', 'sv', 'ar', 'tr', 'ru'] as const;
export type Language = (typeof languages)[number];
