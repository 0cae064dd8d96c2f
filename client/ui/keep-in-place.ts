import { restMs } from './attention.ts';

/** What to keep in its place. */
export interface PlaceRules {
  /** A selector for the rows. In the order of the page, each is below the one before. */
  readonly rows: string;
  /** A selector for elements that stand side by side, from the start edge on: also keeps the inline axis. */
  readonly columns?: string;
  /** Names the record of a row or column, to find it again after its element was made anew. */
  name?(record: HTMLElement): string;
  /**
   * True if the view gives room at both ends of an axis, as padding of `--room-block-start`, `--room-block-end`,
   * `--room-inline-start` and `--room-inline-end`. Without it, a view that is too short to scroll cannot keep a place.
   */
  readonly hasRoom?: boolean;
}

export interface KeptPlace {
  /** Call it with a change of the person's own that moves the view, as sorting or adding: what it moves stays moved. */
  readonly accept: () => void;
  readonly stop: () => void;
}

/** The edges of an element on one axis, in px from the start edge of the window. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Keeps what a person looks at, or writes in, at its place on the screen while others insert, remove, sort and edit
 * what is before it. `root` is an element that scrolls. What counts, in this order: the focused element, or the record
 * around it; the row under the pointer, for 5 s after the pointer has moved; else what most of the visible rows do. At
 * its beginning, a view that nobody touches stays there, so that what comes first is seen.
 *
 * The places are known from the last frame. After a change of elements or text, and after a change of size, the view
 * scrolls by the difference before the next frame is painted. The change itself costs nothing here, however many there
 * are in a frame, and a frame costs as many measurements as there are visible rows. This replaces the scroll anchoring
 * of browsers, which does nothing at the beginning of a view, for a row that is sorted, or in Safari.
 *
 * A list needs `rows`. A grid such as the map also needs `columns`: one row of elements that are always there, as the
 * heads of phases and steps; `rows` are then one column of them, as the heads of lanes. Elements that are sticky on an
 * axis cannot measure that axis. Places are measured from the start edge, so that a mirrored view keeps its own.
 */
export function keepInPlace(root: HTMLElement, rules: PlaceRules): KeptPlace {
  const axes = [new Axis(root, 'block', rules), ...(rules.columns ? [new Axis(root, 'inline', rules)] : [])];
  let frame = 0;
  let isOwn = false;
  let pointer: { readonly x: number; readonly y: number; readonly at: number } | null = null;

  const settle = () => {
    cancelAnimationFrame(frame);
    frame = 0;
    const at = pointer && performance.now() - pointer.at < restMs ? pointer : null;
    for (const axis of axes) {
      if (isOwn) axis.empty();
      else axis.restore(at);
      axis.look();
    }
    isOwn = false;
    for (const child of root.children) {
      if (!sized.has(child)) sizes.observe(child);
      sized.add(child);
    }
  };
  const changed = () => {
    if (frame === 0) frame = requestAnimationFrame(settle);
  };
  /** The person scrolls or moves the focus. While a change waits for its frame, the places before it are needed. */
  const moved = () => {
    if (changes.takeRecords().length > 0) changed();
    if (frame !== 0) return;
    for (const axis of axes) {
      axis.trim();
      axis.look();
    }
  };
  const point = ({ clientX: x, clientY: y, pointerType }: PointerEvent) => {
    if (pointerType !== 'touch') pointer = { x, y, at: performance.now() };
  };
  const wheel = () => {
    if (pointer) pointer = { ...pointer, at: performance.now() };
  };
  const leave = () => (pointer = null);

  root.style.setProperty('overflow-anchor', 'none');
  const listeners = new AbortController();
  const options = { passive: true, signal: listeners.signal };
  root.addEventListener('scroll', moved, options);
  root.addEventListener('focusin', moved, options);
  root.addEventListener('pointermove', point, options);
  root.addEventListener('wheel', wheel, options);
  root.addEventListener('pointerleave', leave, options);
  const changes = new MutationObserver(changed);
  changes.observe(root, { childList: true, characterData: true, subtree: true });
  // Called after the layout and before it is painted; also after the first one.
  const sizes = new ResizeObserver(settle);
  // With its padding, which gives the room.
  sizes.observe(root, { box: 'border-box' });
  const sized = new WeakSet<Element>();

  return {
    accept() {
      isOwn = true;
      changed();
    },
    stop() {
      listeners.abort();
      changes.disconnect();
      sizes.disconnect();
      cancelAnimationFrame(frame);
    },
  };
}

