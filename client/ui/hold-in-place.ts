/** Something that a person looks at. */
export interface Anchor {
  /** The element that shows it now; null if nothing does. It may be another one than before. */
  find(): HTMLElement | null;
  /** The axes on which it scrolls along. A sticky head stays in place by itself. */
  readonly axes: 'x' | 'y' | 'both';
}

/** The place of an element: the start edge and the top on the screen, without what is scrolled. In pixels. */
interface Place {
  readonly x: number;
  readonly y: number;
}

/** Scrolls `root` so that an anchor is where it was. Returns true if that moved the view. */
type Settle = () => boolean;

/** What could not be scrolled, since a browser scrolls by whole pixels. The next correction makes up for it. */
interface Rest extends Place {
  /** The scroll position that it was left at. */
  readonly left: number;
  readonly top: number;
}
const rests = new WeakMap<HTMLElement, Rest>();

/**
 * Runs a change of what `root` shows, and keeps the first of the anchors that it does not take away in its place on the
 * screen, to half a pixel, as far as `root` can scroll. For a change that is done when `change` returns; `holdInPlace`
 * is for one that the page shows later.
 * @param anchors in order of importance
 */
export function changeInPlace(root: HTMLElement, anchors: readonly Anchor[], change: () => void): void {
  const settle = remember(root, anchors);
  change();
  settle();
}

/** How often the view is corrected: what it scrolls into sight may get its real height only then. */
const most = 3;

/**
 * Keeps anchors in their place while the page shows changes that others make. Call `hold` before such a change: once
 * the page has laid it out, before it paints, the view is corrected. That reads the layout twice a frame at most, and
 * nothing in other frames. The browser's own scroll anchoring is off meanwhile: it would keep something else in place,
 * and nothing at the start of a scroll area.
 * @param anchors called while the page shows the state before the change; in order of importance
 */
export function holdInPlace(
  root: HTMLElement,
  anchors: () => readonly Anchor[],
): { hold(): void; isHolding(): boolean; stop(): void } {
  let settle: Settle | null = null;
  let corrections = 0;
  let frame = 0;

  // A new observation is reported in the same frame, after its layout and before its painting.
  const laidOut = new ResizeObserver(() => {
    laidOut.disconnect();
    if (!settle) return;
    const moved = settle();
    corrections++;
    if (moved && corrections < most) frame = requestAnimationFrame(() => laidOut.observe(root));
    else end();
  });
  const end = () => {
    settle = null;
    root.style.removeProperty('overflow-anchor');
  };

  return {
    hold() {
      corrections = 0;
      if (settle) return;
      const seen = anchors();
      if (seen.length === 0) return;
      settle = remember(root, seen);
      root.style.setProperty('overflow-anchor', 'none');
      laidOut.observe(root);
    },
    isHolding: () => settle !== null,
    stop() {
      cancelAnimationFrame(frame);
      laidOut.disconnect();
      end();
    },
  };
}

/** Measures the anchors. */
function remember(root: HTMLElement, anchors: readonly Anchor[]): Settle {
  const rest = rests.get(root);
  const isAtRest = rest !== undefined && rest.left === root.scrollLeft && rest.top === root.scrollTop;
  let kept = measure(root, anchors, isAtRest ? rest : { x: 0, y: 0 });

  return () => {
    const ways = kept.map(({ anchor, before }) => {
      const now = anchor.find();
      const at = now && placeOf(root, now);
      return { axes: anchor.axes, x: at ? at.x - before.x : null, y: at ? at.y - before.y : null };
    });
    /** How far the first anchor that is still there has moved on an axis. */
    const by = (axis: 'x' | 'y') =>
      ways.find((way) => (way.axes === axis || way.axes === 'both') && way[axis] !== null)?.[axis] ?? 0;
    const way = { x: by('x'), y: by('y') };
    const from = { x: root.scrollLeft, y: root.scrollTop };
    if (Math.abs(way.x) >= 0.5) root.scrollLeft += way.x;
    if (Math.abs(way.y) >= 0.5) root.scrollTop += way.y;
    const [left, top] = [root.scrollLeft, root.scrollTop];
    const owed = { x: owing(way.x, left - from.x), y: owing(way.y, top - from.y) };
    rests.set(root, { ...owed, left, top });
    kept = measure(root, anchors, owed);
    return left !== from.x || top !== from.y;
  };
}

function measure(root: HTMLElement, anchors: readonly Anchor[], owed: Place) {
  return anchors.flatMap((anchor) => {
    const element = anchor.find();
    if (!element) return [];
    const { x, y } = placeOf(root, element);
    return [{ anchor, before: { x: x - owed.x, y: y - owed.y } }];
  });
}

/** A part of a pixel. More than that is left where `root` ends: nothing can make up for it. */
const owing = (way: number, done: number) => (Math.abs(way - done) < 1 ? way - done : 0);

/** Physical positions: they are measured on the screen, as scroll positions are. */
function placeOf(root: HTMLElement, element: HTMLElement): Place {
  const box = element.getBoundingClientRect();
  const start = getComputedStyle(root).direction === 'rtl' ? box.right : box.left;
  return { x: start + root.scrollLeft, y: box.top + root.scrollTop };
}
