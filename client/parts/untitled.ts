import { isBlank } from '$shared/text/blank.ts';
import { t } from '../text/messages.svelte.ts';

/** An idea's title, or a word for an idea without one. */
export function ideaTitle(title: string): string {
  return isBlank(title) ? t('untitled.idea') : title;
}

/** The title of a phase, step or lane, or the name of a persona; or a word for one without. */
export function frameTitle(title: string): string {
  return isBlank(title) ? t('untitled.frame') : title;
}
