import type { LaneView } from '../lane-view.ts';

/** Channels are short words, rated by how well they support people's activities. */
export const channel: LaneView = { holds: 'cards', look: 'tag', judged: 'support' };
