import { rememberLanguage } from '../model/device/preferences.ts';
import type { Language } from '../text/languages.ts';
import { languageNames } from '../text/languages.ts';
import { setLanguage, t } from '../text/messages.svelte.ts';
import { toast } from '../ui/toasts.svelte.ts';

/**
 * Changes the language of the page and remembers it on this device. If its messages cannot be fetched, the page keeps
 * its language and says so, with a button to try again.
 */
export async function chooseLanguage(next: Language): Promise<void> {
  try {
    await setLanguage(next);
    rememberLanguage(next);
  } catch {
    notifyLanguageFailed(next);
  }
}

/** Says that a language could not be fetched, until the person tries again or closes it. */
export function notifyLanguageFailed(wanted: Language): void {
  toast(t('language.failed', { language: languageNames[wanted] }), {
    tone: 'warning',
    stays: true,
    action: { label: t('notice.retry'), run: () => void chooseLanguage(wanted) },
  });
}
