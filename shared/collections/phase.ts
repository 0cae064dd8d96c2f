import * as v from 'valibot';
import { maxTitleText } from '../limits.ts';
import type { RecordOf } from '../schema/collection.ts';
import { records } from '../schema/collection.ts';
import { idOrEmpty, line, orderSchema, value } from '../schema/field.ts';
import { command } from '../schema/command.ts';

import type { Step as UndoStep } from '../schema/editor.ts';
import { addRecord, setField, setGone } from '../schema/editor.ts';
import type { Placing } from '../schema/order-key.ts';
import type { Gap } from '../schema/placing.ts';
import { onlyKey, placeInGap } from '../schema/placing.ts';
import { readAll, readRecord } from '../schema/read.ts';

/** The three parts of every journey: before, during and after the use of the service. */
export const periods = ['before', 'during', 'after'] as const;
export type Period = (typeof periods)[number];

/** A part of the journey as the customer sees it. Its place is its period and its order within the period. */
export const phases = records('phases', {
  about: 'the columns of the map',
  add: 'structure',
  fields: {
    title: line(maxTitleText),
    goal: line(maxTitleText),
    place: value(v.object({ period: v.picklist(periods), order: orderSchema }), {
      period: 'during',
      order: '',
    }),
  },
});
export type Phase = RecordOf<typeof phases.fields>;

/** A step within a phase. A moment of truth is a step that decides how people remember the whole. */
export const steps = records('steps', {
  about: 'the columns within a phase',
  add: 'structure',
  fields: {
    title: line(maxTitleText),
    place: value(v.object({ phase: idOrEmpty('phases'), order: orderSchema }), {
      phase: '',
      order: '',
    }),
    truth: value(v.boolean(), false),
  },
});
export type Step = RecordOf<typeof steps.fields>;

/** Adds a phase to a period. Returns its id. */
export const addPhase = command('add-phase', (edit, period: Period, title: string, gap: Gap) => {
  const placing = placePhase(edit, period, gap);
  const place = { period, order: onlyKey(placing) };
  return addRecord(edit, phases, { title, place }, () => shiftPhases(edit, placing));
});

/** Moves a phase, with its steps and cards, within its period or to another. */
export const movePhase = command('move-phase', (edit, id: string, period: Period, gap: Gap) =>
  edit.change(() => {
    const placing = placePhase(edit, period, gap, id);
    shiftPhases(edit, placing);
    setField(edit, phases, id, 'place', { period, order: onlyKey(placing) });
  }),
);

/** Removes a phase. Its cards leave the map with it, and undo brings them back. */
export const removePhase = command('remove-phase', (edit, id: string) =>
  edit.change(() => setGone(edit, phases, id, true)),
);

export const addStep = command('add-step', (edit, phase: string, title: string, gap: Gap) => {
  const placing = placeStep(edit, phase, gap);
  const place = { phase, order: onlyKey(placing) };
  return addRecord(edit, steps, { title, place }, () => shiftSteps(edit, placing));
});

export const moveStep = command('move-step', (edit, id: string, phase: string, gap: Gap) =>
  edit.change(() => {
    const placing = placeStep(edit, phase, gap, id);
    shiftSteps(edit, placing);
    setField(edit, steps, id, 'place', { phase, order: onlyKey(placing) });
  }),
);

/** Removes a step. Its cards stay, as cards of the whole phase. */
export const removeStep = command('remove-step', (edit, id: string) =>
  edit.change(() => setGone(edit, steps, id, true)),
);

export const setTruth = command('set-truth', (edit, step: string, truth: boolean) =>
  edit.change(() => setField(edit, steps, step, 'truth', truth)),
);

/** @param moving the phase being moved, which does not count as a sibling */
function placePhase({ doc }: UndoStep, period: Period, gap: Gap, moving?: string): Placing {
  return placeInGap(
    gap,
    1,
    (id) => readRecord(doc, phases, id)?.place.order ?? null,
    () =>
      readAll(doc, phases)
        .filter(({ id, place }) => place.period === period && id !== moving)
        .map(({ id, place }) => ({ id, order: place.order })),
  );
}

function placeStep({ doc }: UndoStep, phase: string, gap: Gap, moving?: string): Placing {
  return placeInGap(
    gap,
    1,
    (id) => readRecord(doc, steps, id)?.place.order ?? null,
    () =>
      readAll(doc, steps)
        .filter(({ id, place }) => place.phase === phase && id !== moving)
        .map(({ id, place }) => ({ id, order: place.order })),
  );
}

/** Sets the new order keys of neighbours that make room. */
function shiftPhases(edit: UndoStep, { shifted }: Placing): void {
  for (const { id, order } of shifted) {
    const phase = readRecord(edit.doc, phases, id);
    if (phase) setField(edit, phases, id, 'place', { ...phase.place, order });
  }
}

function shiftSteps(edit: UndoStep, { shifted }: Placing): void {
  for (const { id, order } of shifted) {
    const step = readRecord(edit.doc, steps, id);
    if (step) setField(edit, steps, id, 'place', { ...step.place, order });
  }
}
