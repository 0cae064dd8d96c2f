import * as v from 'valibot';
import { ideaStates } from '../collections/idea.ts';
import { laneTypes } from '../collections/lane.ts';
import { ideaGroups, ideaSorts } from '../queries/ideas.ts';
import { idSchema } from '../schema/field.ts';
import { maxLookWords, mostInLook } from './presence.ts';

/**
 * What a person looks at, so that another page can show the same: a place on a surface, never pixels. So it is right on
 * a phone and on a mirrored map. A page sends it while somebody follows (`look` in `presence.ts`).
 */
const cellSchema = v.object({ lane: idSchema, phase: idSchema, step: v.nullable(idSchema) });
const oneId = v.optional(v.nullable(idSchema), null);

const mapLookSchema = v.object({
  view: v.literal('map'),
  /** The personas of the filter; empty for all cards. */
  personas: v.pipe(v.array(idSchema), v.maxLength(mostInLook)),
  /** The expanded stacks, by the key of their cell (`cellKey`). */
  unfolded: v.pipe(v.array(v.pipe(v.string(), v.maxLength(200))), v.maxLength(mostInLook)),
  /** The card and the cell that the person works at, or the cell in the middle of the map after scrolling. */
  card: oneId,
  cell: v.nullable(cellSchema),
  /** The open dialog: the one of a lane type for a phase, or a persona. */
  open: v.nullable(
    v.variant('kind', [
      v.object({ kind: v.literal('lane'), type: v.picklist(laneTypes), phase: idSchema }),
      v.object({ kind: v.literal('persona'), id: idSchema }),
    ]),
  ),
});
export type MapLook = v.InferOutput<typeof mapLookSchema>;

const ideasLookSchema = v.object({
  view: v.literal('ideas'),
  shown: v.object({
    sort: v.picklist(ideaSorts),
    descending: v.boolean(),
    group: v.picklist(ideaGroups),
    state: v.nullable(v.picklist(ideaStates)),
    phase: v.nullable(idSchema),
    persona: v.nullable(idSchema),
    author: v.nullable(idSchema),
    card: v.nullable(idSchema),
    words: v.pipe(v.string(), v.maxLength(maxLookWords)),
  }),
  /** The open idea. */
  open: oneId,
  /** The idea that the person works at, or the one in the middle of the list after scrolling. */
  idea: oneId,
});
export type IdeasLook = v.InferOutput<typeof ideasLookSchema>;

export type Look = MapLook | IdeasLook;

const lookSchema = v.variant('view', [mapLookSchema, ideasLookSchema]);

/** Parses the look of a presence state; null if there is none, or if a newer page sent one that this page lacks. */
export function parseLook(look: unknown): Look | null {
  const parsed = v.safeParse(lookSchema, look);
  return parsed.success ? parsed.output : null;
}
