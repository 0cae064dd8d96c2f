import { cards } from '$shared/collections/card.ts';
import { holdsCards, lanes } from '$shared/collections/lane.ts';
import { phases, steps } from '$shared/collections/phase.ts';
import type { collections } from '$shared/documents.ts';
import type { Role } from '$shared/roles.ts';
import { isPower, may } from '$shared/roles.ts';
import type { Collection, Writers } from '$shared/schema/collection.ts';
import { shortened } from '$shared/text/graphemes.ts';
import { oneLine } from '$shared/text/lines.ts';
import type { RecordAt } from '$shared/workflows/restore-records.ts';
import type { Board } from '../model/board.svelte.ts';
import type { Operation } from '../model/rights.ts';
import type { Key } from '../text/messages.svelte.ts';
import { t } from '../text/messages.svelte.ts';
import { copyAside } from '../ui/copy.ts';
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
  /** The session's reason, in words, if the session forbids it for now. */
  readonly refusal?: string | null | undefined;
}

/**
 * Why this person can no longer work on a record; null if they can. They cannot if it is removed, if it is no longer on
 * the map, or if their role or the session does not let them do this to it.
 */
export function takenFrom(board: Board, { of, id }: RecordAt, operation: Operation = 'edit'): Taken | null {
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
  const refusal = board.rights?.refusal(operation, of, [id]);
  return mayChange(roleOn(board), of.change) && !refusal ? null : { why: 'taken.role', gone: [], refusal };
}

/** Guards a field whose text is not on the board yet: if somebody else's act takes the field away, shows the text. */
export function guardText(field: HTMLInputElement): void {
  guardField(field, () => tellText(field.value));
}

/** Guards a field whose text needs no keeping, as a search. */
export function guardSearch(field: HTMLInputElement): void {
  guardField(field, () => {});
}

/** Shows a text that has lost its field, with a button that copies it. */
export function tellText(text: string, why = ''): void {
  const line = oneLine(text).trim();
  if (line === '') {
    if (why !== '') tell(why, null);
    return;
  }
  const quote = t('taken.text', { text: shortened(line, mostQuoted) });
  tell(why === '' ? quote : `${why} ${quote}`, { label: t('app.copy'), run: () => void copyAside(text) });
}

/** Shows a message that stays long enough to act on it. */
export function tell(text: string, action: Toast['action']): void {
  toast(text, { tone: 'warning', isLong: true, action });
}

/** The role on a board; that of an observer until the server has said which. */
export const roleOn = (board: Board): Role => board.connection.role ?? 'observer';

/** Whether a role may change records of a collection, some of them at least. */
export function mayChange(role: Role, writers: Writers | 'own'): boolean {
  return may(role, writers === 'own' || !isPower(writers) ? 'write' : writers);
}

function isGone(board: Board, { of, id }: RecordAt): boolean {
  return board.of(of).get(id) === null;
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
