import { getContext, setContext, tick } from 'svelte';
import type { CellAt } from '$shared/collections/card.ts';
import { addCard, moveCards, removeCards, cards } from '$shared/collections/card.ts';
import type { LaneType } from '$shared/collections/lane.ts';
import { holdsCards, lanes } from '$shared/collections/lane.ts';
import type { Gap } from '$shared/schema/placing.ts';
import { Flags } from '../../model/store/flags.svelte.ts';
import { t } from '../../text/messages.svelte.ts';
import type { Anchor } from '../../ui/floating.ts';
import type { Workspace } from '../../parts/workspace.svelte.ts';
import { cardsIn, cellOfCard } from './cells.ts';
import type { FocusTarget } from './grid.ts';
import { Grid, parseFocusKey, focusKey } from './grid.ts';
import type { MapMemory } from './memory.svelte.ts';
import { mapMemory } from './memory.svelte.ts';

/** Lanes that are drawn before the first paint; the others follow, a frame each. */
const firstLanes = 2;

/** How long a card that was asked for stays ringed. */
const pointedMs = 2_000;

/** What is open over the map. */
export type Overlay =
  | { readonly kind: 'move'; readonly cards: readonly string[] }
  /** The dialog of a type of lane, on a phase. */
  | { readonly kind: 'lane'; readonly type: LaneType; readonly phase: string }
  | { readonly kind: 'remove'; readonly of: 'phase' | 'step' | 'lane' | 'persona'; readonly id: string }
  | { readonly kind: 'add-lane'; readonly after: string | null }
  | { readonly kind: 'persona'; readonly id: string };

/** A menu and the element it hangs from. */
export interface OpenMenu {
  readonly kind: 'card' | 'phase' | 'step' | 'lane' | 'persona';
  readonly id: string;
  /** Where it opens: a button, an element or a point. */
  readonly anchor: Anchor;
  /** What gets the focus back. */
  readonly from: HTMLElement;
}

/**
 * The focus, the selection and what is open on the map. The focus roves: one element of the grid is in
 * the tab order, and moving it costs the same on any board, since it is set on the elements themselves.
 */
export class MapState {
  readonly workspace: Workspace;
  readonly memory: MapMemory;
  readonly grid: Grid;
  overlay: Overlay | null = $state.raw(null);
  menu: OpenMenu | null = $state.raw(null);
  /** Stacks that are shown whole. */
  unfolded: ReadonlySet<string> = $state.raw(new Set());
  /** The head whose title is being edited, as a spot key. */
  renaming: string | null = $state(null);
  selection: readonly string[] = $state.raw([]);
  /** Of each card: whether it is selected here, is being written in here, has the pointer or the focus. */
  readonly selected = new Flags();
  readonly editing = new Flags();
  readonly nearby = new Flags();
  /** How many lanes are drawn. Those in view come first, the others after the first paint. */
  drawn = $state(firstLanes);
  /** The height of what stays in view above the lanes. */
  stickPx = $state(0);
  /** The card that is being written in here. */
  writing: string | null = $state(null);

  /** The cards that have been shown, as far as the map was drawn by then: only the first showing is animated. */
  readonly #shownCards = new Set<string>();
  #root: HTMLElement | null = null;
  #stop: HTMLElement | null = null;
  #stopSpot = '';
  #column = 0;
  #near: string | null = null;

  constructor(workspace: Workspace) {
    this.workspace = workspace;
    this.memory = workspace.memory(mapMemory);
    this.grid = $derived(new Grid(workspace.board.journey));
  }

  get board() {
    return this.workspace.board;
  }

