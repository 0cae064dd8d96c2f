import { readAll, readRecord } from '../schema/read.ts';
import type { LaneGroup, LaneLine, LaneType } from '../collections/lane.ts';
import { lanes } from '../collections/lane.ts';
import type { Period } from '../collections/phase.ts';
import { phases, steps } from '../collections/phase.ts';
import type { Placing } from '../schema/order-key.ts';
import type { Editor } from '../schema/editor.ts';
import { addRecord, setField, setGone } from '../schema/editor.ts';
import type { Gap } from '../schema/placing.ts';
import { onlyKey, placeInGap } from '../schema/placing.ts';

/** Adds a phase to a period. Returns its id. */
export function addPhase(editor: Editor, period: Period, title: string, gap: Gap): string {
  const placing = placePhase(editor, period, gap);
  const place = { period, order: onlyKey(placing) };
  return addRecord(editor, phases, 'add-phase', { title, place }, () => shiftPhases(editor, placing));
}

/** Moves a phase, with its steps and cards, within its period or to another. */
export function movePhase(editor: Editor, id: string, period: Period, gap: Gap): void {
  editor.change('move-phase', () => {
    const placing = placePhase(editor, period, gap, id);
    shiftPhases(editor, placing);
    setField(editor, phases, id, 'place', { period, order: onlyKey(placing) });
  });
}

/** Removes a phase; its cards leave the map with it, and come back with an undo. */
export function removePhase(editor: Editor, id: string): void {
  editor.change('remove-phase', () => setGone(editor, phases, id, true));
}

export function addStep(editor: Editor, phase: string, title: string, gap: Gap): string {
  const placing = placeStep(editor, phase, gap);
  const place = { phase, order: onlyKey(placing) };
  return addRecord(editor, steps, 'add-step', { title, place }, () => shiftSteps(editor, placing));
}

export function moveStep(editor: Editor, id: string, phase: string, gap: Gap): void {
  editor.change('move-step', () => {
    const placing = placeStep(editor, phase, gap, id);
    shiftSteps(editor, placing);
    setField(editor, steps, id, 'place', { phase, order: onlyKey(placing) });
  });
}

/** Removes a step; its cards stay, as cards of the whole phase. */
export function removeStep(editor: Editor, id: string): void {
  editor.change('remove-step', () => setGone(editor, steps, id, true));
}

export function setTruth(editor: Editor, step: string, truth: boolean): void {
  editor.change('set-truth', () => setField(editor, steps, step, 'truth', truth));
}

export function addLane(
  editor: Editor,
  given: { title: string; type: LaneType; group: LaneGroup },
  gap: Gap,
): string {
  const placing = placeLane(editor, gap);
  const fields = { ...given, order: onlyKey(placing) };
  return addRecord(editor, lanes, 'add-lane', fields, () => shiftLanes(editor, placing));
}

export function moveLane(editor: Editor, id: string, gap: Gap): void {
  editor.change('move-lane', () => {
    const placing = placeLane(editor, gap, id);
    shiftLanes(editor, placing);
    setField(editor, lanes, id, 'order', onlyKey(placing));
  });
}

export function removeLane(editor: Editor, id: string): void {
  editor.change('remove-lane', () => setGone(editor, lanes, id, true));
}

/** Draws one of the blueprint's lines under a lane, or none. */
export function setLine(editor: Editor, lane: string, line: LaneLine | null): void {
  editor.change('set-line', () => setField(editor, lanes, lane, 'line', line));
}

/** @param moving the phase that is moved, which is no sibling of itself */
function placePhase(editor: Editor, period: Period, gap: Gap, moving?: string): Placing {
  return placeInGap(
    gap,
    1,
    (id) => readRecord(editor.doc, phases, id)?.place.order ?? null,
    () =>
      readAll(editor.doc, phases)
        .filter(({ id, place }) => place.period === period && id !== moving)
        .map(({ id, place }) => ({ id, order: place.order })),
  );
}

function placeStep(editor: Editor, phase: string, gap: Gap, moving?: string): Placing {
  return placeInGap(
    gap,
    1,
    (id) => readRecord(editor.doc, steps, id)?.place.order ?? null,
    () =>
      readAll(editor.doc, steps)
        .filter(({ id, place }) => place.phase === phase && id !== moving)
        .map(({ id, place }) => ({ id, order: place.order })),
  );
}

function placeLane(editor: Editor, gap: Gap, moving?: string): Placing {
  return placeInGap(
    gap,
    1,
    (id) => readRecord(editor.doc, lanes, id)?.order ?? null,
    () => readAll(editor.doc, lanes).filter(({ id }) => id !== moving),
  );
}

/** Gives neighbours the keys that make room for what comes between them. */
function shiftPhases(editor: Editor, { shifted }: Placing): void {
  for (const { id, order } of shifted) {
    const phase = readRecord(editor.doc, phases, id);
    if (phase) setField(editor, phases, id, 'place', { ...phase.place, order });
  }
}

function shiftSteps(editor: Editor, { shifted }: Placing): void {
  for (const { id, order } of shifted) {
    const step = readRecord(editor.doc, steps, id);
    if (step) setField(editor, steps, id, 'place', { ...step.place, order });
  }
}

function shiftLanes(editor: Editor, { shifted }: Placing): void {
  for (const { id, order } of shifted) setField(editor, lanes, id, 'order', order);
}
