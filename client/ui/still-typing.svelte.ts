import { typesText } from './typed-key.ts';

/*
 * A person writes with their eyes on the keyboard or on their notes. If somebody else's act takes the field away, the
 * rest of the sentence must neither command anything nor go into another record: keys that type do nothing until the
 * person pauses, presses another key or uses the pointer.
 *
 * A field is taken by somebody else's act if it leaves the page while it has the focus, except in the task of a key that
 * types no text, or of a click.
 */

/** Time to see that the field is gone. */
const noticeMs = 2_000;
/** A writer who pauses this long has noticed it. */
const pauseMs = 1_000;

const edits = new Set(['Enter', 'Backspace', 'Delete', 'Tab']);
const modifiers = new Set(['Shift', 'Control', 'Alt', 'AltGraph', 'Meta', 'CapsLock']);

/** The guarded fields, each with what to do when it is taken from the person who writes in it. */
const guarded = new WeakMap<Element, () => void>();
/** The guarded field that has the focus; null during an act of the person that may end writing. */
let field: Element | null = null;
let isHeld = $state(false);
let isActing = false;
let timer = 0;
const watch = new MutationObserver(look);

/**
 * Guards a field. If somebody else's act takes it away while the person writes in it, keys are held and `taken` is called.
 * A field that waits for its first letter (`data-waiting`) does not count.
 */
export function guardField(element: HTMLElement, taken: () => void): void {
  guarded.set(element, taken);
  if (document.activeElement === element) enter(element);
}

/** Keys that type do nothing until the person pauses, presses another key or uses the pointer. */
export function holdKeys(): void {
  isHeld = true;
  wait(noticeMs);
}

/** True while keys that type do nothing. Nothing that takes text should get the focus: an input method would use it. */
export function areKeysHeld(): boolean {
  return isHeld;
}

/** True in the task of a key, a press or a click of this person: what happens now is not somebody else's act. */
export function isOwnAct(): boolean {
  return isActing;
}

const isField = (element: Element | null): element is Element =>
  element !== null && guarded.has(element) && !element.matches('[data-waiting], [readonly]');

function enter(element: Element): void {
  field = element;
  watch.observe(document, { childList: true, subtree: true });
}

function leave(): void {
  field = null;
  watch.disconnect();
}

/** The page has changed: the field may be gone. */
function look(): void {
  if (field === null || field.isConnected) return;
  const lost = field;
  leave();
  // A record that moved has its field elsewhere now.
  if (isField(document.activeElement)) return enter(document.activeElement);
  holdKeys();
  guarded.get(lost)?.();
}

function wait(ms: number): void {
  clearTimeout(timer);
  timer = window.setTimeout(release, ms);
}

function release(): void {
  if (!isHeld) return;
  clearTimeout(timer);
  isHeld = false;
}

/** The person acts, which may end writing. If the field has the focus afterwards, they still write. */
function act(): void {
  leave();
  isActing = true;
  setTimeout(() => {
    isActing = false;
    if (isField(document.activeElement)) enter(document.activeElement);
  });
}

function press(event: KeyboardEvent): void {
  if (modifiers.has(event.key)) return;
  const isEdit = edits.has(event.key) && !event.ctrlKey && !event.altKey && !event.metaKey;
  const isTyped = typesText(event);
  if (isHeld && (isTyped || isEdit)) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return wait(pauseMs);
  }
  release();
  if (!isTyped || !(event.target instanceof Element && isField(event.target))) act();
  else if (field !== event.target) enter(event.target);
}

function point(event: Event): void {
  release();
  if (event.target !== field) act();
}

// From the start, so that these listeners are called before those of the page.
addEventListener('keydown', press, { capture: true });
addEventListener(
  'keyup',
  (event) => {
    // Some browsers press a button by the release of the space bar.
    if (isHeld && typesText(event)) event.preventDefault();
  },
  { capture: true },
);
addEventListener('pointerdown', point, { capture: true });
addEventListener('click', point, { capture: true });
addEventListener('popstate', leave, { capture: true });
addEventListener(
  'focusin',
  ({ target }) => {
    if (target instanceof Element && isField(target)) enter(target);
  },
  { capture: true },
);
addEventListener(
  'focusout',
  ({ target }) => {
    if (target !== field) return;
    // Later: a field that is removed is still on the page now.
    setTimeout(() => {
      if (field === target && document.hasFocus() && document.activeElement !== field) leave();
    });
  },
  { capture: true },
);
