import type { Action } from '../../parts/action.ts';
import { doneIcon, handIcon, laserIcon } from './icons.ts';
import type { Together } from './together.svelte.ts';

/** What keys and buttons of this part work on. */
export interface TogetherTarget {
  readonly together: Together;
  /** Opens the reactions. */
  readonly openTools: () => void;
}

export const hand: Action<TogetherTarget> = {
  name: 'together.hand.raise',
  keys: ['R'],
  icon: handIcon,
  may: ({ together }) => together.mayMark,
  isOn: ({ together }) => together.isHandUp,
  run: ({ together }) => together.toggleHand(),
};

export const done: Action<TogetherTarget> = {
  name: 'together.done',
  keys: ['D'],
  icon: doneIcon,
  may: ({ together }) => together.mayMark,
  isOn: ({ together }) => together.isDone,
  run: ({ together }) => together.toggleDone(),
};

/** Held, it is on until the key is let go; a short press switches it on or off. `keys.ts` handles its key. */
export const laser: Action<TogetherTarget> = {
  name: 'together.laser',
  keys: ['K'],
  icon: laserIcon,
  may: ({ together }) => together.mayMark,
  isOn: ({ together }) => together.isLaser,
  run: ({ together }) => together.setLaser(!together.isLaser),
};

export const reactions: Action<TogetherTarget> = {
  name: 'together.react',
  keys: ['Y'],
  may: () => true,
  run: ({ openTools }) => openTools(),
};

const unfollow: Action<TogetherTarget> = {
  name: 'together.unfollow',
  keys: ['Escape'],
  may: ({ together }) => together.follow.leader !== null,
  run: ({ together }) => together.follow.stop('stopped'),
};

/** The marks of a person, as switches. */
export const marks: readonly Action<TogetherTarget>[] = [hand, done, laser];

/** The actions with keys, in the order of the help. */
export const keyed: readonly Action<TogetherTarget>[] = [reactions, hand, done, laser, unfollow];
