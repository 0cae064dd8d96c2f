import { isBlank } from '$shared/text/blank.ts';
import type { Component } from 'svelte';
import { getContext, setContext, tick } from 'svelte';
import type { CellAt } from '$shared/collections/card.ts';
import { addCard, moveCards, removeCards, cards } from '$shared/collections/card.ts';
import type { LaneType } from '$shared/collections/lane.ts';
import { holdsCards, lanes } from '$shared/collections/lane.ts';
import type { Gap } from '$shared/schema/placing.ts';
import { Flags } from '../../model/store/flags.svelte.ts';
import type { UndoStep } from '../../model/sync/undo.svelte.ts';
import { t } from '../../text/messages.svelte.ts';
import type { Anchor } from '../../ui/floating.ts';
import type LiveText from '../../parts/LiveText.svelte';
import type { Workspace } from '../../parts/workspace.svelte.ts';
import { cardsIn, cellOfCard } from './cells.ts';
import type { dragCards } from './drag.ts';
import type { FocusTarget } from './grid.ts';
import { Grid, focusKey } from './grid.ts';
import { MapFocus } from './map-focus.svelte.ts';
import type { MapMemory } from './memory.svelte.ts';
import { mapMemory } from './memory.svelte.ts';
import { Selection } from './selection.svelte.ts';
import { Viewport } from './viewport.svelte.ts';
import type { Columns } from './widths.ts';
import { columnWidths } from './widths.ts';

/** Longer stacks are folded, so that one full cell does not push the map off the screen. */
const unfoldedCards = 6;

/** The module `input.ts`, which loads after the map. Described here, since it imports this file. */
export interface Input {
  readonly Cursors: Component<{ root: HTMLElement }>;
  readonly LiveText: typeof LiveText;
  readonly dragCards: typeof dragCards;
  pressKey(map: MapState, event: KeyboardEvent): void;
  writeKey(map: MapState, card: string, event: KeyboardEvent): void;
}

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
  /** `decision`: the second menu of a card, for facilitators. */
  readonly kind: 'card' | 'decision' | 'phase' | 'step' | 'lane' | 'persona';
  readonly id: string;
  /** Where it opens: a button, an element or a point. */
  readonly anchor: Anchor;
  /** The element that gets the focus back. */
  readonly from: HTMLElement;
}

/** What the map shows and does on this screen: the open menu or dialog, what is drawn, and the commands on cards. */
export class MapState {
  readonly workspace: Workspace;
  readonly memory: MapMemory;
  readonly grid: Grid;
  readonly columns: Columns;
  readonly selection = new Selection();
  readonly focus: MapFocus;
  readonly viewport: Viewport;
  /** Null until it has loaded, right after the first paint. */
  input: Input | null = $state.raw(null);
  /** Keys pressed before `input` has loaded. */
  readonly early: KeyboardEvent[] = [];
  overlay: Overlay | null = $state.raw(null);
  menu: OpenMenu | null = $state.raw(null);
  /** Stacks that are expanded. */
  unfolded: ReadonlySet<string> = $state.raw(new Set());
  /** The focus key of the head whose title is being edited. */
  renaming: string | null = $state(null);
  /** The same head, and the last step of undo before: Escape takes back what was typed since. */
  renamed: { readonly key: string; readonly since: UndoStep | null } | null = null;
  /** The focus key of a phase or step that was just added and is being named: Escape removes it again. */
  added: string | null = null;
  /** Cards that are edited here. */
  readonly editing = new Flags();
  /** The height of the sticky head above the lanes. */
  stickPx = $state(0);
  /** The card that is being edited here. */
  writing: string | null = $state(null);

  /** The card that was opened by a letter typed onto the end of its text. */
  joining: string | null = null;

  /** Cards that have been shown. A card is animated only when it is first shown. */
  readonly #shownCards = new Set<string>();
  constructor(workspace: Workspace) {
    this.workspace = workspace;
    this.memory = workspace.memory(mapMemory);
    this.grid = $derived(new Grid(workspace.board.journey));
    this.columns = $derived(columnWidths(workspace.board.journey));
    this.viewport = new Viewport({
      board: workspace.board,
      memory: this.memory,
      columns: () => this.columns,
      stickPx: () => this.stickPx,
    });
    this.focus = new MapFocus({
      workspace,
      memory: this.memory,
      grid: () => this.grid,
      viewport: this.viewport,
      cardsIn: (cell) => this.shownIn(cell).shown,
      moved: (card) => this.selection.focusMoved(card),
    });
  }

  get board() {
    return this.workspace.board;
  }

  /** Shows a card wherever it is: expands its stack, clears a filter that hides it, scrolls to it. */
  async showCard(id: string): Promise<void> {
    const cell = cellOfCard(this.board, id);
    if (!cell) return;
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
    this.focus.point(id);
  }

