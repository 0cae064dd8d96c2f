import { beginning } from '$shared/text/graphemes.ts';
import { oneLine } from '$shared/text/lines.ts';
import { spliceBetween } from '$shared/text/splice.ts';

/**
 * Attaches to an input for one line of at most `max` characters (UTF-16 units). A line end becomes a space, however it
 * came. What is typed or pasted past the limit is cut between graphemes, where `maxlength` would cut through one.
 */
export function lineInput(max: number): (input: HTMLInputElement) => () => void {
  return (input) => {
    let before = input.value;
    let isComposing = false;

    function fit(): boolean {
      const given = oneLine(input.value);
      const caret = input.selectionEnd ?? given.length;
      let next = given;
      let at = caret;
      // A value that the page has set may be longer; it may stay so, and get shorter.
      if (given.length > Math.max(max, before.length)) {
        const { index, remove, insert } = spliceBetween(before, given, caret);
        const kept = beginning(insert, max - (before.length - remove));
        next = before.slice(0, index) + kept + before.slice(index + remove);
        at = index + kept.length;
      }
      before = next;
      if (next === input.value) return false;
      input.value = next;
      input.setSelectionRange(at, at);
      return true;
    }

    const typed = () => {
      // An input method's letters are its own until it is done.
      if (!isComposing) fit();
    };
    const focused = () => (before = input.value);
    const compose = () => (isComposing = true);
    const composed = () => {
      isComposing = false;
      // Others who listen to the input have only heard of the text before.
      if (fit()) input.dispatchEvent(new Event('input', { bubbles: true }));
    };
    // Capturing, so that the value is right before a binding reads it.
    input.addEventListener('input', typed, { capture: true });
    input.addEventListener('focus', focused);
    input.addEventListener('compositionstart', compose);
    input.addEventListener('compositionend', composed);
    return () => {
      input.removeEventListener('input', typed, { capture: true });
      input.removeEventListener('focus', focused);
      input.removeEventListener('compositionstart', compose);
      input.removeEventListener('compositionend', composed);
    };
  };
}
