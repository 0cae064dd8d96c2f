import { isBlank } from '$shared/text/blank.ts';
import { t } from '../text/messages.svelte.ts';

/** A person's name, or a word for a person whom the board does not know. */
export function nameOf(name: string): string {
  return isBlank(name) ? t('board.person.unknown') : name;
}
