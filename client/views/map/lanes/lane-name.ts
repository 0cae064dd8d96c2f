import type { LaneType } from '$shared/collections/lane.ts';
import { t } from '../../../text/messages.svelte.ts';

/** A type of lane in words. One without a message does not compile here. */
export function laneName(type: LaneType): string {
  return t(`lane.${type}`);
}
