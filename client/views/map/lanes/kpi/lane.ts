import type { LaneView } from '../lane-view.ts';

export const kpi: LaneView = { holds: 'cards', look: 'plain', judged: 'evidence' };
