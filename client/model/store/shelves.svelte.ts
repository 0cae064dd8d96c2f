import type { Idea } from '$shared/collections/idea.ts';
import type { Change } from './records.svelte.ts';

/** The ideas for one phase, in no order. */
export class Shelf {
  ids: readonly string[] = $state.raw([]);
}

/**
 * Which ideas are for which phase. Writing in an idea changes no shelf; one that comes, goes or changes
 * phase costs the length of the shelves that it leaves and joins.
 */
export class Shelves {
  readonly #shelves = new Map<string, Shelf>();

  /** The shelf of a phase. To be asked for outside of rendering first (see `open`). */
  at(phase: string): Shelf {
    let shelf = this.#shelves.get(phase);
    if (!shelf) this.#shelves.set(phase, (shelf = new Shelf()));
    return shelf;
  }

  /** Makes the shelves of these phases, so that a component that reads one later finds its signal made. */
  open(phases: Iterable<string>): void {
    for (const phase of phases) this.at(phase);
  }

  apply(changes: readonly Change<Idea>[]): void {
    for (const { entry, before, after } of changes) {
      const was = before && !before.gone ? before.place.phase : null;
      const is = after && !after.gone ? after.place.phase : null;
      if (was === is) continue;
      if (was !== null) this.at(was).ids = this.at(was).ids.filter((id) => id !== entry.id);
      if (is !== null) this.at(is).ids = [...this.at(is).ids, entry.id];
    }
  }
}
