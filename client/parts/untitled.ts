import { t } from '../text/messages.svelte.ts';

/** An idea's title, or a word for an idea without one. */
export function ideaTitle(title: string): string {
  return title.trim() === '' ? t('untitled.idea') : title;
}

/** The title of a phase, step or lane, or the name of a persona; or a word for one without. */
export function frameTitle(title: string): string {
  return title.trim() === '' ? t('untitled.frame') : title;
}
