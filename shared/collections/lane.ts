import * as v from 'valibot';
import { maxTitleText } from '../limits.ts';
import type { RecordOf } from '../schema/collection.ts';
import { records } from '../schema/collection.ts';
import { line, lock, orderSchema, value } from '../schema/field.ts';
import { command } from '../schema/command.ts';

import type { Step } from '../schema/editor.ts';
import { addRecord, setField, setGone } from '../schema/editor.ts';
import type { Placing } from '../schema/order-key.ts';
import type { Gap } from '../schema/placing.ts';
import { onlyKey, placeInGap } from '../schema/placing.ts';
import { readAll, readRecord } from '../schema/read.ts';

export const laneGroups = ['customer', 'frontstage', 'backstage', 'analysis', 'business', 'derived'] as const;
export type LaneGroup = (typeof laneGroups)[number];

/**
 * The types of lanes. `holds`: `cards` if people put cards into its cells, `signals` if it shows data from elsewhere,
 * such as the emotions of a phase and the backlog's ideas for it. `group`: the group of a new lane.
 */
const laneKinds = {
  text: { holds: 'cards', group: 'customer' },
  emotion: { holds: 'signals', group: 'customer' },
  curve: { holds: 'signals', group: 'customer' },
  channel: { holds: 'cards', group: 'frontstage' },
  opportunity: { holds: 'cards', group: 'analysis' },
  kpi: { holds: 'cards', group: 'business' },
  data: { holds: 'cards', group: 'business' },
  moment: { holds: 'cards', group: 'business' },
  idea: { holds: 'signals', group: 'derived' },
} as const satisfies Record<string, { readonly holds: 'cards' | 'signals'; readonly group: LaneGroup }>;
export type LaneType = keyof typeof laneKinds;
export const laneTypes = Object.keys(laneKinds) as LaneType[];

/** The service blueprint's lines, drawn dashed and labelled under a lane. */
export const laneLines = ['interaction', 'visibility', 'internal'] as const;
export type LaneLine = (typeof laneLines)[number];

export const lanes = records('lanes', {
  about: 'the rows of the map',
  add: 'structure',
  fields: {
    title: line(maxTitleText),
    type: value(v.picklist(laneTypes), 'text'),
    group: value(v.picklist(laneGroups), 'customer'),
    order: value(orderSchema, ''),
    line: value(v.nullable(v.picklist(laneLines)), null),
    locked: lock(),
  },
});
export type Lane = RecordOf<typeof lanes.fields>;

/** True if people put cards into the cells of this lane. */
export function holdsCards(type: LaneType): boolean {
  return laneKinds[type].holds === 'cards';
}

/** The group that a new lane of a type belongs to. */
export function groupOf(type: LaneType): LaneGroup {
  return laneKinds[type].group;
}

export const addLane = command(
  'add-lane',
  (step, given: { title: string; type: LaneType; group: LaneGroup }, gap: Gap) => {
    const placing = placeLane(step, gap);
    const fields = { ...given, order: onlyKey(placing) };
    return addRecord(step, lanes, fields, () => shiftLanes(step, placing));
  },
);

export const moveLane = command('move-lane', (step, id: string, gap: Gap) =>
  step.change(() => {
    const placing = placeLane(step, gap, id);
    shiftLanes(step, placing);
    setField(step, lanes, id, 'order', onlyKey(placing));
  }),
);

export const removeLane = command('remove-lane', (step, id: string) =>
  step.change(() => setGone(step, lanes, id, true)),
);

/** Draws one of the blueprint's lines under a lane, or removes it. */
/** Locks a lane with its cards, so that only facilitators can change them, or unlocks it. */
export const lockLane = command('lock-lane', (step, id: string, on: boolean) =>
  step.change(() => setField(step, lanes, id, 'locked', on)),
);

export const setLine = command('set-line', (step, lane: string, line: LaneLine | null) =>
  step.change(() => setField(step, lanes, lane, 'line', line)),
);

/** @param moving the lane being moved, which does not count as a sibling */
function placeLane({ doc }: Step, gap: Gap, moving?: string): Placing {
  return placeInGap(
    gap,
    1,
    (id) => readRecord(doc, lanes, id)?.order ?? null,
    () => readAll(doc, lanes).filter(({ id }) => id !== moving),
  );
}

/** Sets the new order keys of neighbours that make room. */
function shiftLanes(step: Step, { shifted }: Placing): void {
  for (const { id, order } of shifted) setField(step, lanes, id, 'order', order);
}
