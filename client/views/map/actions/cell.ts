import { lanes } from '$shared/collections/lane.ts';
import type { Action } from '../../../parts/action.ts';
import { laneViews } from '../lanes/lanes.ts';
import type { MapTarget } from './target.ts';

/** Actions in a cell. Its cards take letters as text. */
export const inCell: readonly Action<MapTarget>[] = [
  {
    name: 'map.keys.edit',
    keys: ['Enter', 'F2'],
    may: ({ spot, card }) => spot.kind === 'cell' && card === null,
    run: ({ map, spot, element }) => {
      if (spot.kind !== 'cell') return;
      const lane = map.board.of(lanes).get(spot.cell.lane);
      const view = lane && laneViews[lane.type];
      if (view?.holds === 'signals') view.enter(map, spot.cell, element);
      else void map.add(spot.cell);
    },
  },
  {
    name: 'map.keys.new',
    keys: ['N'],
    may: ({ spot }) => spot.kind === 'cell',
    run: ({ map, spot }) => {
      if (spot.kind === 'cell') void map.add(spot.cell);
    },
  },
  {
    name: 'map.keys.emotions',
    keys: ['E'],
    may: ({ spot }) => spot.kind === 'cell',
    run: ({ map, spot }) => {
      if (spot.kind === 'cell') map.overlay = { kind: 'lane', type: 'emotion', phase: spot.cell.phase };
    },
  },
];
