import * as v from 'valibot';
import { idSchema } from '../schema/field.ts';

/**
 * Where a person is, as the awareness state of their socket. `person` is stamped by the server from
 * the session, whatever the socket sent; name, colour and role stand in the `people` collection.
 */
const caret = v.pipe(v.string(), v.maxLength(200));

export const presenceSchema = v.object({
  person: v.optional(idSchema, ''),
  /** The id of the view that is open; a newer page may have views that this one does not know. Empty: not said. */
  view: v.optional(v.fallback(idSchema, ''), ''),
  /** The record that is selected: its collection and id. */
  at: v.optional(v.nullable(v.object({ in: idSchema, id: idSchema })), null),
  /** The cell that has the focus. */
  cell: v.optional(
    v.nullable(v.object({ lane: idSchema, phase: idSchema, step: v.nullable(idSchema) })),
    null,
  ),
  /** Whom this person follows on the map: the server never thins out what they hear of that one. */
  follows: v.optional(v.nullable(idSchema), null),
  /**
   * The pointer of a client that does not send frames of kind 5 (`shared/wire/pointer.ts`), in shares (0 to 1) of a
   * cell, so that it is right on a mirrored or narrower map.
   */
  cursor: v.optional(
    v.nullable(
      v.object({
        lane: idSchema,
        phase: idSchema,
        step: v.nullable(idSchema),
        x: v.pipe(v.number(), v.finite()),
        y: v.pipe(v.number(), v.finite()),
      }),
    ),
    null,
  ),
  /** The text being typed in, and the caret as encoded Yjs relative positions. */
  typing: v.optional(
    v.nullable(v.object({ in: idSchema, id: idSchema, field: idSchema, anchor: caret, head: caret })),
    null,
  ),
});
export type Presence = v.InferOutput<typeof presenceSchema>;

/** Reads an awareness state from outside; null where it is not one of ours (a stock client without fields passes). */
export function parsePresence(state: unknown): Presence | null {
  const parsed = v.safeParse(presenceSchema, state);
  return parsed.success ? parsed.output : null;
}
