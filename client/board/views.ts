import type { Guide, View } from '../parts/view.ts';
import { ideas } from '../views/ideas/view.ts';
import { map } from '../views/map/view.ts';

/** The views of a board in the order of their tabs. Addresses, tabs, keys, help and people all read this list. */
export const views: readonly View[] = [map, ideas];

/** The view with this id; null if there is none, for instance for an id that only a newer page knows. */
export function viewNamed(id: string): View | null {
  return views.find((view) => view.id === id) ?? null;
}

/** Fetches the guides of these views. */
export async function guides(of: readonly View[]): Promise<ReadonlyMap<View, Guide>> {
  return new Map(await Promise.all(of.map(async (view) => [view, await view.guide()] as const)));
}
