import type { Component } from 'svelte';
import type { CellAt } from '$shared/collections/card.ts';
import type { Lane } from '$shared/collections/lane.ts';
import type { MapState } from '../map-state.svelte.ts';
import type { Columns, PhasePlace } from '../widths.ts';

/** A lane whose cells hold cards. */
export interface CardLaneView {
  readonly holds: 'cards';
  /** `marked`: the cards stand out. `tag`: they are short words, side by side. */
  readonly look: 'plain' | 'marked' | 'tag';
  /** What its cards are rated by: evidence, or how well they support. */
  readonly judged: 'evidence' | 'support';
}

/** A lane that shows data from elsewhere, one cell per phase or its whole row at once. */
export type DrawnLaneView = {
  readonly holds: 'signals';
  /** What Enter does on a cell. */
  enter(map: MapState, cell: CellAt, element: HTMLElement): void;
  /** The dialog that edits a phase's data in this lane, as a script of its own. */
  readonly dialog?: () => Promise<{ readonly default: Component<{ phase: string; onclose: () => void }> }>;
} & (
  | { readonly Cell: Component<{ lane: string; phase: string; place: PhasePlace }> }
  | { readonly Row: Component<{ lane: Lane; columns: Columns }> }
);

/** How lanes of one type are drawn and used. `shared/collections/lane.ts` has the data of each type. */
export type LaneView = CardLaneView | DrawnLaneView;

/** Enter focuses the first button of a cell. */
export function enterFirst(_map: MapState, _cell: CellAt, element: HTMLElement): void {
  element.querySelector<HTMLElement>('button')?.focus();
}
