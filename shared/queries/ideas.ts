import type { Idea, IdeaState } from '../collections/idea.ts';
import { ideaStates } from '../collections/idea.ts';
import { collatorOf } from '../text/collation.ts';
import { searchFor } from '../text/fold.ts';

export const ideaSorts = ['number', 'title', 'state', 'phase'] as const;
export type IdeaSort = (typeof ideaSorts)[number];

export const ideaGroups = ['none', 'state', 'phase', 'persona', 'author', 'owner'] as const;
export type IdeaGroup = (typeof ideaGroups)[number];

/** A person's view of the backlog. An empty filter matches everything. */
export interface IdeaView {
  readonly sort: IdeaSort;
  readonly descending: boolean;
  readonly group: IdeaGroup;
  readonly state: IdeaState | null;
  readonly phase: string | null;
  readonly persona: string | null;
  readonly author: string | null;
  readonly card: string | null;
  readonly words: string;
}

/** Facts about the rest of the board that sorting needs. */
export interface IdeaContext {
  /** The position of a phase among the columns; -1 for none. */
  phaseIndex(phase: string | null): number;
  /** The board's language (BCP 47), by whose alphabet titles sort. */
  readonly language: string;
}

/** The ideas that match the filters, grouped and sorted. A group's key is an id, a state, or '' for none. */
export function arrangeIdeas(
  ideas: Iterable<Idea>,
  view: IdeaView,
  context: IdeaContext,
): { readonly key: string; readonly ideas: readonly Idea[] }[] {
  const collator = collatorOf(context.language);
  const isFound = searchFor(view.words);
  const passing = [...ideas].filter((idea) => !idea.gone && passes(idea, view, isFound));
  const order = compareBy(view.sort, collator, context);
  passing.sort((a, b) => (view.descending ? -1 : 1) * order(a, b) || byNumber(a, b));
  const groups = new Map<string, Idea[]>();
  for (const idea of passing) {
    for (const key of groupKeys(idea, view.group)) {
      const list = groups.get(key);
      if (list) list.push(idea);
      else groups.set(key, [idea]);
    }
  }
  return [...groups]
    .map(([key, members]) => ({ key, ideas: members }))
    .sort((a, b) => groupRank(a.key, view.group, context) - groupRank(b.key, view.group, context));
}

function passes(idea: Idea, view: IdeaView, isFound: (text: string) => boolean): boolean {
  if (view.state !== null && idea.state !== view.state) return false;
  if (view.phase !== null && idea.place.phase !== view.phase) return false;
  if (view.persona !== null && !idea.personas.includes(view.persona)) return false;
  if (view.author !== null && idea.author !== view.author) return false;
  if (view.card !== null && !idea.cards.includes(view.card)) return false;
  return isFound(`${idea.number} ${idea.title} ${idea.solution}`);
}

function compareBy(
  sort: IdeaSort,
  collator: Intl.Collator,
  context: IdeaContext,
): (a: Idea, b: Idea) => number {
  switch (sort) {
    case 'number':
      return byNumber;
    case 'title':
      return (a, b) => collator.compare(a.title, b.title);
    case 'state':
      return (a, b) => ideaStates.indexOf(a.state) - ideaStates.indexOf(b.state);
    case 'phase':
      return (a, b) => context.phaseIndex(a.place.phase) - context.phaseIndex(b.place.phase);
  }
}

/** An idea without a number counts as the newest. */
function byNumber(a: Idea, b: Idea): number {
  const left = a.number || Number.MAX_SAFE_INTEGER;
  const right = b.number || Number.MAX_SAFE_INTEGER;
  return left - right || (a.id < b.id ? -1 : 1);
}

function groupKeys(idea: Idea, group: IdeaGroup): readonly string[] {
  switch (group) {
    case 'none':
      return [''];
    case 'state':
      return [idea.state];
    case 'phase':
      return [idea.place.phase ?? ''];
    case 'persona':
      return idea.personas.length > 0 ? idea.personas : [''];
    case 'author':
      return [idea.author];
    case 'owner':
      return [idea.owner ?? ''];
  }
}

function groupRank(key: string, group: IdeaGroup, context: IdeaContext): number {
  if (key === '') return Number.MAX_SAFE_INTEGER;
  if (group === 'state') return ideaStates.findIndex((state) => state === key);
  if (group === 'phase') return context.phaseIndex(key);
  return 0;
}
