import type { LaneView } from '../lane-view.ts';

/** Channels are short words, judged by how well they support what people do. */
export const channel: LaneView = { holds: 'cards', look: 'tag', judged: 'support' };
