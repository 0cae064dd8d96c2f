import type { LaneView } from '../lane-view.ts';

/** Opportunities are the result of the analysis, so they stand out. */
export const opportunity: LaneView = { holds: 'cards', look: 'marked', judged: 'evidence' };
