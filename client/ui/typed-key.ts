import { isComposing } from './composing.ts';

/** A dead key, and a key that an input method takes: they have no character yet. */
const withoutCharacter = new Set(['Dead', 'Process', 'Compose']);

/** The names of keys without a character, as `Enter`. A key may have several characters, as the Arabic لا. */
const namedKey = /^[A-Z][A-Za-z0-9]+$/;

/** True if a key event types a character. AltGr types too, and counts as Ctrl and Alt. */
export function typesCharacter(event: KeyboardEvent): boolean {
  const isChord = event.ctrlKey || event.altKey || event.metaKey;
  return (!isChord || event.getModifierState('AltGraph')) && !namedKey.test(event.key);
}

/** True if a key event types text, now or once a dead key or an input method is done. */
export function typesText(event: KeyboardEvent): boolean {
  return isComposing(event) || withoutCharacter.has(event.key) || typesCharacter(event);
}
