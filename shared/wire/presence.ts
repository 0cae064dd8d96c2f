import * as v from 'valibot';
import { idSchema } from '../schema/field.ts';

/**
 * Where a person is, as the awareness state of their socket. The server sets `person` from the session, whatever the
 * socket sent. Name, colour and role are in the `people` collection.
 */
const caret = v.pipe(v.string(), v.maxLength(200));

/** The five reactions, in the order of the menu. */
export const reactionKinds = ['thumbs-up', 'heart', 'laugh', 'surprise', 'question'] as const;
export type ReactionKind = (typeof reactionKinds)[number];

/** `n` differs for each reaction of a client, so that the same kind twice is two reactions. */
const reactionSchema = v.object({ kind: v.picklist(reactionKinds), n: v.pipe(v.number(), v.integer()) });

/** A hand that a facilitator has lowered: the person, and the hand as the server has stamped it. */
const loweredSchema = v.object({ person: idSchema, hand: v.number() });
export type LoweredHand = v.InferOutput<typeof loweredSchema>;

/** The most personas of a filter, and the most expanded stacks, in one look: a state has at most 2 KiB. */
export const mostInLook = 12;

/** The most characters of a search in a look. */
export const maxLookWords = 80;

/** The most lowered hands in one state. */
export const maxLowered = 8;

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
   * What the person looks at, for those who follow: `shared/wire/look.ts` has the schema. Sent only while somebody
   * follows, and parsed only by followers.
   */
  look: v.optional(v.unknown(), null),
  /**
   * A raised hand: any number above 0. The server replaces it by the time at which the hand was raised, in milliseconds
   * of its own clock, so that hands have an order that no client can choose. Null if the hand is down.
   */
  hand: v.optional(v.fallback(v.nullable(v.pipe(v.number(), v.gtValue(0))), null), null),
  /** Facilitators only: hands that they have lowered, the newest last. The page of such a person lowers its hand. */
  lowers: v.optional(v.fallback(v.pipe(v.array(loweredSchema), v.maxLength(maxLowered)), []), []),
  /** What the person is done with: the id of an agenda item, or `-` for the work while none runs. */
  done: v.optional(v.fallback(v.nullable(idSchema), null), null),
  /** The last reaction. The server lets a person have two a second. */
  reaction: v.optional(v.fallback(v.nullable(reactionSchema), null), null),
  /** True while the pointer leaves a trail on the screens of others. */
  laser: v.optional(v.fallback(v.boolean(), false), false),
  /** True if the person's map runs from right to left. */
  mirrored: v.optional(v.fallback(v.boolean(), false), false),
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
