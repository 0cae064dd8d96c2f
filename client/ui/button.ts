import type { HTMLButtonAttributes } from 'svelte/elements';

/**
 * The attributes of a button that its callers may set. They are named one by one: to spread whatever comes
 * would put 2 KB of Svelte's code for it into the first script.
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
