import { lanes } from '$shared/collections/lane.ts';
import { phases, steps } from '$shared/collections/phase.ts';
import type { Journey } from '$shared/queries/journey.ts';
import { arrangeJourney } from '$shared/queries/journey.ts';
import type { Change, Entry } from './store/entries.svelte.ts';
import type { Collections } from './store/index.svelte.ts';

/** The frame of the map as the document has it. */
export class JourneyModel {
  /** Replaced when a phase, a step or a lane is added, removed or moved. */
  now: Journey = $state.raw({ periods: [], phases: [], lanes: [] });
  readonly #collections: Collections;

  constructor(collections: Collections) {
    this.#collections = collections;
    for (const of of [phases, steps, lanes]) collections.of(of).listen((changes) => this.#take(changes));
  }

  /** A change of place builds a new frame. Typing in a title does not. */
  #take(changes: readonly Change<object>[]): void {
    if (changes.every(({ before, after }) => before && after && isSameFrame(before, after))) return;
    const records = <R>({ all }: { all: readonly Entry<R>[] }) => all.flatMap((entry) => entry.record ?? []);
    this.now = arrangeJourney(
      records(this.#collections.of(phases)),
      records(this.#collections.of(steps)),
      records(this.#collections.of(lanes)),
    );
  }
}

/** The fields that place a phase, a step or a lane in the frame. Changes of other fields leave the frame alone. */
const frameFields = ['gone', 'place', 'order', 'type'];

function isSameFrame(a: object, b: object): boolean {
  const left = new Map<string, unknown>(Object.entries(a));
  return Object.entries(b).every(([key, item]) => !frameFields.includes(key) || left.get(key) === item);
}
