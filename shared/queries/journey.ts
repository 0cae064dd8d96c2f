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
  /** All phases, in column order. */
  readonly phases: readonly PhaseColumns[];
  readonly lanes: readonly Lane[];
}

/** Builds the frame of the map. Leaves out removed phases and lanes, and the steps of removed phases. */
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

function byPlaceOrder(
  a: { id: string; place: { order: string } },
  b: { id: string; place: { order: string } },
): number {
  return byOrder({ id: a.id, order: a.place.order }, { id: b.id, order: b.place.order });
}
