import { lanes } from '$shared/collections/lane.ts';
import type { Action } from '../../../parts/action.ts';
import { laneViews } from '../lanes/lanes.ts';
import type { MapTarget } from './target.ts';

/** Actions in a cell. Its cards take letters as text. */
export const inCell: readonly Action<MapTarget>[] = [
  {
    name: 'keys.edit',
    keys: ['Enter', 'F2'],
    may: ({ focus, card }) => focus.kind === 'cell' && card === null,
    run: ({ map, focus, element }) => {
      if (focus.kind !== 'cell') return;
      const lane = map.board.of(lanes).get(focus.cell.lane);
      const view = lane && laneViews[lane.type];
      if (view?.holds === 'signals') view.enter(map, focus.cell, element);
      else void map.add(focus.cell);
    },
  },
  {
    name: 'keys.new',
    keys: ['N'],
    may: ({ focus }) => focus.kind === 'cell',
    run: ({ map, focus }) => {
      if (focus.kind === 'cell') void map.add(focus.cell);
    },
  },
  {
    name: 'keys.emotions',
    keys: ['E'],
    may: ({ focus }) => focus.kind === 'cell',
    run: ({ map, focus }) => {
      if (focus.kind === 'cell') map.overlay = { kind: 'lane', type: 'emotion', phase: focus.cell.phase };
    },
  },
];
