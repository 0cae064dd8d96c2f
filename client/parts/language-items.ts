import { languageNames, languages } from '../text/languages.ts';
import { language } from '../text/messages.svelte.ts';
import type { MenuItem } from '../ui/menu.ts';
import { chooseLanguage } from './choose-language.ts';

/** The languages of the interface as menu items, each by its own name. */
export function languageItems(): MenuItem[] {
  return languages.map((one) => ({
    kind: 'item',
    label: languageNames[one],
    lang: one,
    checked: one === language(),
    onselect: () => void chooseLanguage(one),
  }));
}
