import * as v from 'valibot';
import type { Role } from '../roles.ts';
import { roles } from '../roles.ts';
import { viewIds } from '../views.ts';
import { maxMinutes } from './agenda.ts';
import type { Policy, PolicyChange } from './policy.ts';
import { changedPolicy, idlePolicies, idlePolicyNames, policyChangeSchema, presets } from './policy.ts';

/**
 * A workshop session as server state: which agenda item runs, its timer, and what is temporarily different for whom. It
 * is not a document, because it must not merge. All times are milliseconds since 1970 on the server's clock.
 */

/** `over`: the time is up, at `at`. */
const timerSchema = v.variant('state', [
  v.object({ state: v.literal('off') }),
  v.object({ state: v.literal('running'), endsAt: v.number() }),
  v.object({ state: v.literal('held'), leftMs: v.number() }),
  v.object({ state: v.literal('over'), at: v.number() }),
]);
export type Timer = v.InferOutput<typeof timerSchema>;

/** One time that an item ran. `to` is null while it runs. */
const runSchema = v.object({ item: v.string(), from: v.number(), to: v.nullable(v.number()) });
export type Run = v.InferOutput<typeof runSchema>;

/** A record that is shown large on every screen, or where everybody was brought. */
const targetSchema = v.object({
  view: v.picklist(viewIds),
  record: v.nullable(v.pipe(v.string(), v.maxLength(64))),
});
export type Target = v.InferOutput<typeof targetSchema>;

export const sessionSchema = v.object({
  /** Rises by one with each change; a page drops an older state. */
  version: v.number(),
  /** The running item; null while none runs. */
  item: v.nullable(v.string()),
  /** Changes that a facilitator made to the policy of the running item, for as long as it runs. */
  override: policyChangeSchema,
  /** What participants may do while no item runs. */
  idle: v.picklist(idlePolicyNames),
  timer: timerSchema,
  /** True after the timer of an item with `atEnd: 'read-only'` ended, until the next act: participants may only look. */
  isClosed: v.boolean(),
  /** The facilitator who froze the board; while it is set, nobody may change the documents. */
  frozenBy: v.nullable(v.string()),
  observers: v.picklist(['live', 'paused']),
  /** People whose role differs from that of their link. */
  roles: v.record(v.string(), v.picklist(roles)),
  /** People who are kept out. */
  removed: v.array(v.string()),
  /** True while nobody new may join. */
  isDoorClosed: v.boolean(),
  runs: v.array(runSchema),
  /** Items that were passed over. */
  skipped: v.array(v.string()),
  /** Where everybody was brought, by whom. */
  brought: v.nullable(v.object({ to: targetSchema, by: v.string(), at: v.number() })),
  /** The record that is presented. */
  presented: v.nullable(v.object({ to: targetSchema, by: v.string() })),
});
export type Session = v.InferOutput<typeof sessionSchema>;

export const newSession: Session = {
  version: 0,
  item: null,
  override: {},
  idle: 'open',
  timer: { state: 'off' },
  isClosed: false,
  frozenBy: null,
  observers: 'live',
  roles: {},
  removed: [],
  isDoorClosed: false,
  runs: [],
  skipped: [],
  brought: null,
  presented: null,
};

const personId = v.pipe(v.string(), v.minLength(1), v.maxLength(64));
const itemId = v.pipe(v.string(), v.minLength(1), v.maxLength(32));
/** At most an hour at once, either way. */
const seconds = v.pipe(v.number(), v.integer(), v.minValue(-3_600), v.maxValue(3_600));

/** What a facilitator can do. */
export const actSchema = v.variant('do', [
  v.strictObject({ do: v.literal('start'), item: itemId }),
  v.strictObject({ do: v.literal('next') }),
  v.strictObject({ do: v.literal('back') }),
  v.strictObject({ do: v.literal('skip'), item: itemId }),
  v.strictObject({ do: v.literal('finish') }),
  v.strictObject({
    do: v.literal('timer-start'),
    minutes: v.pipe(v.number(), v.minValue(0.25), v.maxValue(maxMinutes)),
  }),
  v.strictObject({ do: v.literal('timer-add'), seconds }),
  v.strictObject({ do: v.literal('timer-hold') }),
  v.strictObject({ do: v.literal('timer-resume') }),
  v.strictObject({ do: v.literal('timer-stop') }),
  v.strictObject({ do: v.literal('override'), change: policyChangeSchema }),
  v.strictObject({ do: v.literal('idle'), to: v.picklist(idlePolicyNames) }),
  v.strictObject({ do: v.literal('freeze') }),
  v.strictObject({ do: v.literal('thaw') }),
  v.strictObject({ do: v.literal('observers'), to: v.picklist(['live', 'paused']) }),
  v.strictObject({ do: v.literal('role'), person: personId, to: v.picklist(roles) }),
  v.strictObject({ do: v.literal('remove'), person: personId }),
  v.strictObject({ do: v.literal('admit'), person: personId }),
  v.strictObject({ do: v.literal('door'), isClosed: v.boolean() }),
  v.strictObject({ do: v.literal('bring'), to: targetSchema }),
  v.strictObject({ do: v.literal('present'), to: v.nullable(targetSchema) }),
]);
export type Act = v.InferOutput<typeof actSchema>;

const commandEntries = {
  /** Made by the page; a repeated request with the same id changes nothing and gets the same answer. */
  id: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{8,64}$/, 'must be an id')),
  from: v.optional(v.nullable(itemId)),
};
/** A request of a facilitator. `from`: the item that the sender saw running; needed where two may press at once. */
export const commandSchema = v.pipe(
  v.variant(
    'do',
    actSchema.options.map(({ entries }) => v.strictObject({ ...entries, ...commandEntries })),
  ),
  // The type of the list above has lost which fields belong to which act.
  v.transform((command) => command as Command),
);
export type Command = Act & { readonly id: string; readonly from?: string | null };

/** What participants may do now. A person whose role the session lowered is judged by that role before. */
export function policyNow(
  session: Session,
  preset: keyof typeof presets | null,
  change: PolicyChange,
): Policy {
  const base = session.item === null || preset === null ? idlePolicies[session.idle] : presets[preset];
  if (session.isClosed) return presets.talk;
  return session.item === null ? base : changedPolicy(base, change, session.override);
}

/** A person's role now: the session's word, else that of the link. */
export function roleNow(session: Pick<Session, 'roles'>, person: string, role: Role): Role {
  return session.roles[person] ?? role;
}
