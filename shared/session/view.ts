import * as v from 'valibot';
import { agendaSchema, itemSchema } from './agenda.ts';
import { policySchema } from './policy.ts';
import { sessionSchema } from './session.ts';

/**
 * What the server tells a page of the session, whole, when it joins and each time the session changes. All people of a
 * role get the same bytes. `removed` is empty for all but facilitators.
 */
export const sessionViewSchema = v.object({
  session: sessionSchema,
  /** The running item, so that a page needs no agenda to show it. */
  item: v.nullable(itemSchema),
  /** What participants may do now. */
  policy: policySchema,
  /** The version of the agenda, which a page fetches when it shows the agenda. */
  agenda: v.number(),
  /** The server's clock when it sent this, in milliseconds since 1970. */
  now: v.number(),
});
export type SessionView = v.InferOutput<typeof sessionViewSchema>;

/** `GET /api/boards/:board/agenda`. */
export const agendaAnswerSchema = v.object({ ...agendaSchema.entries, version: v.number() });

/** One line of the facilitators' log: an act, or a refused change. Never has the text or the target of a change. */
export const logLineSchema = v.object({
  /** Milliseconds since 1970. */
  at: v.number(),
  /** The person; empty for the server. */
  by: v.string(),
  /** The act's `do`, `time-up`, `agenda`, or `refused`. */
  what: v.string(),
  /** The item, the person, or the rule that it is about; empty if there is none. */
  about: v.string(),
});
export type LogLine = v.InferOutput<typeof logLineSchema>;
