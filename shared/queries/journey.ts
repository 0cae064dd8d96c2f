import type { CellAt, Place } from '../collections/card.ts';
import type { Lane } from '../collections/lane.ts';
import type { Period, Phase, Step } from '../collections/phase.ts';
import { periods } from '../collections/phase.ts';
import { byOrder } from '../schema/order-key.ts';

/** A phase with its steps, in order. */
export interface PhaseColumns {
  readonly phase: Phase;
  readonly steps: readonly Step[];
}

/** The frame of the map: periods with their phases, the lanes, and the lookups that places need. */
export interface Journey {
  readonly periods: readonly { readonly period: Period; readonly phases: readonly PhaseColumns[] }[];
  /** All phases in the order of their columns. */
  readonly phases: readonly PhaseColumns[];
  readonly lanes: readonly Lane[];
}

/** Arranges the frame. Steps of a phase that is gone, and phases and lanes that are gone, are left out. */
export function arrangeJourney(
  phases: Iterable<Phase>,
  steps: Iterable<Step>,
  lanes: Iterable<Lane>,
): Journey {
  const stepsOf = new Map<string, Step[]>();
  for (const step of steps) {
    if (step.gone) continue;
    const list = stepsOf.get(step.place.phase);
    if (list) list.push(step);
    else stepsOf.set(step.place.phase, [step]);
  }
  const live = [...phases].filter((phase) => !phase.gone);
  const byPeriod = periods.map((period) => ({
    period,
    phases: live
      .filter((phase) => phase.place.period === period)
      .sort(byPlaceOrder)
      .map((phase) => ({ phase, steps: (stepsOf.get(phase.id) ?? []).sort(byPlaceOrder) })),
  }));
  return {
    periods: byPeriod,
    phases: byPeriod.flatMap((part) => part.phases),
    lanes: [...lanes].filter((lane) => !lane.gone).sort(byOrder),
  };
}

/** One key a cell, for lookups; the whole phase has an empty step. */
export function cellKey(cell: CellAt): string {
  return `${cell.lane}/${cell.phase}/${cell.step ?? ''}`;
}

/** The cell where a card is shown: a step that is not on the map any more means the whole phase. */
export function cellOf(place: Place, stepPhase: (step: string) => string | null): CellAt {
  const step = place.step !== null && stepPhase(place.step) === place.phase ? place.step : null;
  return { lane: place.lane, phase: place.phase, step };
}

function byPlaceOrder(
  a: { id: string; place: { order: string } },
  b: { id: string; place: { order: string } },
): number {
  return byOrder({ id: a.id, order: a.place.order }, { id: b.id, order: b.place.order });
}
