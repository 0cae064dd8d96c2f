import type { LaneView } from '../lane-view.ts';

export const moment: LaneView = { holds: 'cards', look: 'plain', judged: 'evidence' };
