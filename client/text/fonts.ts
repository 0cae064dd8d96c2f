import type { Language } from './languages.ts';

/** For each language, a letter of every font that it is written in. All need the Latin one. */
const samples: Record<Language, string> = { en: 'a', sv: 'a', ar: 'a\u0627', tr: 'a\u011f', ru: 'a\u0416' };

/** Longer than a font takes from a near server; short enough to go unnoticed. */
const patienceMs = 300;

/** Loads the fonts of a language, so that the first text appears in them; gives up soon. */
export async function loadFonts(language: Language): Promise<void> {
  const loaded = document.fonts.load('1rem Inter, "Noto Sans Arabic"', samples[language]).catch(() => []);
  await Promise.race([loaded, new Promise((resolve) => setTimeout(resolve, patienceMs))]);
}
