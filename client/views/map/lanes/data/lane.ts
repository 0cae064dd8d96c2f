import type { LaneView } from '../lane-view.ts';

export const data: LaneView = { holds: 'cards', look: 'plain', judged: 'evidence' };
