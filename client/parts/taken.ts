import { tick } from 'svelte';
import type { CellAt, Place } from '$shared/collections/card.ts';
import { cards } from '$shared/collections/card.ts';
import { holdsCards, lanes } from '$shared/collections/lane.ts';
import { periods, phases, steps } from '$shared/collections/phase.ts';
import type { collections } from '$shared/documents.ts';
import type { Role } from '$shared/roles.ts';
import { isPower, may } from '$shared/roles.ts';
import type { Collection, Writers } from '$shared/schema/collection.ts';
import { shortened } from '$shared/text/graphemes.ts';
import { oneLine } from '$shared/text/lines.ts';
import type { RecordAt } from '$shared/workflows/restore-records.ts';
import { restoreRecords } from '$shared/workflows/restore-records.ts';
import type { Board } from '../model/board.svelte.ts';
import type { Key } from '../text/messages.svelte.ts';
import { t } from '../text/messages.svelte.ts';
import { copyAside } from '../ui/copy.ts';
import { returnFocus } from '../ui/keep-focus.ts';
import { guardField } from '../ui/still-typing.svelte.ts';
import type { Toast } from '../ui/toasts.svelte.ts';
import { toast } from '../ui/toasts.svelte.ts';

/** Longest quote of a text in a message, in characters. */
const mostQuoted = 200;

/** The collections of records that people write in. */
type Written = {
  [N in keyof typeof collections]: (typeof collections)[N] extends Collection ? N : never;
}[Exclude<keyof typeof collections, 'people'>];

/** Why a person can no longer work on a record, and the removed records without which it cannot be shown. */
interface Taken {
  readonly why: Key;
  readonly gone: readonly RecordAt[];
}

/** A record, and the field in it that a person writes in. */
interface WorkedOn extends RecordAt {
  readonly field?: string;
}

/**
 * Why this person can no longer work on a record; null if they can. They cannot if it is removed, if it is no longer on
 * the map, or if their role may not change it.
 */
export function takenFrom(board: Board, { of, id }: RecordAt): Taken | null {
  const around = framesOf(board, { of, id }).filter(({ at }) => isGone(board, at));
  const gone = around.map(({ at }) => at);
  if (isGone(board, { of, id })) {
    // A collection without a message does not compile here.
    const why: Key = `taken.${of.name as Written}`;
    return { why, gone: [{ of, id }, ...gone] };
  }
  if (around[0]) return { why: around[0].why, gone };
  const place = of.name === cards.name ? board.of(cards).get(id)?.place : undefined;
  const lane = place && board.of(lanes).get(place.lane);
  if (lane && !holdsCards(lane.type)) return { why: 'taken.lane-type', gone: [] };
  return mayChange(roleOn(board), of.change) ? null : { why: 'taken.role', gone: [] };
}

/**
 * Says that a record was taken from the person who worked on it, with a button that brings it back, or else one that
 * copies the text. Says nothing if the record is still there.
 * @param back opens the record again where the person worked on it
 */
export function tellTaken(board: Board, at: WorkedOn, back: () => void = () => {}): void {
  const taken = takenFrom(board, at);
  if (!taken) return;
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

/** Guards a field whose text is not on the board yet: if somebody else's act takes the field away, shows the text. */
export function guardText(field: HTMLInputElement): void {
  guardField(field, () => tellText(field.value));
}

/** Guards a field whose text needs no keeping, as a search. */
export function guardSearch(field: HTMLInputElement): void {
  guardField(field, () => {});
}

function tellText(text: string, why = ''): void {
  const line = oneLine(text).trim();
  if (line === '') {
    if (why !== '') tell(why, null);
    return;
  }
  const quote = t('taken.text', { text: shortened(line, mostQuoted) });
  tell(why === '' ? quote : `${why} ${quote}`, { label: t('app.copy'), run: () => void copyAside(text) });
}

function tell(text: string, action: Toast['action']): void {
  toast(text, { tone: 'warning', isLong: true, action });
}

const roleOn = (board: Board): Role => board.connection.role ?? 'observer';

function mayChange(role: Role, writers: Writers | 'own'): boolean {
  return may(role, writers === 'own' || !isPower(writers) ? 'write' : writers);
}

function isGone(board: Board, { of, id }: RecordAt): boolean {
  return board.of(of).get(id) === null;
}

function textOf(board: Board, { of, id, field }: WorkedOn): string {
  const record: Readonly<Record<string, unknown>> | null = board.of(of).entry(id).record;
  const text = field === undefined ? undefined : record?.[field];
  return typeof text === 'string' ? text : '';
}

/** What a record is shown in on the map, each with what says that it was removed. */
function framesOf(board: Board, { of, id }: RecordAt): readonly { at: RecordAt; why: Key }[] {
  const inPhase = (phase: string) => ({ at: { of: phases, id: phase }, why: 'taken.in-phase' }) as const;
  if (of.name === steps.name) {
    const step = board.of(steps).entry(id).record;
    return step ? [inPhase(step.place.phase)] : [];
  }
  const card = of.name === cards.name ? board.of(cards).entry(id).record : null;
  if (!card) return [];
  return [inPhase(card.place.phase), { at: { of: lanes, id: card.place.lane }, why: 'taken.in-lane' }];
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
