import type { IdeaView } from '$shared/queries/ideas.ts';

/** The initial view: newest first, right below the field for adding. */
export const firstView: IdeaView = {
  sort: 'number',
  descending: true,
  group: 'none',
  state: null,
  phase: null,
  persona: null,
  author: null,
  card: null,
  words: '',
};

const noFilters = { state: null, phase: null, persona: null, author: null, card: null, words: '' } as const;

/** Clears the filters; order and grouping stay. */
export function withoutFilters(view: IdeaView): IdeaView {
  return { ...view, ...noFilters };
}

export function isFiltered(view: IdeaView): boolean {
  return Object.entries(noFilters).some(([key, none]) => view[key as keyof typeof noFilters] !== none);
}

/** Clears the filters that would hide a new idea of `person`. The new idea takes its properties from the others. */
export function openForNew(view: IdeaView, person: string): IdeaView {
  const state = view.state === 'new' ? view.state : null;
  const author = view.author === person ? view.author : null;
  if (state === view.state && author === view.author && view.words === '') return view;
  return { ...view, state, author, words: '' };
}
