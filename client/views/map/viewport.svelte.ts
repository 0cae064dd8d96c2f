import { flushSync, untrack } from 'svelte';
import { cards } from '$shared/collections/card.ts';
import type { Journey, PhaseColumns } from '$shared/queries/journey.ts';
import type { Board } from '../../model/board.svelte.ts';
import { Flags } from '../../model/store/flags.svelte.ts';
import type { Range } from './drawn-range.ts';
import { isWithin, nearestMissing, overlapping } from './drawn-range.ts';
import type { Floor } from './estimate.ts';
import { Estimate } from './estimate.ts';
import type { FocusTarget } from './grid.ts';
import type { MapMemory } from './memory.svelte.ts';
import type { Columns } from './widths.ts';

/** Boards with at most this many cards and cells are drawn whole: the browser's find and its reader see all. */
const smallBoard = 600;
/** Lanes in view that are drawn before the first paint. The others follow, one per frame. */
const firstLanes = 2;
/** Time until the first lanes are painted and can be used. */
const firstPaintMs = 60;
/** Room for the heads of lanes before the first measurement. */
const headPx = 184;

/** Why something out of view is drawn: it has the focus, is being written, is dragged, or a followed person is there. */
type Reason = 'focus' | 'writing' | 'drag' | 'follow';

interface ViewportParts {
  readonly board: Board;
  readonly memory: MapMemory;
  columns(): Columns;
  /** The height of the sticky head. */
  stickPx(): number;
}

/** What is in view of the map's content, in pixels from its top and its start edge. */
interface View {
  readonly top: number;
  readonly bottom: number;
  readonly start: number;
  readonly end: number;
}

/**
 * The part of a large map that is drawn: the lanes and phases in view, those around them, and those of the focused, the
 * written and the dragged cards. The cost of a map depends on what is in view, not on the board. Each lane keeps one
 * element with its height. Small boards are drawn whole, after the first view.
 */
