/**
 * Makes an object that holds signals. Svelte does not track a signal in the run that made it. So an object that is made
 * while something renders is made in a run of its own: its reader, and no other code, then reruns when a signal
 * changes.
 */
export function apart<T>(make: () => T): T {
  if (!$effect.tracking()) return make();
  const made: T[] = [];
  $effect.root(() => void made.push(make()))();
  return made[0] as T;
}

/** Objects made at a time: a run of its own costs as much as a hundred signals. */
const stockSize = 256;

/** The same for objects that a page has by the thousand. Returns a function that gives a new one on each call. */
export function stockOf<T>(make: () => T): () => T {
  let stock: T[] = [];
  return () => {
    if (stock.length === 0) stock = apart(() => Array.from({ length: stockSize }, make));
    return stock.pop() as T;
  };
}
