import type { HTMLButtonAttributes } from 'svelte/elements';

/**
 * The attributes of a button that its users may set. Listed one by one: a spread of all attributes would add 2 KB of
 * Svelte code to the first script.
 */
export type ButtonAttributes = Pick<
  HTMLButtonAttributes,
  | 'type'
  | 'disabled'
  | 'form'
  | 'tabindex'
  | 'onclick'
  | 'onkeydown'
  | 'aria-label'
  | 'aria-controls'
  | 'aria-expanded'
  | 'aria-haspopup'
  | 'aria-pressed'
>;
