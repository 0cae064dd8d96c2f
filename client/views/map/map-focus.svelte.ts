import { tick } from 'svelte';
import type { CellAt } from '$shared/collections/card.ts';
import type { Workspace } from '../../parts/workspace.svelte.ts';
import { Flags } from '../../model/store/flags.svelte.ts';
import { bringInSight } from '../../ui/in-sight.ts';
import { keepFocus } from '../../ui/keep-focus.ts';
import { areKeysHeld } from '../../ui/still-typing.svelte.ts';
import type { FocusTarget, Grid } from './grid.ts';
import { focusKey, parseFocusKey } from './grid.ts';
import { cellOfCard } from './cells.ts';
import type { MapMemory } from './memory.svelte.ts';
import type { Viewport } from './viewport.svelte.ts';

/** How long a card stays outlined after a link led to it. */
const pointedMs = 2_000;

interface FocusParts {
  readonly workspace: Workspace;
  readonly memory: MapMemory;
  readonly viewport: Viewport;
  grid(): Grid;
  /** The cards that a cell shows, in order. */
  cardsIn(cell: CellAt): readonly string[];
  /** The focus has moved to this card; `null` if it is on none. */
  moved(card: string | null): void;
}

/**
 * The focus on the map. The tab stop roves: one element of the grid is in the tab order. Moving it costs the same on any
 * board, since it is set on the elements directly.
 */
export class MapFocus {
  readonly #parts: FocusParts;
  /** Cards by id, and cells by focus key, that have the pointer or the focus: only these have their tools. */
  readonly #nearby = new Flags();
  readonly #near: Record<'pointer' | 'focus', readonly string[]> = { pointer: [], focus: [] };
  /** The card whose hidden field has the focus, so that a first letter is typed into it. */
  readonly #held = new Flags();
  #heldCard: string | null = null;
  #root: HTMLElement | null = null;
  #stop: HTMLElement | null = null;
  /** The focus key of the cell or head that the tab stop is in. */
  #stopKey = '';
  /** The column to keep while moving up and down. */
  #column = 0;

  constructor(parts: FocusParts) {
    this.#parts = parts;
  }

  /** The grid appears. Returns a function for when it disappears. */
  attach(root: HTMLElement): () => void {
    this.#root = root;
    void tick().then(() => this.#begin());
    this.#ensureStop(root);
    const stopKeeping = keepFocus(root, {
      records: '[data-card], [data-focus-key]',
      again: ({ dataset: { card, focusKey: key } }) =>
        this.#find(card === undefined ? `[data-focus-key="${key}"]` : `[data-card="${card}"]`),
      target: (record) => record,
      otherwise: () =>
        this.#find(`[data-focus-key="${this.#stopKey}"]`) ?? this.#find('[data-focus-key^="cell:"]'),
      // Someone else may remove the card that is the tab stop: the map must stay in the tab order.
      changed: () => this.#ensureStop(root),
    });
    return () => {
      stopKeeping();
      this.#root = null;
    };
  }

  /** Focuses what last had the focus, unless the focus is elsewhere on the page. */
  #begin(): void {
    if (document.activeElement !== document.body) return;
    const last = this.#parts.memory.lastFocusKey;
    const start = (last === null ? null : this.#find(`[data-focus-key="${last}"]`)) ?? this.#stop;
    start?.focus({ preventScroll: true });
    // In a low window the first cell is below the heads. A scroll position that was restored stays.
    if (last === null) start?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  /** Follows the focus, and shows others where it is. */
  follow(focused: HTMLElement): void {
    const element = focused.closest<HTMLElement>('[data-card], [data-focus-key]');
    if (!element) return;
    const card = element.dataset.card ?? null;
    const field = card === null ? null : element.querySelector<HTMLElement>('[data-waiting]');
    if (field && focused === element) return field.focus({ preventScroll: true });
    const isOnText = focused === element || focused instanceof HTMLTextAreaElement;
    this.#hold(isOnText && hasKeys() ? card : null);
    this.#makeStop(field && focused === field ? field : element);
    this.near('focus', element);
    this.#parts.moved(card);
    const target = this.targetOf(element);
    if (target) this.#parts.memory.lastFocusKey = focusKey(target);
    if (target && target.kind !== 'cell') this.#column = this.#parts.grid().columnOf(target);
    this.#parts.workspace.board.presence.setState({
      at: card === null ? null : { in: 'cards', id: card },
      cell: target?.kind === 'cell' ? target.cell : null,
    });
  }

