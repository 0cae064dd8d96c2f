/**
 * Puts a text on the clipboard. A page over plain http in a local network has no `navigator.clipboard`: there
 * the text is selected and copied the old way. False where neither works, so that the person can do it by hand.
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
      // Refused by a setting of the browser: the old way may still be open.
    }
  }
  field.select();
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- the only way on a page without a secure context
  return document.execCommand('copy');
}
