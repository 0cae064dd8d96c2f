import { emotions, experience, pointKey } from '$shared/collections/emotion.ts';
import type { Emotion } from '$shared/collections/emotion.ts';
import type { Board } from '../../../model/board.svelte.ts';
import { defineIndex } from '../../../model/store/index.svelte.ts';

/** The marks of a persona at a phase, by `pointKey`. */
const marksByPlace = defineIndex({ of: emotions, keys: (mark) => [pointKey(mark)] });

/** The emotions that are marked for a persona at a phase, in no order. */
export function marksAt(board: Board, persona: string, phase: string): readonly Emotion[] {
  const all = board.of(emotions);
  return board
    .by(marksByPlace)
    .at(pointKey({ persona, phase }))
    .ids.flatMap((key) => all.get(key) ?? []);
}

/** Points placed by hand, by `pointKey` of their content, because other programs may choose other keys. */
const pointsByPlace = defineIndex({ of: experience, keys: (point) => [pointKey(point)] });

/** Where a facilitator placed the curve of a persona at a phase; null where nobody did. */
export function placedAt(board: Board, persona: string, phase: string): number | null {
  const [key = null] = board.by(pointsByPlace).at(pointKey({ persona, phase })).ids;
  return board.of(experience).get(key)?.value ?? null;
}
