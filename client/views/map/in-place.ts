import type { Anchor } from '../../ui/hold-in-place.ts';
import { holdInPlace } from '../../ui/hold-in-place.ts';

const records = '[data-card], [data-focus-key]';

/** How far from the start edges of what scrolls a look for the first thing in view begins, in pixels. */
const insetPx = 4;

/**
 * Changes by others leave in its place on the screen what this person writes in or has focused, if it is in sight; else
 * what is under the pointer; else the first thing at the start of the view. Own actions move the view as they like.
 * @param beforeOthers calls a listener before a change by others shows, and returns a function that ends this
 */
export function keepViewInPlace(
  root: HTMLElement,
  beforeOthers: (listener: () => void) => () => void,
): { isHolding(): boolean; stop(): void } {
  let pointed: Element | null = null;
  const over = ({ target }: PointerEvent) => (pointed = target instanceof Element ? target : null);
  const out = () => (pointed = null);
  root.addEventListener('pointerover', over, { passive: true });
  root.addEventListener('pointerleave', out, { passive: true });

  const place = holdInPlace(root, () => anchors(root, pointed));
  const deafen = beforeOthers(() => place.hold());
  return {
    isHolding: () => place.isHolding(),
    stop() {
      deafen();
      place.stop();
      root.removeEventListener('pointerover', over);
      root.removeEventListener('pointerleave', out);
    },
  };
}

/** What the person looks at, in order of importance. */
export function anchors(root: HTMLElement, pointed: Element | null): Anchor[] {
  const view = viewOf(root);
  const focused = document.activeElement;
  const seen = new Set<HTMLElement>();
  for (const start of [focused, pointed, firstIn(view), firstIn({ ...view, ...middleOf(view) })]) {
    const record = start?.closest<HTMLElement>(records);
    if (record && root.contains(record) && isIn(view, record)) seen.add(record);
  }
  return [...seen].flatMap((record) => anchorsFor(root, record));
}

/** A card counts until another person moves it to another cell, then its cell does. A card that is written in stays. */
function anchorsFor(root: HTMLElement, record: HTMLElement): Anchor[] {
  const { card, focusKey = '' } = record.dataset;
  const shown = (selector: string) => root.querySelector<HTMLElement>(selector);
  if (card === undefined) {
    const kind = focusKey.split(':')[0];
    const axes = kind === 'cell' ? 'both' : kind === 'lane' ? 'y' : 'x';
    return [{ axes, find: () => (record.isConnected ? record : shown(`[data-focus-key="${focusKey}"]`)) }];
  }
  const cell = record.closest<HTMLElement>('[data-focus-key]');
  const key = cell?.dataset.focusKey;
  const isWritten = record.querySelector('textarea:focus:not([data-waiting])') !== null;
  const find = () => {
    const now = record.isConnected ? record : shown(`[data-card="${card}"]`);
    const isThere = isWritten || now?.closest<HTMLElement>('[data-focus-key]')?.dataset.focusKey === key;
    return isThere ? now : null;
  };
  return [{ axes: 'both', find }, ...(cell ? anchorsFor(root, cell) : [])];
}

/** The part of the map that scrolls, on the screen: without the sticky heads. */
interface View {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly isMirrored: boolean;
}

function viewOf(root: HTMLElement): View {
  const box = root.getBoundingClientRect();
  const style = getComputedStyle(root);
  const isMirrored = style.direction === 'rtl';
  // Where the browser scrolls things to, less the room that it leaves there.
  const top = box.top + Math.max(0, (parseFloat(style.scrollPaddingBlockStart) || 0) - 16);
  const head = Math.max(0, (parseFloat(style.scrollPaddingInlineStart) || 0) - 16);
  return {
    left: box.left + (isMirrored ? 0 : head),
    right: box.left + root.clientWidth - (isMirrored ? head : 0),
    top,
    bottom: box.top + root.clientHeight,
    isMirrored,
  };
}

const middleOf = ({ left, right, top, bottom }: View) => ({
  left: (left + right) / 2,
  right: (left + right) / 2,
  top: (top + bottom) / 2,
});

/** The first card, or else the cell, at the start of a view. */
function firstIn(view: View): Element | null {
  const x = view.isMirrored ? view.right - insetPx : view.left + insetPx;
  const found = document.elementFromPoint(x, view.top + insetPx)?.closest<HTMLElement>(records) ?? null;
  const cards = found?.querySelectorAll('[data-card]') ?? [];
  return [...cards].find((card) => card.getBoundingClientRect().top >= view.top) ?? found;
}

/** A head is in sight if it is on the screen: it is sticky. */
function isIn(view: View, record: HTMLElement): boolean {
  const box = record.getBoundingClientRect();
  if (record.matches('[data-focus-key]:not([data-focus-key^="cell:"])')) return box.height > 0;
  return box.bottom > view.top && box.top < view.bottom && box.right > view.left && box.left < view.right;
}
