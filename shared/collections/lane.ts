import * as v from 'valibot';
import { maxTitleText } from '../limits.ts';
import type { RecordOf } from '../schema/collection.ts';
import { collection } from '../schema/collection.ts';
import { orderSchema, text, value } from '../schema/field.ts';

/**
 * What a lane's cells hold. `emotion` and `curve` show the signals of a phase, `idea` the backlog's
 * ideas for it; all others hold cards.
 */
export const laneTypes = [
  'text',
  'emotion',
  'curve',
  'channel',
  'opportunity',
  'kpi',
  'data',
  'moment',
  'idea',
] as const;
export type LaneType = (typeof laneTypes)[number];

export const laneGroups = ['customer', 'frontstage', 'backstage', 'analysis', 'business', 'derived'] as const;
export type LaneGroup = (typeof laneGroups)[number];

/** The service blueprint's lines, drawn dashed and labelled under a lane. */
export const laneLines = ['interaction', 'visibility', 'internal'] as const;
export type LaneLine = (typeof laneLines)[number];

export const lanes = collection('lanes', 'structure', {
  title: text(maxTitleText),
  type: value(v.picklist(laneTypes), 'text'),
  group: value(v.picklist(laneGroups), 'customer'),
  order: value(orderSchema, ''),
  line: value(v.nullable(v.picklist(laneLines)), null),
});
export type Lane = RecordOf<typeof lanes.fields>;

/** Whether people put cards into this lane's cells. */
export function holdsCards(type: LaneType): boolean {
  return type !== 'emotion' && type !== 'curve' && type !== 'idea';
}