  /** The focus leaves an element of the map: for another, or another window takes it for a time. */
  leave(): void {
    // Later, since an element that is removed while the focus moves on takes the focus with it.
    setTimeout(() => this.#leaveHeld(document.activeElement));
  }

  #leaveHeld(to: Node | null): void {
    if (this.#heldCard === null || this.#card(this.#heldCard)?.contains(to)) return;
    this.#hold(null);
  }

  /** Gives the hidden field to a card, and takes it from the one before. The tab stop stays there. */
  #hold(card: string | null): void {
    const before = this.#heldCard;
    if (before === card) return;
    const element = before === null ? null : this.#card(before);
    if (element && this.#stop && element !== this.#stop && element.contains(this.#stop))
      this.#makeStop(element);
    if (before !== null) this.#held.set(before, false);
    if (card !== null) this.#held.set(card, true);
    this.#heldCard = card;
  }

  /** True if a card has the hidden field. None has it while keys are held: an input method would write in it. */
  holds(id: string): boolean {
    return this.#held.has(id) && !areKeysHeld();
  }

  /** The cell or head of an element. */
  targetOf(element: Element): FocusTarget | null {
    const key = element.closest<HTMLElement>('[data-focus-key]')?.dataset.focusKey;
    return key === undefined ? null : parseFocusKey(key);
  }

  /** Focuses a cell or a head, in view or not. Returns false if it is not there. */
  on(target: FocusTarget): boolean {
    this.#parts.viewport.ensure(target);
    return focusInSight(this.#find(`[data-focus-key="${focusKey(target)}"]`));
  }

  /** Focuses a card, in view or not. Returns false if it is not shown. */
  onCard(id: string): boolean {
    return focusInSight(this.#ensureCard(id));
  }

  /** Focuses a card and outlines it for a moment, so that it is easy to find. */
  point(id: string): void {
    const element = this.#ensureCard(id);
    if (!element) return;
    element.focus({ preventScroll: true });
    element.scrollIntoView({ block: 'center', inline: 'center' });
    element.dataset.pointed = '';
    setTimeout(() => delete element.dataset.pointed, pointedMs);
  }

  /**
   * Moves the focus from an element in a direction of the screen, card by card within a stack, then to the next cell.
   */
  step(from: HTMLElement, rows: number, columns: number): void {
    const target = this.targetOf(from);
    if (!target) return;
    const card = from.dataset.card;
    if (rows !== 0 && target.kind === 'cell') {
      const stack = this.#parts.cardsIn(target.cell);
      const at = card === undefined ? -1 : stack.indexOf(card);
      const next = card === undefined && rows < 0 ? undefined : stack[at + rows];
      if (next !== undefined && this.onCard(next)) return;
    }
    const grid = this.#parts.grid();
    // A click or a command may have put the focus into another column.
    if (columns !== 0 || !grid.spans(target, this.#column)) this.#column = grid.columnOf(target);
    const next = grid.next(target, rows, columns, this.#column);
    if (!next) return;
    this.#column = next.column;
    this.#enter(next.target, rows < 0);
  }

  /** Moves the focus to the first or last cell of the row. */
  stepToEnd(from: HTMLElement, last: boolean): void {
    const target = this.targetOf(from);
    const grid = this.#parts.grid();
    const end = target && grid.end(target, last);
    if (!end) return;
    this.#column = grid.columnOf(end);
    this.#enter(end, false);
  }

  /** True if the pointer or the focus is at a card, by id, or a cell, by focus key. */
  isNear(key: string): boolean {
    return this.#nearby.has(key);
  }

  /** Notes the card and the cell that the pointer or the focus is at. `null` if it is at none. */
  near(by: 'pointer' | 'focus', element: Element | null): void {
    const before = this.#near[by];
    const card = element?.closest<HTMLElement>('[data-card]')?.dataset.card;
    const cell = element?.closest<HTMLElement>('[data-focus-key]')?.dataset.focusKey;
    const now = [card, cell].filter((one) => one !== undefined);
    if (before.join() === now.join()) return;
    const others = this.#near[by === 'pointer' ? 'focus' : 'pointer'];
    this.#near[by] = now;
    for (const one of before) if (!now.includes(one) && !others.includes(one)) this.#nearby.set(one, false);
    for (const one of now) this.#nearby.set(one, true);
  }

  #makeStop(element: HTMLElement): void {
    if (this.#stop && this.#stop !== element) this.#stop.tabIndex = -1;
    element.tabIndex = 0;
    this.#stop = element;
    this.#stopKey = element.closest<HTMLElement>('[data-focus-key]')?.dataset.focusKey ?? '';
    this.#parts.viewport.keep('focus', parseFocusKey(this.#stopKey));
  }

  /** If the tab stop was removed, fall back to its cell, then to the first cell. */
  #ensureStop(root: HTMLElement): void {
    if (this.#stop && root.contains(this.#stop)) return;
    const stop =
      this.#find(`[data-focus-key="${this.#stopKey}"]`) ??
      this.#find('[data-focus-key^="cell:"]') ??
      this.#find('[data-focus-key]');
    if (stop) this.#makeStop(stop);
  }

  #enter(target: FocusTarget, fromBelow: boolean): void {
    if (target.kind === 'cell') {
      const stack = this.#parts.cardsIn(target.cell);
      const card = fromBelow ? stack.at(-1) : stack[0];
      if (card !== undefined && this.onCard(card)) return;
    }
    this.on(target);
  }

  /** The element of a card, which is drawn for it if it is out of view. */
  #ensureCard(id: string): HTMLElement | null {
    const cell = cellOfCard(this.#parts.workspace.board, id);
    if (cell) this.#parts.viewport.ensure({ kind: 'cell', cell });
    return this.#card(id);
  }

  #card(id: string): HTMLElement | null {
    return this.#find(`[data-card="${id}"]`);
  }

  #find(selector: string): HTMLElement | null {
    return this.#root?.querySelector<HTMLElement>(selector) ?? null;
  }
}

/** Focuses an element and shows all of it: by itself a browser is content with 32 px of its width. */
function focusInSight(element: HTMLElement | null): boolean {
  if (!element) return false;
  element.focus();
  bringInSight(element);
  return true;
}

/** True if the device has a keyboard of its own: a focused field opens the one on the screen. */
function hasKeys(): boolean {
  return !matchMedia('(pointer: coarse)').matches;
}
