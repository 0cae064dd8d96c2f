import type { Card, EvidenceLevel, Mode, Place, Support } from '../board/card.ts';
import { cards } from '../board/card.ts';
import { readAll, readRecord, storedRecord } from '../board/document.ts';
import { byOrder, orderBetween, ordersBetween } from '../order-key.ts';
import type { Editor } from './editor.ts';
import { addRecord, setField, setGone, setMember } from './editor.ts';

/** A cell of the map; `step` null is the whole phase. */
export interface CellAt {
  readonly lane: string;
  readonly phase: string;
  readonly step: string | null;
}

/** Where in a cell: between these two cards, null being an end of the stack. */
export interface Gap {
  readonly after: string | null;
  readonly before: string | null;
}

/** Adds a card to a cell; at the end of the stack where no gap is given. Returns its id. */
export function addCard(
  editor: Editor,
  cell: CellAt,
  given: { text?: string; gap?: Gap; personas?: readonly string[] } = {},
): string {
  return addRecord(editor, cards, 'add-card', {
    text: given.text ?? '',
    place: { ...cell, order: orderIn(editor, cell, given.gap) },
    personas: given.personas ?? [],
    author: editor.person,
  });
}

/** Moves cards, in the order given, to one gap of a cell. Moving sets one field; nothing is made anew. */
export function moveCards(editor: Editor, ids: readonly string[], cell: CellAt, gap?: Gap): void {
  const after = gap ? orderOf(editor, gap.after) : lastOrder(editor, cell, ids);
  const orders = ordersBetween(after, orderOf(editor, gap?.before ?? null), ids.length);
  const moves = ids.map((id, index) => ({ id, place: { ...cell, order: orders[index] ?? '' } }));
  editor.changeEach('move-card', moves, ({ id, place }) => {
    const card = storedRecord(editor.doc, cards, id);
    if (card?.get('gone') !== true) setField(editor, cards, id, 'place', place satisfies Place);
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

/** An order key for the gap; without one, after the last card of the cell. */
function orderIn(editor: Editor, cell: CellAt, gap: Gap | undefined): string {
  if (gap) return orderBetween(orderOf(editor, gap.after), orderOf(editor, gap.before));
  return orderBetween(lastOrder(editor, cell, []), null);
}

/** The order key of the last card of a cell, beside those that are moved there. */
function lastOrder(editor: Editor, cell: CellAt, moving: readonly string[]): string | null {
  const leaving = new Set(moving);
  let last: { id: string; order: string } | null = null;
  for (const card of readAll(editor.doc, cards)) {
    if (!inCell(card, cell) || leaving.has(card.id)) continue;
    const one = { id: card.id, order: card.place.order };
    if (!last || byOrder(last, one) < 0) last = one;
  }
  return last?.order ?? null;
}

function orderOf(editor: Editor, id: string | null): string | null {
  return id === null ? null : (readRecord(editor.doc, cards, id)?.place.order ?? null);
}

function inCell(card: Card, cell: CellAt): boolean {
  return card.place.lane === cell.lane && card.place.phase === cell.phase && card.place.step === cell.step;
}
