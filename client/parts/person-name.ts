import { t } from '../text/messages.svelte.ts';

/** A person's name, or a word for a person whom the board does not know. */
export function nameOf(name: string): string {
  return name.trim() === '' ? t('board.person.unknown') : name;
}
