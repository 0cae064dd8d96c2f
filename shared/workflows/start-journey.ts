import { lanes } from '../collections/lane.ts';
import type { Period } from '../collections/phase.ts';
import { periods, phases } from '../collections/phase.ts';
import { newId } from '../id.ts';
import { buildRecord } from '../schema/collection.ts';
import { command } from '../schema/command.ts';
import { setGone } from '../schema/editor.ts';
import { onlyKey, placeAtEnd } from '../schema/placing.ts';
import { rootOf } from '../schema/read.ts';

/** Gives an empty map three columns, one per period, and a first lane, as one step of undo. */
export const startJourney = command(
  'start-journey',
  (step, given: { phases: Readonly<Record<Period, string>>; lane: string; withLane: boolean }) => {
    const made: { of: typeof phases | typeof lanes; id: string }[] = [];
    step.prepare(() => {
      for (const period of periods) {
        const id = newId();
        const place = { period, order: onlyKey(placeAtEnd(1, [])) };
        rootOf(step.doc, phases).set(id, buildRecord(phases, { title: given.phases[period], place }, true));
        made.push({ of: phases, id });
      }
      if (given.withLane) {
        const id = newId();
        const order = onlyKey(placeAtEnd(1, []));
        rootOf(step.doc, lanes).set(
          id,
          buildRecord(lanes, { title: given.lane, type: 'text', group: 'customer', order }, true),
        );
        made.push({ of: lanes, id });
      }
    });
    step.change(() => {
      for (const { of, id } of made) setGone(step, of, id, false);
    });
  },
);
