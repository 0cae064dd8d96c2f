/**
 * Makes something that holds signals. Svelte does not track a signal in the run that made it: what is made while
 * something renders is made in a run of its own, so that who asked for it hears of its changes, and nobody else does.
 */
export function apart<T>(make: () => T): T {
  if (!$effect.tracking()) return make();
  const made: T[] = [];
  $effect.root(() => void made.push(make()))();
  return made[0] as T;
}

/** How many are made at a time: a run of its own costs as much as a hundred signals. */
const stockSize = 256;

/** The same for what a page has by the thousand. Returns what gives one that nobody has had yet. */
export function stockOf<T>(make: () => T): () => T {
  let stock: T[] = [];
  return () => {
    if (stock.length === 0) stock = apart(() => Array.from({ length: stockSize }, make));
    return stock.pop() as T;
  };
}
