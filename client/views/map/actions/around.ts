import type { Action } from '../../../parts/action.ts';
import type { KeyLine } from '../../../parts/view.ts';
import { shiftAlong } from './heads.ts';
import type { MapState } from '../map-state.svelte.ts';
import type { MapTarget } from './target.ts';

/** Arrow keys follow the screen: on a mirrored map, the right arrow goes to the previous phase. */
const arrows = [
  { key: 'ArrowLeft', rows: 0, columns: -1 },
  { key: 'ArrowUp', rows: -1, columns: 0 },
  { key: 'ArrowDown', rows: 1, columns: 0 },
  { key: 'ArrowRight', rows: 0, columns: 1 },
] as const;
const along = (map: MapState, columns: number) => (map.workspace.isMapMirrored ? -columns : columns);

const shove: KeyLine = [['Ctrl', '←↑↓→'], 'keys.shove'];
const steps: KeyLine = [['←', '↑', '↓', '→'], 'keys.arrows'];
const ends: KeyLine = [['Home', 'End'], 'keys.ends'];

/** Actions that move the focus, or a card or head with it. */
export const around: readonly Action<MapTarget>[] = [
  ...arrows.map(({ key, rows, columns }) => ({
    name: steps[1],
    series: steps,
    keys: [key],
    may: () => true,
    run: ({ map, element }: MapTarget) => map.focus.step(element, rows, along(map, columns)),
  })),
  ...(['Home', 'End'] as const).map((key) => ({
    name: ends[1],
    series: ends,
    keys: [key],
    may: () => true,
    run: ({ map, element }: MapTarget) => map.focus.stepToEnd(element, key === 'End'),
  })),
  ...arrows.map(({ key, rows, columns }) => ({
    name: shove[1],
    series: shove,
    keys: [`Mod+${key}`],
    may: () => true,
    run: ({ map, focus, card }: MapTarget) => {
      if (card !== null) map.moveBy(card, rows, along(map, columns));
      else if (focus.kind !== 'cell') shiftAlong(map, focus, rows, along(map, columns));
    },
  })),
  {
    name: 'keys.select',
    keys: ['Space'],
    may: ({ card }) => card !== null,
    run: ({ map, card }) => {
      if (card !== null) map.selection.toggle(card);
    },
  },
];

/** With Shift, the arrows select the card that they leave. */
export const selecting: readonly Action<MapTarget>[] = arrows.map(({ key, rows, columns }) => ({
  name: steps[1],
  series: steps,
  keys: [`Shift+${key}`],
  may: () => true,
  run: ({ map, element, card }) => {
    if (card !== null) map.selection.extend(card);
    map.focus.step(element, rows, along(map, columns));
  },
}));

/** Keys for what is outside the grid. */
export const beside: readonly Action<MapTarget>[] = [
  {
    name: 'keys.select-all',
    keys: ['Mod+A'],
    may: ({ map }) => map.workspace.may('write'),
    run: ({ map }) => map.selectAll(),
  },
  {
    name: 'keys.clear',
    keys: ['Escape'],
    may: ({ map }) => map.selection.ids.length > 0,
    run: ({ map }) => map.selection.clear(),
  },
  {
    name: 'keys.persona',
    keys: ['P'],
    may: () => true,
    run: () => document.querySelector<HTMLElement>('[data-persona-filter]')?.focus(),
  },
];
