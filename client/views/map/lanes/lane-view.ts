import type { Component } from 'svelte';
import type { CellAt } from '$shared/collections/card.ts';
import type { Lane } from '$shared/collections/lane.ts';
import type { MapState } from '../map-state.svelte.ts';
import type { Columns } from '../widths.ts';

/** A lane whose cells hold cards. */
export interface CardLaneView {
  readonly holds: 'cards';
  /** `marked`: its cards stand out. `tag`: they are short words, side by side. */
  readonly look: 'plain' | 'marked' | 'tag';
  /** What a card of it is judged by: how well founded it is, or how well it supports. */
  readonly judged: 'evidence' | 'support';
}

/** A lane that shows what stands elsewhere: one cell a phase, or all of its row at once. */
export type DrawnLaneView = {
  readonly holds: 'signals';
  /** What Enter does at a cell. */
  enter(map: MapState, cell: CellAt, element: HTMLElement): void;
  /** Edits the signals of a phase; a script of its own. */
  readonly dialog?: () => Promise<{ readonly default: Component<{ phase: string; onclose: () => void }> }>;
} & (
  | { readonly Cell: Component<{ lane: string; phase: string; column: string }> }
  | { readonly Row: Component<{ lane: Lane; columns: Columns }> }
);

/** How lanes of one type are drawn and used. What the document says of a type stands in `shared/collections/lane.ts`. */
export type LaneView = CardLaneView | DrawnLaneView;

/** Enter goes into the first button of a cell. */
export function enterFirst(_map: MapState, _cell: CellAt, element: HTMLElement): void {
  element.querySelector<HTMLElement>('button')?.focus();
}
