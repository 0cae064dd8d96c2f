import type { Idea } from '$shared/collections/idea.ts';
import type { IdeaContext, IdeaView } from '$shared/queries/ideas.ts';
import { arrangeIdeas } from '$shared/queries/ideas.ts';
import type { RowGroup } from '../../ui/held-order.svelte.ts';

/**
 * The backlog in order, recomputed only when a field that affects the order has changed: typing in a solution does not.
 * The open idea keeps its place and passes the filters, whatever changes in it.
 */
export class Arrangement {
  #view: IdeaView | null = null;
  #context: IdeaContext | null = null;
  #seen: readonly Idea[] = [];
  #groups: readonly RowGroup[] = [];

  /**
   * Returns the same groups, by identity, if nothing that affects the order has changed. Without grouping there is one
   * group, with the key ''.
   * @param held the open idea as it was when it was opened
   */
  arrange(
    all: readonly Idea[],
    view: IdeaView,
    context: IdeaContext,
    held: Idea | null,
  ): readonly RowGroup[] {
    const ideas = held ? all.map((idea) => (idea.id === held.id ? held : idea)) : all;
    const same = view === this.#view && context === this.#context && alike(ideas, this.#seen, view);
    this.#seen = ideas;
    if (same) return this.#groups;
    this.#view = view;
    this.#context = context;
    this.#groups = arrangeIdeas(ideas, view, context).map(({ key, ideas: members }) => ({
      key,
      ids: members.map((idea) => idea.id),
    }));
    return this.#groups;
  }
}

/** The number of ideas in the groups; an idea in several groups counts once. */
export function countOnce(groups: readonly RowGroup[]): number {
  return new Set(groups.flatMap((group) => group.ids)).size;
}

function alike(now: readonly Idea[], before: readonly Idea[], view: IdeaView): boolean {
  if (now.length !== before.length) return false;
  return now.every((idea, i) => {
    const was = before[i];
    if (idea === was) return true;
    return was?.id === idea.id && factsRead(idea, view) === factsRead(was, view);
  });
}

/** The fields that the order under this view depends on. */
function factsRead(idea: Idea, view: IdeaView): string {
  const goesBy = (fact: string) => view.sort === fact || view.group === fact;
  return JSON.stringify([
    idea.gone,
    idea.number,
    goesBy('state') || view.state !== null ? idea.state : null,
    goesBy('phase') || view.phase !== null ? idea.place.phase : null,
    goesBy('persona') || view.persona !== null ? idea.personas : null,
    goesBy('author') || view.author !== null ? idea.author : null,
    goesBy('owner') ? idea.owner : null,
    view.card !== null ? idea.cards : null,
    goesBy('title') || view.words !== '' ? idea.title : null,
    view.words !== '' ? idea.solution : null,
  ]);
}
