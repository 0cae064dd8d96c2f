import type { LaneView } from '../lane-view.ts';
import { withMessages } from '../../../../text/messages.svelte.ts';
import EmotionCell from './EmotionCell.svelte';

export const emotion: LaneView = {
  holds: 'signals',
  Cell: EmotionCell,
  enter: (map, { phase }) => (map.overlay = { kind: 'lane', type: 'emotion', phase }),
  dialog: withMessages(['map-more'], () => import('./EmotionDialog.svelte')),
};
