import type { AgendaItem, MethodStep } from '$shared/session/agenda.ts';
import { methodSteps } from '$shared/session/agenda.ts';
import type { Session } from '$shared/session/session.ts';
import type { ItemStatus } from '$shared/session/transitions.ts';
import { ranMs, statusOf } from '$shared/session/transitions.ts';

/** An item of the agenda as the rail and the panel show it. */
export interface ItemNow {
  readonly item: AgendaItem;
  readonly status: ItemStatus;
  /** Minutes that it has run, rounded; 0 before it has run. */
  readonly ranMinutes: number;
}

/** A step of the method with its items. */
export interface StepNow {
  readonly step: MethodStep;
  readonly status: 'not-begun' | 'running' | 'done';
  readonly items: readonly ItemNow[];
}

/** The five steps with what has happened in them. `now`: milliseconds since 1970. */
export function stepsNow(session: Session, items: readonly AgendaItem[], now: number): readonly StepNow[] {
  return methodSteps.map((step) => {
    const within = items.filter((item) => item.step === step).map((item) => itemNow(session, item, now));
    return { step, status: stepStatus(within), items: within };
  });
}

export function itemNow(session: Session, item: AgendaItem, now: number): ItemNow {
  const ranMinutes = Math.round(ranMs(session, item.id, now) / 60_000);
  return { item, status: statusOf(session, item.id), ranMinutes };
}

function stepStatus(items: readonly ItemNow[]): StepNow['status'] {
  if (items.some(({ status }) => status === 'running')) return 'running';
  if (items.length > 0 && items.every(({ status }) => status !== 'not-begun')) return 'done';
  return 'not-begun';
}

/** The step whose items a page shows: the running one, else the first with items that is not done. */
export function shownStep(steps: readonly StepNow[]): MethodStep | null {
  const open = steps.find(({ status }) => status === 'running');
  return (open ?? steps.find(({ status, items }) => items.length > 0 && status !== 'done'))?.step ?? null;
}
