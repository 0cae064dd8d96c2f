import { MediaQuery } from 'svelte/reactivity';

// The stylesheets use the same limits; docs/DESIGN.md lists them.

const narrow = new MediaQuery('max-width: 46rem');
const small = new MediaQuery('max-width: 52rem');
const low = new MediaQuery('max-height: 28rem');

/** True if the window has no room for a title, tabs and tools in one row: a phone, or a tablet upright. */
export function isNarrow(): boolean {
  return narrow.current;
}

/** True if the window is low, as at 400 % zoom or above an on-screen keyboard: bars above the view scroll away. */
export function isLow(): boolean {
  return low.current;
}

/** True if the top bar has room for one face: a phone or a tablet. */
export function hasOneFace(): boolean {
  return small.current;
}
