import { helpLines } from '../../parts/action.ts';
import type { Guide, KeyGroup } from '../../parts/view.ts';
import { keyed } from './keys.ts';

export const go: Guide['go'] = 'ideas.keys.go';

/** The keys of the backlog, for the help. */
export const keys: readonly KeyGroup[] = [{ title: 'ideas.keys', keys: helpLines(keyed) }];

/** The list is one place, so there is nothing to add to its name. */
export const where: Guide['where'] = () => '';
