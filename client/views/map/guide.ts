import { lanes } from '$shared/collections/lane.ts';
import { phases } from '$shared/collections/phase.ts';
import { helpLines } from '../../parts/action.ts';
import type { Guide, KeyGroup } from '../../parts/view.ts';
import { isolate } from '../../text/messages.svelte.ts';
import { keyed } from './actions/keyed.ts';
import { whileWriting } from './writing.ts';

export const go: Guide['go'] = 'keys.go';

/** The keys of the map, for the help. Context menus open by the system's own key or chord. */
export const keys: readonly KeyGroup[] = [
  {
    title: 'keys.map',
    keys: [...helpLines(keyed), [['Abc'], 'keys.type'], [['Shift', 'F10'], 'keys.menu']],
  },
  { title: 'keys.writing', keys: helpLines(whileWriting) },
];

/** The phase and the lane of the cell that the person has focused. */
export const where: Guide['where'] = (board, { cell }) =>
  [board.of(phases).get(cell?.phase ?? null)?.title, board.of(lanes).get(cell?.lane ?? null)?.title]
    .flatMap((title) => (title ? [isolate(title)] : []))
    .join(' · ');
