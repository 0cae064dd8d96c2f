import type { CellAt, EvidenceLevel, Mode, Place, Support } from '../collections/card.ts';
import { cards } from '../collections/card.ts';
import { readAll, readRecord, storedRecord } from '../schema/read.ts';
import { steps } from '../collections/phase.ts';
import type { Ordered, Placing } from '../schema/order-key.ts';
import { cellKey, cellOf } from '../queries/journey.ts';
import type { Editor } from '../schema/editor.ts';
import { addRecord, setField, setGone, setMember } from '../schema/editor.ts';
import type { Gap } from '../schema/placing.ts';
import { onlyKey, placeAtEnd, placeInGap } from '../schema/placing.ts';

export type { CellAt };

/** Adds a card to a cell; at the end of the stack where no gap is given. Returns its id. */
export function addCard(
  editor: Editor,
  cell: CellAt,
  given: { text?: string; gap?: Gap; personas?: readonly string[] } = {},
): string {
  editor.finish();
  const placing = placeIn(editor, cell, given.gap, null);
  return addRecord(
    editor,
    cards,
    'add-card',
    {
      text: given.text ?? '',
      place: { ...cell, order: onlyKey(placing) },
      personas: given.personas ?? [],
      author: editor.person,
    },
    () => shift(editor, placing),
  );
}

/** Moves cards, in the order given, to one gap of a cell. Moving sets one field; nothing is made anew. */
export function moveCards(editor: Editor, ids: readonly string[], cell: CellAt, gap?: Gap): void {
  editor.finish();
  const moving = new Set(ids.filter((id) => isThere(editor, id)));
  const placing = placeIn(editor, cell, gap, moving);
  const moves = [
    ...shiftedPlaces(editor, placing),
    ...[...moving].map((id, index) => ({ id, place: { ...cell, order: placing.keys[index] ?? '' } })),
  ];
  editor.changeEach('move-card', moves, ({ id, place }) => {
    if (isThere(editor, id)) setField(editor, cards, id, 'place', place satisfies Place);
  });
}

/** Takes cards off the map; undo brings them back with all that was written on them. */
export function removeCards(editor: Editor, ids: readonly string[]): void {
  editor.changeEach('remove-card', ids, (id) => setGone(editor, cards, id, true));
}

/** Brings removed cards back, as they were. */
export function restoreCards(editor: Editor, ids: readonly string[]): void {
  editor.changeEach('restore-card', ids, (id) => setGone(editor, cards, id, false));
}

export function markPersona(editor: Editor, ids: readonly string[], persona: string, on: boolean): void {
  editor.changeEach('mark-persona', ids, (id) => setMember(editor, cards, id, 'personas', persona, on));
}

export function setEvidence(editor: Editor, ids: readonly string[], level: EvidenceLevel): void {
  editor.changeEach('set-evidence', ids, (id) => setField(editor, cards, id, 'evidence', level));
}

export function setMode(editor: Editor, ids: readonly string[], mode: Mode | null): void {
  editor.changeEach('set-mode', ids, (id) => setField(editor, cards, id, 'mode', mode));
}

export function setSupport(editor: Editor, ids: readonly string[], support: Support | null): void {
  editor.changeEach('set-support', ids, (id) => setField(editor, cards, id, 'support', support));
}

/**
 * Order keys in the gap; without one, behind the last card of the cell.
 * @param moving the cards that are moved, which are no siblings of themselves; null for one new card
 */
function placeIn(
  editor: Editor,
  cell: CellAt,
  gap: Gap | undefined,
  moving: ReadonlySet<string> | null,
): Placing {
  const count = moving?.size ?? 1;
  const siblings = () => cardsIn(editor, cell).filter(({ id }) => !moving?.has(id));
  if (!gap) return placeAtEnd(count, siblings());
  return placeInGap(gap, count, (id) => readRecord(editor.doc, cards, id)?.place.order ?? null, siblings);
}

/** The cards that are shown in a cell, in no order. */
function cardsIn(editor: Editor, cell: CellAt): Ordered[] {
  const key = cellKey(cell);
  const phaseOf = (step: string) => readRecord(editor.doc, steps, step)?.place.phase ?? null;
  return readAll(editor.doc, cards)
    .filter(({ place }) => cellKey(cellOf(place, phaseOf)) === key)
    .map(({ id, place }) => ({ id, order: place.order }));
}

/** Gives neighbours the keys that make room; they stay in the cells where they are. */
function shift(editor: Editor, placing: Placing): void {
  for (const { id, place } of shiftedPlaces(editor, placing)) setField(editor, cards, id, 'place', place);
}

function shiftedPlaces(editor: Editor, { shifted }: Placing): { id: string; place: Place }[] {
  return shifted.flatMap(({ id, order }) => {
    const card = readRecord(editor.doc, cards, id);
    return card ? [{ id, place: { ...card.place, order } }] : [];
  });
}

/** Whether a card is on the board and not removed. Reads nothing else of it, since thousands may be asked about. */
function isThere(editor: Editor, id: string): boolean {
  const card = storedRecord(editor.doc, cards, id);
  return card !== null && card.get('gone') !== true;
}
