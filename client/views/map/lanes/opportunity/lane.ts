import type { LaneView } from '../lane-view.ts';

/** Opportunities are what the analysis comes to, so they stand out. */
export const opportunity: LaneView = { holds: 'cards', look: 'marked', judged: 'evidence' };
