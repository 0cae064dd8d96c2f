import { personas } from '$shared/collections/persona.ts';
import type { Persona } from '$shared/collections/persona.ts';
import { byOrder } from '$shared/schema/order-key.ts';
import type { Board } from '../model/board.svelte.ts';

/** The personas of the board, in order. */
export function personasInOrder(board: Board): Persona[] {
  return board
    .of(personas)
    .all.flatMap((entry) => entry.record ?? [])
    .sort(byOrder);
}
