import { readRecord } from '../board/document.ts';
import type { LaneGroup, LaneLine, LaneType } from '../board/lane.ts';
import { lanes } from '../board/lane.ts';
import type { Period } from '../board/phase.ts';
import { phases, steps } from '../board/phase.ts';
import { orderBetween } from '../order-key.ts';
import type { Editor } from './editor.ts';
import { addRecord, setField, setGone } from './editor.ts';

/** Between which two neighbours a column or a row goes; null is the end. */
export interface Between {
  readonly after: string | null;
  readonly before: string | null;
}

/** Adds a phase to a period. Returns its id. */
export function addPhase(editor: Editor, period: Period, title: string, between: Between): string {
  return addRecord(editor, phases, 'add-phase', {
    title,
    place: { period, order: phaseOrder(editor, between) },
  });
}

/** Moves a phase, with its steps and cards, within its period or to another. */
export function movePhase(editor: Editor, id: string, period: Period, between: Between): void {
  editor.change('move-phase', () => {
    setField(editor, phases, id, 'place', { period, order: phaseOrder(editor, between) });
  });
}

/** Removes a phase; its cards leave the map with it, and come back with an undo. */
export function removePhase(editor: Editor, id: string): void {
  editor.change('remove-phase', () => setGone(editor, phases, id, true));
}

export function addStep(editor: Editor, phase: string, title: string, between: Between): string {
  return addRecord(editor, steps, 'add-step', { title, place: { phase, order: stepOrder(editor, between) } });
}

export function moveStep(editor: Editor, id: string, phase: string, between: Between): void {
  editor.change('move-step', () => {
    setField(editor, steps, id, 'place', { phase, order: stepOrder(editor, between) });
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
  between: Between,
): string {
  return addRecord(editor, lanes, 'add-lane', { ...given, order: laneOrder(editor, between) });
}

export function moveLane(editor: Editor, id: string, between: Between): void {
  editor.change('move-lane', () => setField(editor, lanes, id, 'order', laneOrder(editor, between)));
}

export function removeLane(editor: Editor, id: string): void {
  editor.change('remove-lane', () => setGone(editor, lanes, id, true));
}

/** Draws one of the blueprint's lines under a lane, or none. */
export function setLine(editor: Editor, lane: string, line: LaneLine | null): void {
  editor.change('set-line', () => setField(editor, lanes, lane, 'line', line));
}

function phaseOrder(editor: Editor, between: Between): string {
  const order = (id: string | null) =>
    id === null ? null : (readRecord(editor.doc, phases, id)?.place.order ?? null);
  return orderBetween(order(between.after), order(between.before));
}

function stepOrder(editor: Editor, between: Between): string {
  const order = (id: string | null) =>
    id === null ? null : (readRecord(editor.doc, steps, id)?.place.order ?? null);
  return orderBetween(order(between.after), order(between.before));
}

function laneOrder(editor: Editor, between: Between): string {
  const order = (id: string | null) =>
    id === null ? null : (readRecord(editor.doc, lanes, id)?.order ?? null);
  return orderBetween(order(between.after), order(between.before));
}
