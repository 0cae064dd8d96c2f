import type { Action } from '../../../parts/action.ts';
import { around, beside, selecting } from './around.ts';
import * as card from './card.ts';
import { inCell } from './cell.ts';
import { removeHead, rename } from './heads.ts';
import type { MapTarget } from './target.ts';

/**
 * All actions of the map that have keys, in the order of the help. If two share a chord, the first one available wins.
 */
export const keyed: readonly Action<MapTarget>[] = [
  ...selecting,
  ...around,
  ...card.write,
  ...inCell,
  ...rename,
  ...card.remove,
  ...removeHead,
  ...beside,
];
