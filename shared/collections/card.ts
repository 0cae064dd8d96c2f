import * as v from 'valibot';
import { maxCardText } from '../limits.ts';
import type { RecordOf } from '../schema/collection.ts';
import { records } from '../schema/collection.ts';
import { author, idOf, idOrEmpty, lock, orderSchema, refs, text, value } from '../schema/field.ts';
import { command } from '../schema/command.ts';

import type { Step } from '../schema/editor.ts';
import { addRecord, setField, setGone, setMember } from '../schema/editor.ts';
import type { Ordered, Placing } from '../schema/order-key.ts';
import type { Gap } from '../schema/placing.ts';
import { onlyKey, placeAtEnd, placeInGap } from '../schema/placing.ts';
import { readAll, readRecord, storedRecord } from '../schema/read.ts';
import type { Decision } from './decision.ts';
import { decision } from './decision.ts';
import { steps } from './phase.ts';

/** How well founded a card is, from an assumption to measured data. */
export const evidenceLevels = ['hypothesis', 'partly', 'validated', 'data'] as const;
export type EvidenceLevel = (typeof evidenceLevels)[number];

export const supports = ['strong', 'weak', 'missing'] as const;
export type Support = (typeof supports)[number];

export const modes = ['online', 'offline'] as const;
export type Mode = (typeof modes)[number];

/** A cell of the map. `step` null means the whole phase. */
export interface CellAt {
  readonly lane: string;
  readonly phase: string;
  readonly step: string | null;
}

/**
 * The position of a card, as one value: one gesture changes all of it, and Yjs never merges keys that are set
 * alternately. `step` null means the whole phase. A step that no longer exists reads as null, so that no card is lost
 * with its step.
 */
export const placeSchema = v.object({
  lane: idOrEmpty('lanes'),
  phase: idOrEmpty('phases'),
  step: v.nullable(idOf('steps')),
  order: orderSchema,
});
export type Place = v.InferOutput<typeof placeSchema>;

export const cards = records('cards', {
  about: 'the contents of the cells',
  add: 'write',
  fields: {
    text: text(maxCardText),
    place: value<Place>(placeSchema, { lane: '', phase: '', step: null, order: '' }),
    personas: refs('personas'),
    author: author(),
    evidence: value(v.picklist(evidenceLevels), 'hypothesis'),
    mode: value(v.nullable(v.picklist(modes)), null),
    support: value(v.nullable(v.picklist(supports)), null),
    decision: decision(),
    locked: lock(),
  },
});
export type Card = RecordOf<typeof cards.fields>;

/** The key of a cell, for lookups. The whole phase has an empty step. */
export function cellKey(cell: CellAt): string {
  return `${cell.lane}/${cell.phase}/${cell.step ?? ''}`;
}

/** The cell that shows a card. If the step is no longer on the map, that is the cell of the whole phase. */
export function cellOf(place: Place, stepPhase: (step: string) => string | null): CellAt {
  const step = place.step !== null && stepPhase(place.step) === place.phase ? place.step : null;
  return { lane: place.lane, phase: place.phase, step };
}

/** Adds a card to a cell, at the end of the stack if no gap is given. Returns its id. */
export const addCard = command(
  'add-card',
  (step, cell: CellAt, given: { text?: string; gap?: Gap; personas?: readonly string[] } = {}) => {
    step.finish();
    const placing = placeIn(step, cell, given.gap, null);
    return addRecord(
      step,
      cards,
      {
        text: given.text ?? '',
        place: { ...cell, order: onlyKey(placing) },
        personas: given.personas ?? [],
        author: step.person,
      },
      () => {
        for (const { id, place } of shiftedPlaces(step, placing)) setField(step, cards, id, 'place', place);
      },
    );
  },
);

/** Moves cards, in the order given, to one gap of a cell. A move sets one field and creates nothing. */
export const moveCards = command('move-card', (step, ids: readonly string[], cell: CellAt, gap?: Gap) => {
  step.finish();
  const moving = new Set(ids.filter((id) => isThere(step, id)));
  const placing = placeIn(step, cell, gap, moving);
  const moves = [
    ...shiftedPlaces(step, placing),
    ...[...moving].map((id, index) => ({ id, place: { ...cell, order: placing.keys[index] ?? '' } })),
  ];
  step.changeEach(moves, ({ id, place }) => {
    if (isThere(step, id)) setField(step, cards, id, 'place', place satisfies Place);
  });
});

/** Removes cards from the map. Undo brings them back with everything written on them. */
export const removeCards = command('remove-card', (step, ids: readonly string[]) =>
  step.changeEach(ids, (id) => setGone(step, cards, id, true)),
);

export const markPersona = command(
  'mark-persona',
  (step, ids: readonly string[], persona: string, on: boolean) =>
    step.changeEach(ids, (id) => setMember(step, cards, id, 'personas', persona, on)),
);

export const setEvidence = command('set-evidence', (step, ids: readonly string[], level: EvidenceLevel) =>
  step.changeEach(ids, (id) => setField(step, cards, id, 'evidence', level)),
);

export const setMode = command('set-mode', (step, ids: readonly string[], mode: Mode | null) =>
  step.changeEach(ids, (id) => setField(step, cards, id, 'mode', mode)),
);

export const setSupport = command('set-support', (step, ids: readonly string[], support: Support | null) =>
  step.changeEach(ids, (id) => setField(step, cards, id, 'support', support)),
);

export const setCardDecision = command(
  'set-card-decision',
  (step, ids: readonly string[], to: Decision | null) =>
    step.changeEach(ids, (id) => setField(step, cards, id, 'decision', to)),
);

/** Locks cards, so that only facilitators can change them, or unlocks them. */
export const lockCards = command('lock-card', (step, ids: readonly string[], on: boolean) =>
  step.changeEach(ids, (id) => setField(step, cards, id, 'locked', on)),
);

/**
 * Order keys in the gap; without one, after the last card of the cell.
 * @param moving the cards being moved, which do not count as siblings; null for one new card
 */
function placeIn(
  step: Step,
  cell: CellAt,
  gap: Gap | undefined,
  moving: ReadonlySet<string> | null,
): Placing {
  const count = moving?.size ?? 1;
  const siblings = () => cardsIn(step, cell).filter(({ id }) => !moving?.has(id));
  if (!gap) return placeAtEnd(count, siblings());
  return placeInGap(gap, count, (id) => readRecord(step.doc, cards, id)?.place.order ?? null, siblings);
}

/** The cards shown in a cell, in no order. */
function cardsIn({ doc }: Step, cell: CellAt): Ordered[] {
  const key = cellKey(cell);
  const phaseOf = (step: string) => readRecord(doc, steps, step)?.place.phase ?? null;
  return readAll(doc, cards)
    .filter(({ place }) => cellKey(cellOf(place, phaseOf)) === key)
    .map(({ id, place }) => ({ id, order: place.order }));
}

/** The places of neighbours with new order keys that make room. They stay in their cells. */
function shiftedPlaces({ doc }: Step, { shifted }: Placing): { id: string; place: Place }[] {
  return shifted.flatMap(({ id, order }) => {
    const card = readRecord(doc, cards, id);
    return card ? [{ id, place: { ...card.place, order } }] : [];
  });
}

/** True if a card exists and is not removed. Reads nothing else of it, because callers ask about thousands. */
function isThere({ doc }: Step, id: string): boolean {
  const card = storedRecord(doc, cards, id);
  return card !== null && card.get('gone') !== true;
}