  attach(root: HTMLElement): () => void {
    this.#root = root;
    void tick().then(() => this.#begin());
    this.#ensureStop(root);
    // Someone else may remove the card that is the stop: the map must not fall out of the tab order.
    const watch = new MutationObserver(() => this.#ensureStop(root));
    watch.observe(root, { childList: true, subtree: true });
    return () => {
      watch.disconnect();
      this.#root = null;
    };
  }

  /** Who has no focus elsewhere begins where they last were. */
  #begin(): void {
    if (document.activeElement !== document.body) return;
    const last = this.memory.lastSpot;
    const start = (last === null ? null : this.#find(`[data-spot="${last}"]`)) ?? this.#stop;
    start?.focus({ preventScroll: true });
  }

  /** Takes note of where the focus went, and tells the others. */
  focused(target: HTMLElement): void {
    const element = target.closest<HTMLElement>('[data-card], [data-spot]');
    if (!element) return;
    this.#makeStop(element);
    this.near(element.dataset.card ?? null);
    const spot = this.focusTargetOf(element);
    if (spot) this.memory.lastSpot = focusKey(spot);
    if (spot && spot.kind !== 'cell') this.#column = this.grid.columnOf(spot);
    const card = element.dataset.card ?? null;
    this.board.presence.setState({
      at: card === null ? null : { in: 'cards', id: card },
      cell: spot?.kind === 'cell' ? spot.cell : null,
    });
  }

  /** The spot that an element is, or stands in. */
  focusTargetOf(element: Element): FocusTarget | null {
    const key = element.closest<HTMLElement>('[data-spot]')?.dataset.spot;
    return key === undefined ? null : parseFocusKey(key);
  }

  focusOn(spot: FocusTarget): boolean {
    const element = this.#find(`[data-spot="${focusKey(spot)}"]`);
    element?.focus();
    return element !== null;
  }

  focusCard(id: string): boolean {
    const element = this.#find(`[data-card="${id}"]`);
    element?.focus();
    return element !== null;
  }

  /** Shows a card wherever it is: unfolds its stack, lifts a filter that hides it, scrolls to it. */
  async showCard(id: string): Promise<void> {
    const cell = cellOfCard(this.board, id);
    if (!cell) return;
    this.drawAll();
    this.unfold(focusKey({ kind: 'cell', cell }));
    const record = this.board.of(cards).get(id);
    if (
      record &&
      this.memory.personas.size > 0 &&
      !record.personas.some((one) => this.memory.personas.has(one))
    ) {
      this.memory.personas = new Set();
    }
    await tick();
    this.point(id);
  }

  /** Goes to a card and rings it for a moment, so that the eye finds it among the others. */
  point(id: string): void {
    const element = this.#find(`[data-card="${id}"]`);
    if (!element) return;
    element.focus({ preventScroll: true });
    element.scrollIntoView({ block: 'center', inline: 'center' });
    element.dataset.pointed = '';
    setTimeout(() => delete element.dataset.pointed, pointedMs);
  }

  unfold(key: string): void {
    if (!this.unfolded.has(key)) this.unfolded = new Set([...this.unfolded, key]);
  }

  /** Steps from an element in a direction of the screen. Cards of a stack come before the next cell. */
  step(from: HTMLElement, rows: number, columns: number): void {
    const spot = this.focusTargetOf(from);
    if (!spot) return;
    const card = from.dataset.card;
    if (rows !== 0 && spot.kind === 'cell') {
      const stack = this.#shown(spot.cell);
      const at = card === undefined ? -1 : stack.indexOf(card);
      const next = card === undefined && rows < 0 ? undefined : stack[at + rows];
      if (next !== undefined && this.focusCard(next)) return;
    }
    if (columns !== 0) this.#column = this.grid.columnOf(spot);
    const next = this.grid.next(spot, rows, columns, this.#column);
    if (!next) return;
    this.#column = next.column;
    this.#enter(next.spot, rows < 0);
  }

  /** Goes to the first or the last cell of the row. */
  stepToEnd(from: HTMLElement, last: boolean): void {
    const spot = this.focusTargetOf(from);
    const end = spot && this.grid.end(spot, last);
    if (end) this.#enter(end, false);
  }

  /** Adds a card and begins to write in it; after `after` in its stack, or at the end. */
  async add(cell: CellAt, after: string | null = null): Promise<void> {
    const lane = this.board.of(lanes).get(cell.lane);
    if (!this.workspace.may('write') || !lane || !holdsCards(lane.type)) return;
    const stack = cardsIn(this.board, cell);
    const at = after === null ? stack.length - 1 : stack.indexOf(after);
    const gap: Gap = { after: stack[at] ?? null, before: stack[at + 1] ?? null };
    const id = addCard(this.board.editor, cell, { gap, personas: [...this.memory.personas] });
    this.unfold(focusKey({ kind: 'cell', cell }));
    this.edit(id);
    await tick();
  }

  edit(id: string): void {
    if (!this.workspace.may('write')) return;
    this.editing.set(id, true);
    this.writing = id;
  }

  /** Ends the writing in a card; a card that nobody wrote in is taken away again without a trace. */
  async leave(id: string, focus: boolean): Promise<void> {
    if (!this.editing.has(id)) return;
    const entry = this.board.of(cards).entry(id);
    const cell = cellOfCard(this.board, id);
    this.editing.set(id, false);
    if (this.writing === id) this.writing = null;
    const record = entry.record;
    if (record && !record.gone && record.text.trim() === '' && entry.visitors.length === 0) {
      this.board.editor.discard(cards, id, removeCards);
      await tick();
      if (focus && cell) this.focusOn({ kind: 'cell', cell });
      return;
    }
    await tick();
    if (focus) this.focusCard(id);
  }

  /** The cards that a command on this one is for: the selection, where it is part of it. */
  chosen(id: string): readonly string[] {
    return this.selection.includes(id) ? this.selection : [id];
  }

  toggle(id: string): void {
    const on = !this.selection.includes(id);
    this.selected.set(id, on);
    this.selection = on ? [...this.selection, id] : this.selection.filter((one) => one !== id);
  }

  clearSelection(): void {
    for (const id of this.selection) this.selected.set(id, false);
    this.selection = [];
  }

  async remove(ids: readonly string[]): Promise<void> {
    if (!this.workspace.may('write')) return;
    const cell = ids[0] === undefined ? null : cellOfCard(this.board, ids[0]);
    const stack = cell ? this.#shown(cell) : [];
    const going = new Set(ids);
    const next =
      stack.slice(stack.indexOf(ids[0] ?? '')).find((id) => !going.has(id)) ??
      stack.findLast((id) => !going.has(id));
    removeCards(this.board.editor, ids);
    this.clearSelection();
    this.workspace.notify(t('map.removed', { count: ids.length }), true);
    await tick();
    if (next !== undefined) this.focusCard(next);
    else if (cell) this.focusOn({ kind: 'cell', cell });
  }

  /** Moves cards to a cell; to the end of the stack, or into a gap. Keeps the focus on the first. */
  async move(ids: readonly string[], cell: CellAt, gap?: Gap): Promise<void> {
    if (!this.workspace.may('write')) return;
    const moving = new Set(ids);
    const stack = cardsIn(this.board, cell).filter((id) => !moving.has(id));
    moveCards(this.board.editor, ids, cell, gap ?? { after: stack.at(-1) ?? null, before: null });
    this.unfold(focusKey({ kind: 'cell', cell }));
    await tick();
    if (ids[0] !== undefined) this.focusCard(ids[0]);
  }

  /** Moves cards one cell over, by the arrows. */
  moveBy(id: string, rows: number, columns: number): void {
    const from = cellOfCard(this.board, id);
    if (!from) return;
    let spot: FocusTarget = { kind: 'cell', cell: from };
    const column = this.grid.columnOf(spot);
    for (;;) {
      const next = this.grid.next(spot, rows, columns, column);
      if (next?.spot.kind !== 'cell') return;
      spot = next.spot;
      const lane = this.board.of(lanes).get(next.spot.cell.lane);
      if (lane && holdsCards(lane.type)) return void this.move(this.chosen(id), next.spot.cell);
    }
  }

  /** Moves a card up or down in its stack. */
  reorder(id: string, by: number): void {
    const cell = cellOfCard(this.board, id);
    if (!cell) return;
    const stack = cardsIn(this.board, cell);
    const at = stack.indexOf(id) + by;
    if (at < 0 || at >= stack.length) return;
    const [after, before] = by < 0 ? [stack[at - 1], stack[at]] : [stack[at], stack[at + 1]];
    void this.move([id], cell, { after: after ?? null, before: before ?? null });
  }

  /** Takes note of which card the pointer or the focus is at; null is none. */
  near(id: string | null): void {
    if (id === this.#near) return;
    if (this.#near !== null) this.nearby.set(this.#near, false);
    if (id !== null) this.nearby.set(id, true);
    this.#near = id;
  }

  /** Takes note that a card is shown. Returns whether it has arrived since the map was drawn, and was not moved here. */
  arrives(id: string): boolean {
    const isNew = !this.#shownCards.has(id);
    this.#shownCards.add(id);
    return isNew && this.#root?.dataset.drawn !== undefined;
  }

  /** Draws all lanes at once: something in one of them is about to be shown. */
  drawAll(): void {
    this.drawn = Infinity;
  }

  #makeStop(element: HTMLElement): void {
    if (this.#stop && this.#stop !== element) this.#stop.tabIndex = -1;
    element.tabIndex = 0;
    this.#stop = element;
    this.#stopSpot = element.closest<HTMLElement>('[data-spot]')?.dataset.spot ?? '';
  }

  /** Where the stop is gone: the cell that it was in, else the first. */
  #ensureStop(root: HTMLElement): void {
    if (this.#stop && root.contains(this.#stop)) return;
    const stop =
      this.#find(`[data-spot="${this.#stopSpot}"]`) ??
      this.#find('[data-spot^="cell:"]') ??
      this.#find('[data-spot]');
    if (stop) this.#makeStop(stop);
  }

  #enter(spot: FocusTarget, fromBelow: boolean): void {
    if (spot.kind === 'cell') {
      const stack = this.#shown(spot.cell);
      const card = fromBelow ? stack.at(-1) : stack[0];
      if (card !== undefined && this.focusCard(card)) return;
    }
    this.focusOn(spot);
  }

  /** The cards of a cell that are on the screen: not folded away, not filtered out. */
  #shown(cell: CellAt): string[] {
    const element = this.#find(`[data-spot="${focusKey({ kind: 'cell', cell })}"]`);
    return [...(element?.querySelectorAll<HTMLElement>('[data-card]') ?? [])].map(
      (card) => card.dataset.card ?? '',
    );
  }

  #find(selector: string): HTMLElement | null {
    return this.#root?.querySelector<HTMLElement>(selector) ?? null;
  }
}

const key = Symbol('map');

export function provideMap(state: MapState): MapState {
  return setContext(key, state);
}

export function useMap(): MapState {
  return getContext<MapState>(key);
}
