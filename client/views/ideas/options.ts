import { phases, steps } from '$shared/collections/phase.ts';
import { people } from '$shared/collections/person.ts';
import type { IdeaContext, IdeaGroup } from '$shared/queries/ideas.ts';
import type { Journey } from '$shared/queries/journey.ts';
import { collatorOf } from '$shared/text/collation.ts';
import type { Board } from '../../model/board.svelte.ts';
import { personasInOrder } from '../../parts/personas.ts';
import { nameOf } from '../../parts/person-name.ts';
import { frameTitle } from '../../parts/untitled.ts';
import type { RowGroup } from '../../ui/held-order.svelte.ts';

/** One option of a select. */
export interface Option {
  readonly value: string;
  readonly label: string;
}

export function personaOptions(board: Board): Option[] {
  return personasInOrder(board).map(({ id, name }) => ({ value: id, label: frameTitle(name) }));
}

/** The phases in the order of the map's columns. */
export function phaseOptions(board: Board): Option[] {
  return board.journey.phases.map(({ phase }) => ({
    value: phase.id,
    label: frameTitle(board.of(phases).get(phase.id)?.title ?? ''),
  }));
}

/** The steps of a phase, in order. */
export function stepOptions(board: Board, phase: string | null): Option[] {
  const columns = board.journey.phases.find((one) => one.phase.id === phase);
  return (columns?.steps ?? []).map(({ id }) => ({
    value: id,
    label: frameTitle(board.of(steps).get(id)?.title ?? ''),
  }));
}

/** The people who can write here, and `now` (the person chosen at present, whatever their role), by name. */
export function writerOptions(board: Board, now: string | null): Option[] {
  const { compare } = collatorOf(board.connection.language);
  return board
    .of(people)
    .all.flatMap(({ record }) =>
      record && (record.role !== 'observer' || record.id === now) ? [record] : [],
    )
    .map(({ id, name }) => ({ value: id, label: nameOf(name) }))
    .sort((a, b) => compare(a.label, b.label) || (a.value < b.value ? -1 : 1));
}

/** The groups in their usual order: personas in the board's order, people by name. */
export function inOrder(board: Board, group: IdeaGroup, groups: readonly RowGroup[]): readonly RowGroup[] {
  if (group !== 'persona' && group !== 'author' && group !== 'owner') return groups;
  const options = group === 'persona' ? personaOptions(board) : writerOptions(board, null);
  const rank = new Map(options.map(({ value }, index) => [value, index]));
  const rankOf = ({ key }: RowGroup) => (key === '' ? options.length + 1 : (rank.get(key) ?? options.length));
  return groups.toSorted((a, b) => rankOf(a) - rankOf(b));
}

/** What the order depends on beside the ideas. Ideas without a phase come after those of the last one. */
export function contextOf(journey: Journey, language: string): IdeaContext {
  const columns = new Map(journey.phases.map(({ phase }, index) => [phase.id, index]));
  return { language, phaseIndex: (phase) => columns.get(phase ?? '') ?? columns.size };
}