  /** The cards of a cell that pass the filter, and those of them that are shown: the others of a long stack are folded. */
  shownIn(cell: CellAt): { readonly passing: readonly string[]; readonly shown: readonly string[] } {
    const { personas } = this.memory;
    const stack = cardsIn(this.board, cell);
    const entries = this.board.of(cards);
    const passing =
      personas.size === 0
        ? stack
        : stack.filter(
            (id) =>
              this.editing.has(id) || entries.entry(id).record?.personas.some((one) => personas.has(one)),
          );
    const isFolded = passing.length > unfoldedCards && !this.unfolded.has(focusKey({ kind: 'cell', cell }));
    // A card stays while it is edited, whatever others change.
    const isShown = (id: string, at: number) => at < unfoldedCards || this.editing.has(id);
    return { passing, shown: isFolded ? passing.filter(isShown) : passing };
  }

  unfold(key: string): void {
    if (!this.unfolded.has(key)) this.unfolded = new Set([...this.unfolded, key]);
  }

  /** Adds a card after `after`, or at the end of the stack, and opens it for editing. */
  async add(cell: CellAt, after: string | null = null): Promise<void> {
    const lane = this.board.of(lanes).get(cell.lane);
    if (!lane || !holdsCards(lane.type) || !this.workspace.permits('add', cards, [], cell)) return;
    const stack = cardsIn(this.board, cell);
    const at = after === null ? stack.length - 1 : stack.indexOf(after);
    const gap: Gap = { after: stack[at] ?? null, before: stack[at + 1] ?? null };
    const id = addCard(this.board.editor, cell, { gap, personas: [...this.memory.personas] });
    this.unfold(focusKey({ kind: 'cell', cell }));
    this.edit(id);
    await tick();
  }

  /** @param joins a letter that is typed onto the end of the text opens it */
  edit(id: string, joins = false): void {
    if (!this.workspace.permits('edit', cards, [id])) return;
    this.joining = joins ? id : null;
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
      this.workspace.allows('remove', cards, [id]) &&
      record &&
      !record.gone &&
      isBlank(record.text) &&
      this.workspace.visitorsOf(entry).length === 0
    ) {
      this.board.editor.discard(cards, id, removeCards);
      await tick();
      if (focus && cell) this.focus.on({ kind: 'cell', cell });
      return;
    }
    await tick();
    if (focus) this.focus.onCard(id);
  }

  /** Opens the name field of a phase or step that was just added. */
  nameAdded(kind: 'phase' | 'step', id: string): void {
    this.viewport.keep('focus', { kind, id });
    this.added = `${kind}:${id}`;
    this.renaming = this.added;
  }

  /** Selects all cards that are shown, in view or not: those of a folded stack or behind a filter are left out. */
  selectAll(): void {
    const shown = [...this.grid.cells()].flatMap((cell) => this.shownIn(cell).shown);
    this.selection.set(shown);
    if (shown.length > 0) this.workspace.notify(t('map.selected', { count: shown.length }));
  }

  async remove(ids: readonly string[]): Promise<void> {
    if (!this.workspace.permits('remove', cards, ids)) return;
    const cell = ids[0] === undefined ? null : cellOfCard(this.board, ids[0]);
    const stack = cell ? this.shownIn(cell).shown : [];
    const going = new Set(ids);
    const next =
      stack.slice(stack.indexOf(ids[0] ?? '')).find((id) => !going.has(id)) ??
      stack.findLast((id) => !going.has(id));
    removeCards(this.board.editor, ids);
    this.selection.clear();
    this.workspace.notify(t('map.removed', { count: ids.length }), true);
    await tick();
    if (next !== undefined) this.focus.onCard(next);
    else if (cell) this.focus.on({ kind: 'cell', cell });
  }

  /** Moves cards to the end of a cell's stack, or into a gap. Keeps the focus on the first. */
  async move(ids: readonly string[], cell: CellAt, gap?: Gap): Promise<void> {
    if (!this.workspace.permits('move', cards, ids, cell)) return;
    const moving = new Set(ids);
    const stack = cardsIn(this.board, cell).filter((id) => !moving.has(id));
    moveCards(this.board.editor, ids, cell, gap ?? { after: stack.at(-1) ?? null, before: null });
    this.unfold(focusKey({ kind: 'cell', cell }));
    await tick();
    if (ids[0] !== undefined) this.focus.onCard(ids[0]);
  }

  /** Moves cards to the next cell in a direction of the screen. */
  moveBy(id: string, rows: number, columns: number): void {
    const from = cellOfCard(this.board, id);
    if (!from) return;
    let target: FocusTarget = { kind: 'cell', cell: from };
    const column = this.grid.columnOf(target);
    for (;;) {
      const next = this.grid.next(target, rows, columns, column);
      if (next?.target.kind !== 'cell') return;
      target = next.target;
      const lane = this.board.of(lanes).get(next.target.cell.lane);
      if (lane && holdsCards(lane.type)) return void this.move(this.selection.with(id), next.target.cell);
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

  /** Marks a card as shown. Returns whether it was not shown before: it is new, not merely moved. */
  arrives(id: string): boolean {
    const isNew = !this.#shownCards.has(id);
    this.#shownCards.add(id);
    return isNew;
  }
}

const key = Symbol('map');

export function provideMap(state: MapState): MapState {
  return setContext(key, state);
}

export function useMap(): MapState {
  return getContext<MapState>(key);
}
