import type { Language } from './languages.ts';

/** A letter of each face that a language is written in, beside the plain Latin one. */
const samples: Record<Language, string> = { en: 'a', sv: 'a', ar: 'a\u0627', tr: 'a\u011f', ru: 'a\u0416' };

/** Longer than a face takes from a near server; short enough not to be noticed. */
const patienceMs = 300;

/** Fetches the faces of a language, so that the first thing drawn is drawn in them; gives up soon. */
export async function loadFonts(language: Language): Promise<void> {
  const loaded = document.fonts.load('1rem Inter, "Noto Sans Arabic"', samples[language]).catch(() => []);
  await Promise.race([loaded, new Promise((resolve) => setTimeout(resolve, patienceMs))]);
}
