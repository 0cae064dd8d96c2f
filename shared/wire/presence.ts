import * as v from 'valibot';
import { idSchema } from '../schema/field.ts';

/**
 * Where a person is, as the awareness state of their socket. The server sets `person` from the session, whatever the
 * socket sent. Name, colour and role are in the `people` collection.
 */
const caret = v.pipe(v.string(), v.maxLength(200));

export const presenceSchema = v.object({
  person: v.optional(idSchema, ''),
  /** The id of the open view; empty if not given. A newer page may have views that this one does not know. */
  view: v.optional(v.fallback(idSchema, ''), ''),
  /** The selected record: its collection and id. */
  at: v.optional(v.nullable(v.object({ in: idSchema, id: idSchema })), null),
  /** The focused cell. */
  cell: v.optional(
    v.nullable(v.object({ lane: idSchema, phase: idSchema, step: v.nullable(idSchema) })),
    null,
  ),
  /**
   * The person whom this person follows on the map. The server never thins out what it sends them about that person.
   */
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

/** Parses an awareness state from outside; null if it is not one of ours (a stock client without fields passes). */
export function parsePresence(state: unknown): Presence | null {
  const parsed = v.safeParse(presenceSchema, state);
  return parsed.success ? parsed.output : null;
}
