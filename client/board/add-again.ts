import type { CellAt } from '$shared/collections/card.ts';
import { cards, addCard } from '$shared/collections/card.ts';
import { ideas, addIdea } from '$shared/collections/idea.ts';
import { holdsCards } from '$shared/collections/lane.ts';
import { writeText } from '$shared/schema/text-splice.ts';
import { beginning } from '$shared/text/graphemes.ts';
import type { Lost, LostWhy } from '../model/sync/lost.ts';
import type { Touched } from '../model/sync/touched.ts';
import { textsIn } from '../model/sync/touched.ts';
import type { Workspace } from '../parts/workspace.svelte.ts';

/** Reasons for which the server would refuse the same text again. */
const lasting: readonly LostWhy[] = [
  'document-full',
  'observer',
  'role',
  'too-large',
  'too-long',
  'too-many',
];

/** Whether this person can add the text of a lost record again, as a new card or idea. */
export function mayAddAgain(workspace: Workspace, { why }: Lost, touched: Touched): boolean {
  if (!workspace.may('write') || !workspace.board.connection.ready || lasting.includes(why)) return false;
  const texts = new Map(textsIn(touched));
  if (touched.of === 'ideas') return texts.has('title') || texts.has('solution');
  return touched.of === 'cards' && texts.has('text') && cellFor(workspace, touched) !== null;
}

/** Adds the text: a card in its old cell, or in the first lane or phase if its own is gone; an idea to the backlog. */
export function addAgain(workspace: Workspace, touched: Touched): void {
  const { editor } = workspace.board;
  const texts = new Map(textsIn(touched));
  if (touched.of === 'ideas') {
    const solution = texts.get('solution') ?? '';
    const title = texts.get('title') ?? (touched.name.trim() === '' ? solution : touched.name);
    const id = addIdea(editor, { title: beginning(title, ideas.fields.title.max) });
    writeText(editor, ideas, id, 'solution', beginning(solution, ideas.fields.solution.max));
    return;
  }
  const cell = cellFor(workspace, touched);
  const text = texts.get('text');
  if (cell && text !== undefined) addCard(editor, cell, { text: beginning(text, cards.fields.text.max) });
}

function cellFor(workspace: Workspace, { cell }: Touched): CellAt | null {
  const { journey } = workspace.board;
  const lanes = journey.lanes.filter(({ type }) => holdsCards(type));
  const lane = lanes.find(({ id }) => id === cell?.lane) ?? lanes[0];
  const columns = journey.phases.find(({ phase }) => phase.id === cell?.phase) ?? journey.phases[0];
  if (!lane || !columns) return null;
  const step = columns.steps.find(({ id }) => id === cell?.step);
  return { lane: lane.id, phase: columns.phase.id, step: step?.id ?? null };
}
