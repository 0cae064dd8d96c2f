/** The key code of a key that an input method takes. */
const takenByInputMethod = 229;

/**
 * True if a key belongs to an input method: Enter and Escape that end a composition do nothing else. Safari sends the
 * Enter after `compositionend`, without the flag; only the old key code identifies it then.
 */
export function isComposing(event: KeyboardEvent): boolean {
  // eslint-disable-next-line no-restricted-syntax, @typescript-eslint/no-deprecated -- the one place that reads both.
  return event.isComposing || event.keyCode === takenByInputMethod;
}
