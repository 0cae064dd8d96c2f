import type { Guide, View } from '../parts/view.ts';
import { ideas } from '../views/ideas/view.ts';
import { map } from '../views/map/view.ts';

/** The views of a board in the order of their tabs: the one list that addresses, tabs, keys, help and people go by. */
export const views: readonly View[] = [map, ideas];

/** The view of this id; null where there is none, as for a word of a newer page. */
export function viewNamed(id: string): View | null {
  return views.find((view) => view.id === id) ?? null;
}

/** Fetches what these views tell of themselves. */
export async function guides(of: readonly View[]): Promise<ReadonlyMap<View, Guide>> {
  return new Map(await Promise.all(of.map(async (view) => [view, await view.guide()] as const)));
}
