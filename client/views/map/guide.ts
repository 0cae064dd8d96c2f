import { lanes } from '$shared/collections/lane.ts';
import { phases } from '$shared/collections/phase.ts';
import type { Guide, KeyGroup } from '../../parts/view.ts';

export const go: Guide['go'] = 'map.keys.go';

/** What `keys.ts` and the fields of the map do, for the help. */
export const keys: readonly KeyGroup[] = [
  {
    title: 'map.keys',
    keys: [
      [['←', '↑', '↓', '→'], 'map.keys.arrows'],
      [['Home', 'End'], 'map.keys.ends'],
      [['Enter'], 'map.keys.edit'],
      [['N'], 'map.keys.new'],
      [['M'], 'map.keys.move'],
      [['Ctrl', '←↑↓→'], 'map.keys.shove'],
      [['Alt', '↑↓'], 'map.keys.reorder'],
      [['Space'], 'map.keys.select'],
      [['Delete'], 'map.keys.remove'],
      [['I'], 'map.keys.idea'],
      [['E'], 'map.keys.emotions'],
      [['1–4'], 'map.keys.evidence'],
      [['P'], 'map.keys.persona'],
      [['Shift', 'F10'], 'map.keys.menu'],
    ],
  },
  {
    title: 'map.keys.writing',
    keys: [
      [['Enter'], 'map.keys.next'],
      [['Shift', 'Enter'], 'map.keys.break'],
      [['Tab'], 'map.keys.tab'],
      [['Esc'], 'map.keys.leave'],
    ],
  },
];

/** The phase and the lane of the cell that has somebody's focus. */
export const where: Guide['where'] = (board, { cell }) =>
  [board.of(phases).get(cell?.phase ?? null)?.title, board.of(lanes).get(cell?.lane ?? null)?.title]
    .filter(Boolean)
    .join(' · ');
