import { getContext, setContext, tick } from 'svelte';
import type { CellAt } from '$shared/collections/card.ts';
import { addCard, moveCards, removeCards, cards } from '$shared/collections/card.ts';
import type { LaneType } from '$shared/collections/lane.ts';
import { holdsCards, lanes } from '$shared/collections/lane.ts';
import type { Gap } from '$shared/schema/placing.ts';
import { Flags } from '../../model/store/flags.svelte.ts';
import { t } from '../../text/messages.svelte.ts';
import type { Anchor } from '../../ui/floating.ts';
import { keepFocus } from '../../ui/keep-focus.ts';
import type { Workspace } from '../../parts/workspace.svelte.ts';
import { cardsIn, cellOfCard } from './cells.ts';
import type { FocusTarget } from './grid.ts';
import { Grid, parseFocusKey, focusKey } from './grid.ts';
import type { MapMemory } from './memory.svelte.ts';
import { mapMemory } from './memory.svelte.ts';

/** Lanes drawn before the first paint; the others follow, one per frame. */
const firstLanes = 2;

/** How long a card stays outlined after a link led to it. */
const pointedMs = 2_000;

/** The open dialog of the map. */
export type Overlay =
  | { readonly kind: 'move'; readonly cards: readonly string[] }
  /** The dialog of a lane type, for a phase. */
  | { readonly kind: 'lane'; readonly type: LaneType; readonly phase: string }
  | { readonly kind: 'remove'; readonly of: 'phase' | 'step' | 'lane' | 'persona'; readonly id: string }
  | { readonly kind: 'add-lane'; readonly after: string | null }
  | { readonly kind: 'persona'; readonly id: string };

/** An open menu and its anchor. */
export interface OpenMenu {
  readonly kind: 'card' | 'phase' | 'step' | 'lane' | 'persona';
  readonly id: string;
  /** Where it opens: a button, an element or a point. */
  readonly anchor: Anchor;
  /** The element that gets the focus back. */
  readonly from: HTMLElement;
}

/**
 * Focus, selection, and the open menu or dialog of the map. The tab stop roves: one element of the grid is in the tab
 * order. Moving it costs the same on any board, since it is set on the elements directly.
 */
export class MapState {
  readonly workspace: Workspace;
  readonly memory: MapMemory;
  readonly grid: Grid;
  overlay: Overlay | null = $state.raw(null);
  menu: OpenMenu | null = $state.raw(null);
  /** Stacks that are expanded. */
  unfolded: ReadonlySet<string> = $state.raw(new Set());
  /** The spot key of the head whose title is being edited. */
  renaming: string | null = $state(null);
  /** The spot key of a phase or step that was just added and is being named: Escape removes it again. */
  added: string | null = null;
  selection: readonly string[] = $state.raw([]);
  /** Cards that are selected here. */
  readonly selected = new Flags();
  /** Cards that are edited here. */
  readonly editing = new Flags();
  /** Cards by id, and cells by spot key, that have the pointer or the focus: only these have their tools. */
  readonly nearby = new Flags();
  /** The number of lanes drawn. Those in view come first, the others after the first paint. */
  drawn = $state(firstLanes);
  /** The height of the sticky head above the lanes. */
  stickPx = $state(0);
  /** The card that is being edited here. */
  writing: string | null = $state(null);

  /** Cards that have been shown, of the lanes drawn so far. A card is animated only when it is first shown. */
  readonly #shownCards = new Set<string>();
  #root: HTMLElement | null = null;
  #stop: HTMLElement | null = null;
  #stopSpot = '';
  /** True if one card is selected because it was clicked. */
  #isClicked = false;
  #column = 0;
  readonly #near: Record<'pointer' | 'focus', readonly string[]> = { pointer: [], focus: [] };

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
    // Someone else may remove the card that is the tab stop: the map must stay in the tab order.
    const watch = new MutationObserver(() => this.#ensureStop(root));
    watch.observe(root, { childList: true, subtree: true });
    const stopKeeping = keepFocus(root, {
      records: '[data-card], [data-spot]',
      again: ({ dataset: { card, spot } }) =>
        this.#find(card === undefined ? `[data-spot="${spot}"]` : `[data-card="${card}"]`),
      target: (record) => record,
      otherwise: () => this.#find(`[data-spot="${this.#stopSpot}"]`) ?? this.#find('[data-spot^="cell:"]'),
    });
    return () => {
      stopKeeping();
      watch.disconnect();
      this.#root = null;
    };
  }

  /** Focuses the last spot, unless the focus is elsewhere on the page. */
  #begin(): void {
    if (document.activeElement !== document.body) return;
    const last = this.memory.lastSpot;
    const start = (last === null ? null : this.#find(`[data-spot="${last}"]`)) ?? this.#stop;
    start?.focus({ preventScroll: true });
  }

