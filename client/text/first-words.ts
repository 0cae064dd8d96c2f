import type { Language } from './languages.ts';

/** What the page says if no messages could be fetched at all. Part of the first script, in every language. */
export const firstWords: Record<Language, { readonly failed: string; readonly again: string }> = {
  en: { failed: 'Resa could not be loaded. Check your connection, then try again.', again: 'Try again' },
  sv: { failed: 'Resa kunde inte laddas. Kontrollera din anslutning och försök igen.', again: 'Försök igen' },
  ar: { failed: 'تعذّر تحميل Resa. تحقّق من اتصالك ثم حاول مجددًا.', again: 'حاول مجددًا' },
  tr: { failed: 'Resa yüklenemedi. Bağlantınızı kontrol edip yeniden deneyin.', again: 'Yeniden dene' },
  ru: {
    failed: 'Не удалось загрузить Resa. Проверьте подключение и попробуйте ещё раз.',
    again: 'Попробовать ещё раз',
  },
};
