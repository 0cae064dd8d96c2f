import type { IdeaView } from '$shared/queries/ideas.ts';

/** How the backlog is first seen: the newest on top, right under the field where one adds. */
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

/** Lets all ideas through again; the order and the groups stay. */
export function withoutFilters(view: IdeaView): IdeaView {
  return { ...view, ...noFilters };
}

export function isFiltered(view: IdeaView): boolean {
  return Object.entries(noFilters).some(([key, none]) => view[key as keyof typeof noFilters] !== none);
}

/** Lifts the filters that would hide an idea which `person` is about to add; it takes on what the others ask for. */
export function openForNew(view: IdeaView, person: string): IdeaView {
  const state = view.state === 'new' ? view.state : null;
  const author = view.author === person ? view.author : null;
  if (state === view.state && author === view.author && view.words === '') return view;
  return { ...view, state, author, words: '' };
}
