import type { LaneView } from '../lane-view.ts';
import EmotionCell from './EmotionCell.svelte';

export const emotion: LaneView = {
  holds: 'signals',
  Cell: EmotionCell,
  enter: (map, { phase }) => (map.overlay = { kind: 'lane', type: 'emotion', phase }),
  dialog: () => import('./EmotionDialog.svelte'),
};
