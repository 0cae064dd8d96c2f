let pressed = $state(false);

const modifiers = new Set(['Shift', 'Control', 'Alt', 'Meta']);

function note({ key }: KeyboardEvent): void {
  if (modifiers.has(key)) return;
  pressed = true;
  removeEventListener('keydown', note, { capture: true });
}

addEventListener('keydown', note, { capture: true });

/**
 * True once a key was pressed on the page. A view takes the focus when it opens, so that the first key acts in it;
 * until then it shows no focus ring.
 */
export function isKeyboardUsed(): boolean {
  return pressed;
}
