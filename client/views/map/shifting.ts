import type { Period } from '$shared/collections/phase.ts';
import { periods } from '$shared/collections/phase.ts';
import type { Gap } from '$shared/schema/placing.ts';
import type { Journey } from '$shared/queries/journey.ts';

export type Shift =
  | ({ readonly kind: 'phase'; readonly period: Period } & Gap)
  | ({ readonly kind: 'step'; readonly phase: string } & Gap)
  | ({ readonly kind: 'lane' } & Gap);

/**
 * Where a phase, a step or a lane goes when it moves forward (1) or back (-1) by one place; null at the end. A phase at
 * the edge of its period moves into the next period, a step at the edge of its phase into the next phase.
 */
export function neighbourGap(
  journey: Journey,
  of: { readonly kind: 'phase' | 'step' | 'lane'; readonly id: string },
  by: 1 | -1,
): Shift | null {
  switch (of.kind) {
    case 'lane': {
      const gap = swap(
        journey.lanes.map((lane) => lane.id),
        of.id,
        by,
      );
      return gap && { kind: 'lane', ...gap };
    }
    case 'phase':
      return shiftPhase(journey, of.id, by);
    case 'step':
      return shiftStep(journey, of.id, by);
  }
}

function shiftPhase(journey: Journey, id: string, by: 1 | -1): Shift | null {
  const part = journey.periods.find((one) => one.phases.some(({ phase }) => phase.id === id));
  if (!part) return null;
  const gap = swap(
    part.phases.map(({ phase }) => phase.id),
    id,
    by,
  );
  if (gap) return { kind: 'phase', period: part.period, ...gap };
  const period = periods[periods.indexOf(part.period) + by];
  const there = journey.periods.find((one) => one.period === period)?.phases.map(({ phase }) => phase.id);
  return period && there ? { kind: 'phase', period, ...edge(there, by) } : null;
}

function shiftStep(journey: Journey, id: string, by: 1 | -1): Shift | null {
  const at = journey.phases.findIndex(({ steps }) => steps.some((step) => step.id === id));
  const here = journey.phases[at];
  if (!here) return null;
  const gap = swap(
    here.steps.map((step) => step.id),
    id,
    by,
  );
  if (gap) return { kind: 'step', phase: here.phase.id, ...gap };
  const next = journey.phases[at + by];
  return next
    ? {
        kind: 'step',
        phase: next.phase.id,
        ...edge(
          next.steps.map((step) => step.id),
          by,
        ),
      }
    : null;
}

/** The gap on the other side of the neighbour; null at the end of the list. */
function swap(ids: readonly string[], id: string, by: 1 | -1): Gap | null {
  const to = ids.indexOf(id) + by;
  if (to < 0 || to >= ids.length) return null;
  return by > 0
    ? { after: ids[to] ?? null, before: ids[to + 1] ?? null }
    : { after: ids[to - 1] ?? null, before: ids[to] ?? null };
}

/** The gap at the near end of a list that is entered from outside. */
function edge(ids: readonly string[], by: 1 | -1): Gap {
  return by > 0 ? { after: null, before: ids[0] ?? null } : { after: ids.at(-1) ?? null, before: null };
}
