let pressed = $state(false);

const modifiers = new Set(['Shift', 'Control', 'Alt', 'Meta']);

function hear({ key }: KeyboardEvent): void {
  if (modifiers.has(key)) return;
  pressed = true;
  removeEventListener('keydown', hear, { capture: true });
}

addEventListener('keydown', hear, { capture: true });

/**
 * True once a key was pressed on the page. A view takes the focus when it opens, so that the first key acts in it;
 * until then it shows no focus ring.
 */
export function isKeyboardUsed(): boolean {
  return pressed;
}
