import { setEvidence, evidenceLevels, cards } from '$shared/collections/card.ts';
import { addIdea } from '$shared/collections/idea.ts';
import { moveLane, lanes } from '$shared/collections/lane.ts';
import { movePhase, moveStep } from '$shared/collections/phase.ts';
import { isLetter } from '../../parts/letters.ts';
import type { Spot } from './grid.ts';
import type { MapState } from './map-state.svelte.ts';
import { laneViews } from './lanes/lanes.ts';
import { neighbourGap } from './shifting.ts';

/** The keyboard of the map. Arrows follow the screen: on a mirrored map the right arrow goes to the phase before. */
export function pressKey(map: MapState, event: KeyboardEvent): void {
  const target = event.target;
  if (!(target instanceof HTMLElement) || event.isComposing || target.closest('textarea, input, select'))
    return;
  const element = target.closest<HTMLElement>('[data-card], [data-spot]');
  const spot = element && map.spotOf(element);
  if (!element || !spot) return;
  // A button inside a card or a cell has its own Enter and Space.
  const own = target === element;
  const handled =
    pressArrow(map, event, element, spot) ||
    (own && pressAction(map, event, element, spot)) ||
    pressLetter(map, event, element, spot);
  if (!handled) return;
  event.preventDefault();
  event.stopPropagation();
}

const arrows: Record<string, readonly [rows: number, columns: number]> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

function pressArrow(map: MapState, event: KeyboardEvent, element: HTMLElement, spot: Spot): boolean {
  if (event.key === 'Home' || event.key === 'End') {
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    map.stepToEnd(element, event.key === 'End');
    return true;
  }
  const arrow = arrows[event.key];
  if (!arrow) return false;
  const mirrored = document.dir === 'rtl' ? -1 : 1;
  const [rows, columns] = [arrow[0], arrow[1] * mirrored];
  const card = element.dataset.card;
  if (event.ctrlKey || event.metaKey) {
    if (card !== undefined) map.moveBy(card, rows, columns);
    else shift(map, spot, rows, columns);
    return true;
  }
  if (event.altKey) {
    if (card === undefined || rows === 0) return false;
    map.reorder(card, rows);
    return true;
  }
  if (event.shiftKey && card !== undefined && rows !== 0) map.toggle(card);
  map.step(element, rows, columns);
  return true;
}

/** Moves a phase, a step or a lane one place over. */
function shift(map: MapState, spot: Spot, rows: number, columns: number): void {
  if (spot.kind === 'cell' || !map.workspace.may('structure')) return;
  const along = spot.kind === 'lane' ? rows : columns;
  if (along === 0) return;
  const { editor, journey } = map.board;
  const to = neighbourGap(journey, spot, along > 0 ? 1 : -1);
  if (!to) return;
  switch (to.kind) {
    case 'phase':
      movePhase(editor, spot.id, to.period, to);
      break;
    case 'step':
      moveStep(editor, spot.id, to.phase, to);
      break;
    case 'lane':
      moveLane(editor, spot.id, to);
  }
  requestAnimationFrame(() => map.focusSpot(spot));
}

function pressAction(map: MapState, event: KeyboardEvent, element: HTMLElement, spot: Spot): boolean {
  const card = element.dataset.card;
  switch (event.key) {
    case 'Enter':
    case 'F2':
      if (card !== undefined) map.edit(card);
      else if (spot.kind !== 'cell') {
        if (!map.workspace.may('structure')) return false;
        map.renaming = `${spot.kind}:${spot.id}`;
      } else enterCell(map, spot, element);
      return true;
    case ' ':
      if (card === undefined) return false;
      map.toggle(card);
      return true;
    case 'Delete':
    case 'Backspace':
      if (card !== undefined) void map.remove(map.chosen(card));
      else if (spot.kind !== 'cell' && map.workspace.may('structure'))
        map.overlay = { kind: 'remove', of: spot.kind, id: spot.id };
      else return false;
      return true;
    case 'Escape':
      if (map.selection.length === 0) return false;
      map.clearSelection();
      return true;
    default:
      return false;
  }
}

function enterCell(map: MapState, spot: Spot & { kind: 'cell' }, element: HTMLElement): void {
  const lane = map.board.of(lanes).get(spot.cell.lane);
  const view = lane && laneViews[lane.type];
  if (view?.holds === 'signals') view.enter(map, spot.cell, element);
  else void map.add(spot.cell);
}

function pressLetter(map: MapState, event: KeyboardEvent, element: HTMLElement, spot: Spot): boolean {
  if (!map.workspace.letters || event.ctrlKey || event.metaKey || event.altKey) return false;
  const card = element.dataset.card;
  const level = evidenceLevels[Number(/^(?:Digit|Numpad)([1-4])$/.exec(event.code)?.[1] ?? 0) - 1];
  if (card !== undefined && level && map.workspace.may('write')) {
    setEvidence(map.board.editor, map.chosen(card), level);
    return true;
  }
  if (isLetter(event, 'n') && spot.kind === 'cell') {
    void map.add(spot.cell, card ?? null);
    return true;
  }
  if (isLetter(event, 'm') && card !== undefined && map.workspace.may('write')) {
    map.overlay = { kind: 'move', cards: map.chosen(card) };
    return true;
  }
  if (isLetter(event, 'i') && card !== undefined && map.workspace.may('write')) {
    ideaFor(map, card);
    return true;
  }
  if (isLetter(event, 'e') && spot.kind === 'cell') {
    map.overlay = { kind: 'lane', type: 'emotion', phase: spot.cell.phase };
    return true;
  }
  if (isLetter(event, 'p')) {
    document.querySelector<HTMLElement>('[data-persona-filter]')?.focus();
    return true;
  }
  return false;
}

/** A new idea that answers a card, opened for writing. */
export function ideaFor(map: MapState, card: string): void {
  const record = map.board.of(cards).get(card);
  if (!record) return;
  const { phase, step } = record.place;
  const id = addIdea(map.board.editor, {
    title: '',
    cards: [card],
    place: { phase, step },
    personas: record.personas,
  });
  map.workspace.go('ideas', id);
}
