import type { LaneType } from '$shared/collections/lane.ts';
import { t } from '../../../text/messages.svelte.ts';

/** The name of a lane type. A type without a message does not compile here. */
export function laneName(type: LaneType): string {
  return t(`lane.${type}`);
}
