import { tick } from 'svelte';
import type { CellAt, Place } from '$shared/collections/card.ts';
import { cards } from '$shared/collections/card.ts';
import { holdsCards, lanes } from '$shared/collections/lane.ts';
import { periods, phases } from '$shared/collections/phase.ts';
import type { RecordAt } from '$shared/workflows/restore-records.ts';
import { restoreRecords } from '$shared/workflows/restore-records.ts';
import type { Board } from '../model/board.svelte.ts';
import type { Key } from '../text/messages.svelte.ts';
import { t } from '../text/messages.svelte.ts';
import { returnFocus } from '../ui/keep-focus.ts';
import { mayChange, roleOn, takenFrom, tell, tellText } from './taken.ts';

/** A record, and the field in it that a person writes in. */
interface WorkedOn extends RecordAt {
  readonly field?: string;
}

/**
 * Says that a record was taken from the person who worked on it, with a button that brings it back, or else one that
 * copies the text. Says nothing if the record is still there.
 * @param back opens the record again where the person worked on it
 */
export function tellTaken(board: Board, at: WorkedOn, back: () => void = () => {}): void {
  const taken = takenFrom(board, at);
  // A record that is not even in the bin was put back by the server: the board says so, and keeps the text.
  if (!taken || board.of(at.of).entry(at.id).record === null) return;
  const cell = cellToKeep(board, at);
  const text = textOf(board, at);
  const role = roleOn(board);
  const bring = (label: Key, into: CellAt | null) => ({
    label: t(label),
    run: () => {
      restoreRecords(board.editor, into ? [{ of: at.of, id: at.id }] : taken.gone, into);
      back();
      void tick().then(() => {
        if (document.activeElement === document.body) returnFocus(null);
      });
    },
  });
  if (taken.gone.length > 0 && taken.gone.every(({ of }) => mayChange(role, of.change)))
    tell(t(taken.why), bring('taken.restore', null));
  else if (cell && mayChange(role, at.of.change)) tell(t(taken.why), bring('taken.keep', cell));
  else if (taken.why === 'taken.role') tell(t(taken.why), null);
  else tellText(text, t(taken.why));
}

function textOf(board: Board, { of, id, field }: WorkedOn): string {
  const record: Readonly<Record<string, unknown>> | null = board.of(of).entry(id).record;
  const text = field === undefined ? undefined : record?.[field];
  return typeof text === 'string' ? text : '';
}

/** The cell nearest to a card's own that the map still has; null for other records, and if there is none. */
function cellToKeep(board: Board, { of, id }: RecordAt): CellAt | null {
  const place = of.name === cards.name ? board.of(cards).entry(id).record?.place : undefined;
  if (!place) return null;
  const lane = laneNear(board, place);
  const phase = phaseNear(board, place);
  return lane !== null && phase !== null ? { lane, phase, step: null } : null;
}

function laneNear(board: Board, { lane }: Place): string | null {
  const order = board.of(lanes).entry(lane).record?.order ?? '';
  const left = board.journey.lanes.filter(({ type }) => holdsCards(type));
  const same = left.find(({ id }) => id === lane);
  return (same ?? left.findLast((one) => one.order <= order) ?? left[0])?.id ?? null;
}

function phaseNear(board: Board, { phase }: Place): string | null {
  const left = board.journey.phases.map((one) => one.phase);
  const own = board.of(phases).entry(phase).record;
  const rank = (period: string) => periods.findIndex((one) => one === period);
  const isBefore = ({ place }: (typeof left)[number]) =>
    own !== null &&
    (rank(place.period) < rank(own.place.period) ||
      (place.period === own.place.period && place.order <= own.place.order));
  return (left.find(({ id }) => id === phase) ?? left.findLast(isBefore) ?? left[0])?.id ?? null;
}
