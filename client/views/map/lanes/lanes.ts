import type { LaneType } from '$shared/collections/lane.ts';
import { channel } from './channel/lane.ts';
import { curve } from './curve/lane.ts';
import { data } from './data/lane.ts';
import { emotion } from './emotion/lane.ts';
import { idea } from './idea/lane.ts';
import { kpi } from './kpi/lane.ts';
import type { LaneView } from './lane-view.ts';
import { moment } from './moment/lane.ts';
import { opportunity } from './opportunity/lane.ts';
import { text } from './text/lane.ts';

/** The view of every lane type, one folder each. */
export const laneViews: Readonly<Record<LaneType, LaneView>> = {
  text,
  emotion,
  curve,
  channel,
  opportunity,
  kpi,
  data,
  moment,
  idea,
};
