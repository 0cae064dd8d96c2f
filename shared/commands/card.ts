import type { Card, EvidenceLevel, Mode, Place, Support } from '../board/card.ts';
import { cards } from '../board/card.ts';
import { readAll, readRecord } from '../board/document.ts';
import { byOrder, orderBetween } from '../order-key.ts';
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
    place: { ...cell, order: orderIn(editor, cell, given.gap, []) },
    personas: given.personas ?? [],
    author: editor.person,
  });
}

/** Moves cards, in the order given, to one gap of a cell. Moving sets one field; nothing is made anew. */
export function moveCards(editor: Editor, ids: readonly string[], cell: CellAt, gap?: Gap): void {
  editor.change('move-card', () => {
    let after = gap?.after ?? null;
    for (const id of ids) {
      const card = readRecord(editor.doc, cards, id);
      if (!card || card.gone) continue;
      const order = orderIn(editor, cell, gap ? { after, before: gap.before } : undefined, ids);
      const place: Place = { ...cell, order };
      setField(editor, cards, id, 'place', place);
      after = id;
    }
  });
}

/** Takes cards off the map; undo brings them back with all that was written on them. */
export function removeCards(editor: Editor, ids: readonly string[]): void {
  editor.change('remove-card', () => {
    for (const id of ids) setGone(editor, cards, id, true);
  });
}

/** Brings removed cards back, as they were. */
export function restoreCards(editor: Editor, ids: readonly string[]): void {
  editor.change('restore-card', () => {
    for (const id of ids) setGone(editor, cards, id, false);
  });
}

export function markPersona(editor: Editor, ids: readonly string[], persona: string, on: boolean): void {
  editor.change('mark-persona', () => {
    for (const id of ids) setMember(editor, cards, id, 'personas', persona, on);
  });
}

export function setEvidence(editor: Editor, ids: readonly string[], level: EvidenceLevel): void {
  editor.change('set-evidence', () => {
    for (const id of ids) setField(editor, cards, id, 'evidence', level);
  });
}

export function setMode(editor: Editor, ids: readonly string[], mode: Mode | null): void {
  editor.change('set-mode', () => {
    for (const id of ids) setField(editor, cards, id, 'mode', mode);
  });
}

export function setSupport(editor: Editor, ids: readonly string[], support: Support | null): void {
  editor.change('set-support', () => {
    for (const id of ids) setField(editor, cards, id, 'support', support);
  });
}

/** An order key for the gap; without one, after the last card of the cell. */
function orderIn(editor: Editor, cell: CellAt, gap: Gap | undefined, moving: readonly string[]): string {
  if (gap) return orderBetween(orderOf(editor, gap.after), orderOf(editor, gap.before));
  const last = readAll(editor.doc, cards)
    .filter((card) => inCell(card, cell) && !moving.includes(card.id))
    .map((card) => ({ id: card.id, order: card.place.order }))
    .sort(byOrder)
    .at(-1);
  return orderBetween(last?.order ?? null, null);
}

function orderOf(editor: Editor, id: string | null): string | null {
  return id === null ? null : (readRecord(editor.doc, cards, id)?.place.order ?? null);
}

function inCell(card: Card, cell: CellAt): boolean {
  return card.place.lane === cell.lane && card.place.phase === cell.phase && card.place.step === cell.step;
}