/** One axis of a view: where its records were, and how far it has to scroll to have them there again. */
class Axis {
  readonly #root: HTMLElement;
  readonly #name: 'block' | 'inline';
  readonly #selector: string;
  readonly #rules: PlaceRules;
  /** The visible records by name, as last seen. */
  readonly #seen = new Map<string | HTMLElement, Span>();
  /** The focused element, as last seen. */
  #focused: { readonly element: Element; readonly span: Span } | null = null;
  #scroll = 0;
  /** Less than a pixel that could not be scrolled, so that many changes do not add up. */
  #owed = 0;
  #isMirrored = false;
  #room = { start: 0, end: 0 };

  constructor(root: HTMLElement, name: 'block' | 'inline', rules: PlaceRules) {
    this.#root = root;
    this.#name = name;
    this.#selector = (name === 'inline' ? rules.columns : rules.rows) ?? '';
    this.#rules = rules;
  }

  look(): void {
    this.#isMirrored = this.#name === 'inline' && getComputedStyle(this.#root).direction === 'rtl';
    const view = this.#span(this.#root);
    this.#seen.clear();
    this.#scroll = this.#offset;
    for (const [record, span] of this.#visible(view)) {
      const name = this.#nameOf(record);
      if (!this.#seen.has(name)) this.#seen.set(name, span);
    }
    const element = this.#active;
    const span = element && this.#span(element);
    this.#focused = element && span && overlaps(span, view) ? { element, span } : null;
  }

  /** Scrolls so that what counts is where it was. */
  restore(pointer: { readonly x: number; readonly y: number } | null): void {
    const by = this.#displacement(pointer) + this.#owed;
    this.#owed = by;
    if (Math.abs(by) >= 0.5) this.#scrollTo(this.#offset + by);
  }

  /** Takes back room that is out of sight. */
  trim(): void {
    this.#owed = 0;
    const { start, end } = this.#room;
    if (start === 0 && end === 0) return;
    const at = this.#offset;
    if (start > 0 && at >= start) this.#scrollTo(at);
    else if (end > 0) this.#setRoom(start, Math.max(0, end - Math.max(0, this.#last - at)));
  }

  /** Takes back all room. */
  empty(): void {
    this.#owed = 0;
    if (this.#room.start === 0 && this.#room.end === 0) return;
    const at = this.#offset - this.#room.start;
    this.#setRoom(0, 0);
    this.#offset = Math.max(0, at);
  }

  /** How far the view has moved against its content, other than by scrolling; in px towards the end. */
  #displacement(pointer: { readonly x: number; readonly y: number } | null): number {
    const scrolled = this.#offset + this.#clamped - this.#scroll;
    const since = (before: Span, now: Span) => now.start - (before.start - scrolled);
    const active = this.#active;
    if (active && this.#focused?.element === active) return since(this.#focused.span, this.#span(active));
    const around = active?.closest<HTMLElement>(this.#selector);
    const before = around && this.#seen.get(this.#nameOf(around));
    if (around && before) return since(before, this.#span(around));

    const moves = new Map<string | HTMLElement, number>();
    for (const record of this.#root.querySelectorAll<HTMLElement>(this.#selector)) {
      const name = this.#nameOf(record);
      const seen = moves.has(name) ? undefined : this.#seen.get(name);
      if (seen) moves.set(name, since(seen, this.#span(record)));
    }
    if (pointer) {
      const at = this.#place(pointer.x, pointer.y);
      for (const [name, { start, end }] of this.#seen)
        if (start - scrolled <= at && at < end - scrolled) return moves.get(name) ?? median(moves);
    }
    return this.#scroll > 0 ? median(moves) : 0;
  }

  /** What the browser has scrolled back, because the content has become too short. */
  get #clamped(): number {
    return this.#offset < this.#scroll && this.#offset >= this.#last - 1 ? this.#scroll - this.#offset : 0;
  }

  #scrollTo(wanted: number): void {
    // Room before the content is given where the view cannot scroll, and taken back as soon as it can.
    const start = Math.max(0, this.#room.start - wanted);
    const to = wanted - this.#room.start + start;
    const isShort = start > 0 || this.#room.start > 0 || this.#room.end > 0 || to > this.#last;
    if (this.#rules.hasRoom === true && isShort) {
      this.#setRoom(start, this.#room.end);
      this.#setRoom(start, Math.max(0, to + this.#size - this.#contentLength));
    }
    this.#offset = to;
    const left = to - this.#offset;
    this.#owed = Math.abs(left) < 1 ? left : 0;
  }

  #setRoom(start: number, end: number): void {
    this.#room = { start, end };
    this.#root.style.setProperty(`--room-${this.#name}-start`, `${start}px`);
    this.#root.style.setProperty(`--room-${this.#name}-end`, `${end}px`);
  }

  /** The visible records, found by halving: a list may be long. */
  *#visible(view: Span): Generator<[HTMLElement, Span]> {
    const all = this.#root.querySelectorAll<HTMLElement>(this.#selector);
    let low = 0;
    let high = all.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const record = all[middle];
      if (record && this.#span(record).end <= view.start) low = middle + 1;
      else high = middle;
    }
    for (let at = low; at < all.length; at++) {
      const record = all[at];
      if (!record) return;
      const span = this.#span(record);
      if (span.start >= view.end) return;
      yield [record, span];
    }
  }

  /** The focused element, if it is in the view. */
  get #active(): Element | null {
    const active = document.activeElement;
    return active && active !== this.#root && this.#root.contains(active) ? active : null;
  }

  #nameOf(record: HTMLElement): string | HTMLElement {
    return this.#rules.name?.(record) ?? record;
  }

  #place(x: number, y: number): number {
    if (this.#name === 'block') return y;
    return this.#isMirrored ? innerWidth - x : x;
  }

  #span(element: Element): Span {
    const box = element.getBoundingClientRect();
    if (this.#name === 'block') return { start: box.top, end: box.bottom };
    if (!this.#isMirrored) return { start: box.left, end: box.right };
    return { start: innerWidth - box.right, end: innerWidth - box.left };
  }

  /** How far the view is scrolled from its start edge. */
  get #offset(): number {
    if (this.#name === 'block') return this.#root.scrollTop;
    return Math.abs(this.#root.scrollLeft);
  }

  set #offset(to: number) {
    const sign = this.#isMirrored ? -1 : 1;
    this.#root.scrollTo(
      this.#name === 'block' ? { top: to, behavior: 'instant' } : { left: sign * to, behavior: 'instant' },
    );
  }

  get #size(): number {
    return this.#name === 'block' ? this.#root.clientHeight : this.#root.clientWidth;
  }

  /** The largest offset. */
  get #last(): number {
    const { scrollHeight, scrollWidth } = this.#root;
    return (this.#name === 'block' ? scrollHeight : scrollWidth) - this.#size;
  }

  /** The length of what scrolls without the room at its end; `scrollHeight` is never less than the view. */
  get #contentLength(): number {
    const style = getComputedStyle(this.#root);
    const px = (property: string) => parseFloat(style.getPropertyValue(property)) || 0;
    const begin = this.#span(this.#root).start + px(`border-${this.#name}-start-width`) - this.#offset;
    const end = Math.max(begin, ...[...this.#root.children].map((child) => this.#span(child).end));
    return end - begin + px(`padding-${this.#name}-end`) - this.#room.end;
  }
}

const overlaps = (a: Span, b: Span) => a.end > b.start && a.start < b.end;

function median(moves: ReadonlyMap<string | HTMLElement, number>): number {
  const sorted = [...moves.values()].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}
