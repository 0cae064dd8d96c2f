import type { Guide, KeyGroup } from '../../parts/view.ts';

export const go: Guide['go'] = 'ideas.keys.go';

/** What `keys.ts` does, for the help. */
export const keys: readonly KeyGroup[] = [
  {
    title: 'ideas.keys',
    keys: [
      [['N'], 'ideas.keys.new'],
      [['↑', '↓'], 'ideas.keys.arrows'],
      [['Delete'], 'ideas.keys.remove'],
    ],
  },
];

/** The list is one place: nothing is added to its name. */
export const where: Guide['where'] = () => '';