  /** Follows the focus, and shows others where it is. */
  focused(target: HTMLElement): void {
    const element = target.closest<HTMLElement>('[data-card], [data-spot]');
    if (!element) return;
    this.#makeStop(element);
    this.near('focus', element);
    if (this.#isClicked && !this.selection.includes(element.dataset.card ?? '')) this.clearSelection();
    const spot = this.focusTargetOf(element);
    if (spot) this.memory.lastSpot = focusKey(spot);
    if (spot && spot.kind !== 'cell') this.#column = this.grid.columnOf(spot);
    const card = element.dataset.card ?? null;
    this.board.presence.setState({
      at: card === null ? null : { in: 'cards', id: card },
      cell: spot?.kind === 'cell' ? spot.cell : null,
    });
  }

  /** The spot of an element, or of its ancestor. */
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

  /** Shows a card wherever it is: expands its stack, clears a filter that hides it, scrolls to it. */
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

  /** Focuses a card and outlines it for a moment, so that it is easy to find. */
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

  /**
   * Moves the focus from an element in a direction of the screen, card by card within a stack, then to the next cell.
   */
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

  /** Moves the focus to the first or last cell of the row. */
  stepToEnd(from: HTMLElement, last: boolean): void {
    const spot = this.focusTargetOf(from);
    const end = spot && this.grid.end(spot, last);
    if (end) this.#enter(end, false);
  }

  /** Adds a card after `after`, or at the end of the stack, and opens it for editing. */
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

  /** Ends editing. Removes a card that was left empty, with its undo step. */
  async leave(id: string, focus: boolean): Promise<void> {
    if (!this.editing.has(id)) return;
    const entry = this.board.of(cards).entry(id);
    const cell = cellOfCard(this.board, id);
    this.editing.set(id, false);
    if (this.writing === id) this.writing = null;
    const record = entry.record;
    if (
      record &&
      !record.gone &&
      record.text.trim() === '' &&
      this.workspace.visitorsOf(entry).length === 0
    ) {
      this.board.editor.discard(cards, id, removeCards);
      await tick();
      if (focus && cell) this.focusOn({ kind: 'cell', cell });
      return;
    }
    await tick();
    if (focus) this.focusCard(id);
  }

  /** Opens the name field of a phase or step that was just added. */
  nameAdded(kind: 'phase' | 'step', id: string): void {
    this.added = `${kind}:${id}`;
    this.renaming = this.added;
  }

  /** The cards that an action on this card applies to: the selection, if it contains the card. */
  chosen(id: string): readonly string[] {
    return this.selection.includes(id) ? this.selection : [id];
  }

  /** Selects a card alone, by a click. Such a selection goes with the focus; one that is built up stays. */
  select(id: string): void {
    this.clearSelection();
    this.toggle(id);
    this.#isClicked = true;
  }

  /** Selects all cards that are shown: those of a folded stack or behind a filter are left out. */
  selectAll(): void {
    this.drawAll();
    void tick().then(() => {
      this.clearSelection();
      const shown = [...(this.#root?.querySelectorAll<HTMLElement>('[data-card]') ?? [])];
      if (shown.length === 0) return;
      this.selection = shown.map(({ dataset }) => dataset.card ?? '');
      for (const id of this.selection) this.selected.set(id, true);
      this.workspace.notify(t('map.selected', { count: this.selection.length }));
    });
  }

  toggle(id: string): void {
    const on = !this.selection.includes(id);
    this.selected.set(id, on);
    this.selection = on ? [...this.selection, id] : this.selection.filter((one) => one !== id);
    this.#isClicked = false;
  }

  /** Selects the card that a range begins with, or takes it out again. */
  extend(id: string): void {
    if (this.#isClicked && this.selection.includes(id)) this.#isClicked = false;
    else this.toggle(id);
  }

  clearSelection(): void {
    for (const id of this.selection) this.selected.set(id, false);
    this.selection = [];
    this.#isClicked = false;
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

  /** Moves cards to the end of a cell's stack, or into a gap. Keeps the focus on the first. */
  async move(ids: readonly string[], cell: CellAt, gap?: Gap): Promise<void> {
    if (!this.workspace.may('write')) return;
    const moving = new Set(ids);
    const stack = cardsIn(this.board, cell).filter((id) => !moving.has(id));
    moveCards(this.board.editor, ids, cell, gap ?? { after: stack.at(-1) ?? null, before: null });
    this.unfold(focusKey({ kind: 'cell', cell }));
    await tick();
    if (ids[0] !== undefined) this.focusCard(ids[0]);
  }

  /** Moves cards to the next cell in a direction of the screen. */
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

  /** Notes the card and the cell that the pointer or the focus is at. `null` if it is at none. */
  near(by: 'pointer' | 'focus', element: Element | null): void {
    const before = this.#near[by];
    const card = element?.closest<HTMLElement>('[data-card]')?.dataset.card;
    const spot = element?.closest<HTMLElement>('[data-spot]')?.dataset.spot;
    const now = [card, spot].filter((one) => one !== undefined);
    if (before.join() === now.join()) return;
    const others = this.#near[by === 'pointer' ? 'focus' : 'pointer'];
    this.#near[by] = now;
    for (const one of before) if (!now.includes(one) && !others.includes(one)) this.nearby.set(one, false);
    for (const one of now) this.nearby.set(one, true);
  }

  /** Marks a card as shown. Returns whether it is new since the map was drawn, not merely moved. */
  arrives(id: string): boolean {
    const isNew = !this.#shownCards.has(id);
    this.#shownCards.add(id);
    return isNew && this.#root?.dataset.drawn !== undefined;
  }

  /** Draws all lanes at once, because one of them is about to be shown. */
  drawAll(): void {
    this.drawn = Infinity;
  }

  #makeStop(element: HTMLElement): void {
    if (this.#stop && this.#stop !== element) this.#stop.tabIndex = -1;
    element.tabIndex = 0;
    this.#stop = element;
    this.#stopSpot = element.closest<HTMLElement>('[data-spot]')?.dataset.spot ?? '';
  }

  /** If the tab stop was removed, fall back to its cell, then to the first cell. */
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

  /** The visible cards of a cell: not collapsed, not filtered out. */
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
