import type { Idea } from '$shared/collections/idea.ts';
import type { IdeaContext, IdeaView } from '$shared/queries/ideas.ts';
import { arrangeIdeas } from '$shared/queries/ideas.ts';

/** A run of ideas under one heading; without grouping there is one, of key ''. */
export interface Group {
  readonly key: string;
  readonly ids: readonly string[];
}

/** The ideas as they were when the order was held. */
export type Held = ReadonlyMap<string, Idea>;

/**
 * The backlog in order, made anew only when something that the order goes by has changed: a letter typed
 * into a solution leaves it as it is. What is held stands where it stood, whatever has become of it since,
 * so that no idea moves away from under the caret; newcomers still come, and what is removed still goes.
 */
export class Arrangement {
  #view: IdeaView | null = null;
  #context: IdeaContext | null = null;
  #seen: readonly Idea[] = [];
  #groups: readonly Group[] = [];

  /** Returns the same groups, by identity, where nothing of the order has changed. */
  arrange(all: readonly Idea[], view: IdeaView, context: IdeaContext, held: Held | null): readonly Group[] {
    const ideas = held ? all.map((idea) => held.get(idea.id) ?? idea) : all;
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

/** Keeps the order as it is for all ideas that there are now. */
export function hold(all: readonly Idea[]): Held {
  return new Map(all.map((idea) => [idea.id, idea]));
}

/** How many ideas stand in the groups; one that stands in several counts once. */
export function countOnce(groups: readonly Group[]): number {
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

/** What the order under this view goes by. */
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