export class Viewport {
  readonly #parts: ViewportParts;
  readonly #estimate: Estimate;
  /** The phases that are drawn, in order. */
  readonly phases: readonly PhaseColumns[];
  /** Grows whenever other lanes or phases are drawn. */
  changes = $state(0);
  #drawnPhases: ReadonlySet<string> = $state.raw(new Set());
  readonly #drawnLanes = new Set<string>();
  readonly #laneFlags = new Flags();
  readonly #kept = new Map<Reason, FocusTarget>();
  readonly #elements = new Map<string, HTMLElement>();
  #root: HTMLElement | null = null;
  #isHeld = () => false;
  /** True while all is drawn: for printing, and for the browser's find. */
  #isWhole = false;
  /** True once the first lanes are painted. */
  #isPainted = false;
  #frame = 0;
  readonly #sizes = new ResizeObserver((entries) => {
    for (const { target, borderBoxSize } of entries) this.#resized(target, borderBoxSize[0]?.blockSize ?? 0);
  });

  constructor(parts: ViewportParts) {
    this.#parts = parts;
    this.#estimate = new Estimate(parts.board, parts.memory.heights);
    this.phases = $derived(this.#journey.phases.filter(({ phase }) => this.#drawnPhases.has(phase.id)));
    const { left, top } = parts.memory.scroll;
    const view = { top, bottom: top + innerHeight, start: Math.abs(left), end: Math.abs(left) + innerWidth };
    untrack(() => this.#draw(view));
  }

  get #journey(): Journey {
    return this.#parts.board.journey;
  }

  /** Whether a lane is drawn. A component that reads this depends on that lane alone. */
  hasLane(id: string): boolean {
    return this.#laneFlags.has(id);
  }

  /** The height of a lane that is not drawn. */
  heightOf(lane: string): number {
    return this.#parts.memory.heights.ofLane(lane);
  }

  /** The height that the phases that are not drawn need in a lane with cards. Depends on the drawn phases alone. */
  floorOf(lane: string): Floor {
    const phases = this.#undrawn();
    return untrack(() => this.#estimate.rows(lane, phases));
  }

  /** The height that the heads of phases or steps that are not drawn need. */
  headFloor(kind: 'phase' | 'step'): number {
    return this.#estimate.heads(kind, this.#undrawn());
  }

  #undrawn(): Journey['phases'] {
    const drawn = this.#drawnPhases;
    return this.#journey.phases.filter(({ phase }) => !drawn.has(phase.id));
  }

  /**
   * The map appears. Returns a function for when it disappears.
   * @param isHeld true while a change by others is shown: its place is kept by `in-place.ts` then
   */
  attach(root: HTMLElement, isHeld: () => boolean): () => void {
    this.#root = root;
    this.#isHeld = isHeld;
    untrack(() => this.refresh());
    const update = () => this.update();
    const whole = () => this.#wholeUntil(null);
    const notWhole = () => this.#endWhole();
    const find = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() === 'f' && (event.ctrlKey || event.metaKey)) this.#wholeUntil(event);
    };
    root.addEventListener('scroll', update, { passive: true });
    window.addEventListener('beforeprint', whole);
    window.addEventListener('afterprint', notWhole);
    window.addEventListener('keydown', find);
    this.#sizes.observe(root);
    const begin = setTimeout(() => {
      this.#isPainted = true;
      this.#fillNext();
    }, firstPaintMs);
    return () => {
      root.removeEventListener('scroll', update);
      window.removeEventListener('beforeprint', whole);
      window.removeEventListener('afterprint', notWhole);
      window.removeEventListener('keydown', find);
      clearTimeout(begin);
      cancelAnimationFrame(this.#frame);
      this.#endWhole();
      this.#sizes.disconnect();
      this.#root = null;
    };
  }

  /** For `{@attach}`: watches the height of a lane's element. */
  lane(id: string): (element: HTMLElement) => () => void {
    return (element) => {
      this.#elements.set(id, element);
      this.#sizes.observe(element);
      return () => {
        this.#sizes.unobserve(element);
        if (this.#elements.get(id) === element) this.#elements.delete(id);
      };
    };
  }

  /** Keeps a cell or a head drawn, wherever it is, instead of the one before with the same reason. */
  keep(reason: Reason, target: FocusTarget | null): void {
    if (target) this.#kept.set(reason, target);
    else this.#kept.delete(reason);
    if (target && !this.#isDrawn(target)) this.#drawMore([laneOf(target)], [this.#phaseOf(target)]);
  }

  /** Draws a cell or a head at once, before it gets the focus. */
  ensure(target: FocusTarget): void {
    if (this.#isDrawn(target)) return;
    this.keep('focus', target);
    flushSync();
  }

  /** The journey has changed: draws the new lanes and phases that are in view, with the change. */
  refresh(): void {
    const view = this.#view();
    if (!view) return;
    this.#draw(view);
    this.#fillSoon();
  }

  /** Draws what has come into view, and removes what is far from it. */
  update(): void {
    const view = this.#view();
    if (!view) return;
    const { wanted, near } = this.#ranges(view);
    const { lanes, phases } = this.#journey;
    const isMissing =
      lanes.some(({ id }, at) => isWithin(wanted.lanes, at) && !this.#drawnLanes.has(id)) ||
      phases.some(({ phase }, at) => isWithin(wanted.phases, at) && !this.#drawnPhases.has(phase.id));
    const isOver = (['lanes', 'phases'] as const).some((of) => this.#surplus(of, near[of]).length > 0);
    if (isMissing || isOver) {
      // Says that all around the view is drawn: `#fillNext` sets it.
      delete this.#root?.dataset.drawn;
      this.#inPlace(() => this.#draw(view));
    }
    this.#fillSoon();
  }

  /** Draws what is in view, and forgets what is out of the wider range. */
  #draw(view: View): void {
    const { wanted, near } = this.#ranges(view);
    const { lanes, phases } = this.#journey;
    const goneLanes = this.#surplus('lanes', near.lanes);
    const gonePhases = this.#surplus('phases', near.phases);
    this.#measure(goneLanes, gonePhases);
    for (const id of goneLanes) this.#setLane(id, false);
    if (gonePhases.length > 0) {
      const gone = new Set(gonePhases);
      this.#drawnPhases = new Set([...this.#drawnPhases].filter((id) => !gone.has(id)));
    }
    this.#drawMore(
      lanes.slice(wanted.lanes.from, wanted.lanes.to).map(({ id }) => id),
      phases.slice(wanted.phases.from, wanted.phases.to).map(({ phase }) => phase.id),
    );
    for (const target of this.#kept.values()) this.#drawMore([laneOf(target)], [this.#phaseOf(target)]);
    this.changes++;
  }

  #drawMore(lanes: readonly (string | null)[], phases: readonly (string | null)[]): void {
    for (const id of lanes) if (id !== null) this.#setLane(id, true);
    const missing = phases.filter((id) => id !== null).filter((id) => !this.#drawnPhases.has(id));
    if (missing.length > 0) this.#drawnPhases = new Set([...this.#drawnPhases, ...missing]);
  }

  #setLane(id: string, on: boolean): void {
    if (on) this.#drawnLanes.add(id);
    else this.#drawnLanes.delete(id);
    this.#laneFlags.set(id, on);
  }

  /** Drawn lanes or phases outside of a range that nothing keeps, and those that no longer exist. */
  #surplus(of: 'lanes' | 'phases', range: Range): string[] {
    const all =
      of === 'lanes'
        ? this.#journey.lanes.map(({ id }) => id)
        : this.#journey.phases.map(({ phase }) => phase.id);
    const within = new Set(all.slice(range.from, range.to));
    for (const target of this.#kept.values()) {
      const kept = of === 'lanes' ? laneOf(target) : this.#phaseOf(target);
      if (kept !== null) within.add(kept);
    }
    return [...(of === 'lanes' ? this.#drawnLanes : this.#drawnPhases)].filter((id) => !within.has(id));
  }

  /** What is in view; what is around it and drawn when there is time; and what is near enough to stay drawn. */
  #ranges(view: View) {
    const { board, memory } = this.#parts;
    const { lanes, phases } = this.#journey;
    this.#estimate.guessLanes(this.#journey, view.bottom);
    const heights = lanes.map(({ id }) => memory.heights.ofLane(id));
    const columns = this.#parts.columns();
    const widths = phases.map(({ phase }) => columns.phases.get(phase.id)?.width ?? 0);
    const all = { lanes: { from: 0, to: lanes.length }, phases: { from: 0, to: phases.length } };
    const cells = lanes.length * (columns.count + phases.length);
    const isSmall = board.of(cards).size + cells <= smallBoard;
    const lanesTop = this.#lanesTop();
    const within = (views: number) => {
      const [down, along] = [(view.bottom - view.top) * views, (view.end - view.start) * views];
      return {
        lanes: overlapping(heights, lanesTop, view.top - down, view.bottom + down),
        phases: overlapping(widths, 0, view.start - along, view.end + along),
      };
    };
    if (!this.#isPainted) {
      const { lanes: inView, phases: along } = within(0);
      const first = { from: inView.from, to: Math.min(inView.to, inView.from + firstLanes) };
      const wanted = { lanes: first, phases: isSmall ? all.phases : along };
      return { wanted, around: wanted, near: wanted };
    }
    if (this.#isWhole) return { wanted: all, around: all, near: all };
    if (isSmall) return { wanted: { ...within(0), phases: all.phases }, around: all, near: all };
    return { wanted: within(0), around: within(0.3), near: within(0.6) };
  }

  /** Draws what is missing in the view, then around it, one lane or phase per frame. */
  #fillNext(): void {
    const view = this.#view();
    if (!view || !this.#isPainted) return;
    const { wanted, around } = this.#ranges(view);
    const { lanes, phases } = this.#journey;
    const lane = nearestMissing(wanted.lanes, around.lanes, (at) =>
      this.#drawnLanes.has(lanes[at]?.id ?? ''),
    );
    const phase = nearestMissing(wanted.phases, around.phases, (at) =>
      this.#drawnPhases.has(phases[at]?.phase.id ?? ''),
    );
    if (lane === -1 && phase === -1) {
      if (this.#root) this.#root.dataset.drawn = '';
      return;
    }
    this.#inPlace(() => {
      this.#drawMore([lanes[lane]?.id ?? null], [phases[phase]?.phase.id ?? null]);
      this.changes++;
    });
    this.#fillSoon();
  }

  #fillSoon(): void {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#fillNext();
    });
  }

  /** Draws or removes parts of the map. What is in view stays where it is, though lanes above turn out higher. */
  #inPlace(change: () => void): void {
    const root = this.#root;
    const anchor = root && !this.#isHeld() ? this.#anchor(root) : null;
    const before = anchor?.getBoundingClientRect().top ?? 0;
    change();
    flushSync();
    const moved = anchor ? anchor.getBoundingClientRect().top - before : 0;
    if (root && Math.abs(moved) >= 1) root.scrollTop += moved;
  }

  /** What must not move on the screen: what has the focus, if it is in view; else what is in the middle of the view. */
  #anchor(root: HTMLElement): Element | null {
    const view = root.getBoundingClientRect();
    const edge = view.top + this.#parts.stickPx();
    const focused = document.activeElement?.closest('[data-card], [data-focus-key]');
    if (focused && root.contains(focused)) {
      const { top, bottom } = focused.getBoundingClientRect();
      if (bottom > edge && top < view.bottom) return focused;
    }
    const middle = document
      .elementFromPoint(view.left + view.width / 2, (edge + view.bottom) / 2)
      ?.closest('[data-card], .lane');
    if (middle && root.contains(middle)) return middle;
    for (const { id } of this.#journey.lanes) {
      const element = this.#elements.get(id);
      if (element && element.getBoundingClientRect().bottom > edge) return element;
    }
    return null;
  }

  /** Notes the heights of what is about to be removed from the page. */
  #measure(lanes: readonly string[], phases: readonly string[]): void {
    if (!this.#root || lanes.length + phases.length === 0) return;
    this.#estimate.measure(this.#root, (target) => {
      const isOfLane = target.kind === 'cell' && lanes.includes(target.cell.lane);
      return isOfLane || phases.includes(this.#phaseOf(target) ?? '');
    });
  }

  #resized(element: Element, blockSize: number): void {
    const id = element instanceof HTMLElement ? element.dataset.lane : undefined;
    const { heights } = this.#parts.memory;
    // The map itself, or a lane that has become lower: more may be in view.
    const isLess = id === undefined || blockSize < heights.ofLane(id);
    if (id !== undefined && this.#drawnLanes.has(id)) heights.setLane(id, blockSize);
    if (isLess) this.#updateSoon();
  }

  #updateSoon(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.update();
    });
  }

  #wholeUntil(find: KeyboardEvent | null): void {
    this.#isWhole = true;
    this.#inPlace(() => {
      const { lanes, phases } = this.#journey;
      this.#drawMore(
        lanes.map(({ id }) => id),
        phases.map(({ phase }) => phase.id),
      );
      this.changes++;
    });
    // The browser's find gives no sign when it is closed: the next press on the page is one.
    if (find) setTimeout(() => document.addEventListener('pointerdown', this.#endWhole, { once: true }));
  }

  readonly #endWhole = (): void => {
    document.removeEventListener('pointerdown', this.#endWhole);
    if (!this.#isWhole) return;
    this.#isWhole = false;
    this.#updateSoon();
  };

  #isDrawn(target: FocusTarget): boolean {
    const [lane, phase] = [laneOf(target), this.#phaseOf(target)];
    return (lane === null || this.#drawnLanes.has(lane)) && (phase === null || this.#drawnPhases.has(phase));
  }

  /** The phase that must be drawn for a target; null for the head of a lane. */
  #phaseOf(target: FocusTarget): string | null {
    switch (target.kind) {
      case 'cell':
        return target.cell.phase;
      case 'phase':
        return target.id;
      case 'step':
        return (
          this.#journey.phases.find(({ steps }) => steps.some(({ id }) => id === target.id))?.phase.id ?? null
        );
      case 'lane':
        return null;
    }
  }

  #view(): View | null {
    const root = this.#root;
    if (!root || root.clientHeight === 0) return null;
    const top = root.scrollTop;
    // Negative on a mirrored map.
    const start = Math.abs(root.scrollLeft);
    return { top, bottom: top + root.clientHeight, start, end: start + root.clientWidth };
  }

  /** Where the lanes begin in the map's content. */
  #lanesTop(): number {
    const first = this.#journey.lanes[0];
    return (first && this.#elements.get(first.id)?.offsetTop) ?? headPx;
  }
}

function laneOf(target: FocusTarget): string | null {
  if (target.kind === 'lane') return target.id;
  return target.kind === 'cell' ? target.cell.lane : null;
}
