import * as v from 'valibot';

/** What a policy lets participants do, each on or off. */
export const policyPowers = [
  'add',
  'editOwn',
  'editOthers',
  'moveOwn',
  'moveOthers',
  'removeOwn',
  'removeOthers',
  /** Values without an author, as emotions. */
  'mark',
  'comment',
  'vote',
  'react',
] as const;
export type PolicyPower = (typeof policyPowers)[number];

/** Whose pointers participants see. */
export const cursorsSeen = ['all', 'facilitators', 'none'] as const;
export type CursorsSeen = (typeof cursorsSeen)[number];

/**
 * What participants may do while it is in force. Facilitators may do everything, observers nothing. `focus`: the lanes
 * and phases, by id, in which participants may change cards; if both lists are empty, everywhere.
 */
export interface Policy extends Readonly<Record<PolicyPower, boolean>> {
  readonly focus: { readonly lanes: readonly string[]; readonly phases: readonly string[] };
  readonly cursors: CursorsSeen;
}

/** The most lanes or phases in focus. */
const maxFocus = 50;
const idsSchema = v.pipe(v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(64))), v.maxLength(maxFocus));

const powerEntries = Object.fromEntries(policyPowers.map((power) => [power, v.boolean()])) as Record<
  PolicyPower,
  v.BooleanSchema<undefined>
>;
/** Unknown fields are refused: a typo must not allow anything. */
export const policySchema = v.strictObject({
  ...powerEntries,
  focus: v.strictObject({ lanes: idsSchema, phases: idsSchema }),
  cursors: v.picklist(cursorsSeen),
});

/** Changes to a policy, as an item or a facilitator makes them. */
export const policyChangeSchema = v.partial(policySchema);
export type PolicyChange = v.InferOutput<typeof policyChangeSchema>;

const nothing: Policy = {
  add: false,
  editOwn: false,
  editOthers: false,
  moveOwn: false,
  moveOthers: false,
  removeOwn: false,
  removeOthers: false,
  mark: false,
  comment: false,
  vote: false,
  react: false,
  focus: { lanes: [], phases: [] },
  cursors: 'all',
};

/** Add, change one's own, and move everything: while no item runs, and in open work. */
const open: Policy = {
  ...nothing,
  add: true,
  editOwn: true,
  moveOwn: true,
  moveOthers: true,
  removeOwn: true,
  mark: true,
  comment: true,
  react: true,
};

/** The kinds of agenda items, each with its policy. Structure is for facilitators in all of them. */
export const presets = {
  talk: { ...nothing, react: true, cursors: 'facilitators' },
  review: { ...nothing, comment: true, react: true },
  icebreaker: { ...open, moveOthers: false, mark: false, comment: false },
  'private-writing': { ...nothing, cursors: 'none' },
  'open-work': open,
  breakout: { ...open, moveOthers: false },
  vote: { ...nothing, vote: true, cursors: 'none' },
  estimate: { ...nothing, vote: true, cursors: 'none' },
  present: { ...nothing, react: true, cursors: 'facilitators' },
  pause: { ...nothing, react: true, cursors: 'none' },
} as const satisfies Record<string, Policy>;
export type Preset = keyof typeof presets;
export const presetNames = Object.keys(presets) as Preset[];

/** What participants may do while no item runs; facilitators choose. */
export const idlePolicies = {
  everything: { ...open, editOthers: true, removeOthers: true },
  open,
  look: { ...nothing, react: true },
} as const satisfies Record<string, Policy>;
export type IdlePolicy = keyof typeof idlePolicies;
export const idlePolicyNames = Object.keys(idlePolicies) as IdlePolicy[];

/** Applies changes to a policy. */
export function changedPolicy(policy: Policy, ...changes: readonly PolicyChange[]): Policy {
  return Object.assign({}, policy, ...changes) as Policy;
}

/**
 * Whether people can work under a policy: who adds a card then types on it, drags it to its place, and may take it back.
 */
export function isCoherent(policy: Policy): boolean {
  return !policy.add || (policy.editOwn && policy.moveOwn && policy.removeOwn);
}
