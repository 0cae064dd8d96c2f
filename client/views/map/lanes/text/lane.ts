import type { LaneView } from '../lane-view.ts';

export const text: LaneView = { holds: 'cards', look: 'plain', judged: 'evidence' };
