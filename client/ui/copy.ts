/**
 * Copies a text to the clipboard. A page over plain HTTP in a local network has no `navigator.clipboard`: there the
 * text is selected and copied by `execCommand`. False if neither works, so that the person can copy by hand.
 */
export async function copyText(
  text: string,
  field: HTMLInputElement | HTMLTextAreaElement,
): Promise<boolean> {
  if (window.isSecureContext) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Refused by a browser setting: `execCommand` may still work.
    }
  }
  field.select();
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- the only way on a page without a secure context
  return document.execCommand('copy');
}

/** Copies a text that is in no field. The focus stays where it is. */
export async function copyAside(text: string): Promise<boolean> {
  const before = document.activeElement;
  const field = document.createElement('textarea');
  field.value = text;
  field.className = 'unseen';
  document.body.append(field);
  const isCopied = await copyText(text, field);
  const hadFocus = document.activeElement === field;
  field.remove();
  if (hadFocus && before instanceof HTMLElement) before.focus();
  return isCopied;
}
