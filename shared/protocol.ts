import * as v from 'valibot';
import { roles } from './roles.ts';

/**
 * The wire: what both sides must agree on. Frames of kind 0 to 3 are those of stock `y-websocket`;
 * kinds 4 and 5 are ours, and go only to clients that asked for them by sub-protocol.
 */
export const frameKind = {
  sync: 0,
  awareness: 1,
  auth: 2,
  queryAwareness: 3,
  control: 4,
  pointer: 5,
} as const;

export const syncKind = { step1: 0, step2: 1, update: 2 } as const;

/** The sub-protocol by which a client asks for control and pointer frames. */
export const controlProtocol = 'resa.1';

/**
 * Close codes, in one place; docs/API.md holds them as a table. 4400 to 4499 tell a stock client not
 * to come back: only for what a retry cannot mend.
 */
export const closeCode = {
  goingAway: 1001,
  /** The process ends; come back. */
  restart: 1012,
  /** Too busy, or this socket reads too slowly; come back later. */
  busy: 1013,
  malformed: 4400,
  ticket: 4401,
  notAllowed: 4403,
  noSuchBoard: 4404,
  tooLarge: 4413,
  refused: 4422,
} as const;
export type CloseCode = (typeof closeCode)[keyof typeof closeCode];

/** Why an update was refused; a message key of the interface for each. */
export const refusals = [
  'observer',
  'role',
  'unknown-root',
  'unknown-field',
  'wrong-type',
  'wrong-parent',
  'bad-id',
  'bad-value',
  'not-author',
  'server-only',
  'record-delete',
  'too-long',
  'too-many',
  'document-full',
  'allowance',
  'missing-dependency',
  'malformed',
] as const;
export type Refusal = (typeof refusals)[number];

/**
 * What a participant adds to a document for good, as far as a day's allowance counts it: Yjs client ids, records, keys
 * (of records, set members and values), and bytes.
 */
export const allowanceKinds = ['clients', 'records', 'keys', 'bytes'] as const;
export type AllowanceKind = (typeof allowanceKinds)[number];

/** An allowance that an update would exceed. */
const exceededSchema = v.object({
  of: v.picklist(allowanceKinds),
  /** How many a day. */
  limit: v.number(),
  /** Whether that is what one person may add, or all participants of the board together. */
  for: v.picklist(['person', 'board']),
});
export type Exceeded = v.InferOutput<typeof exceededSchema>;

/** What the server tells our own client beside the document. */
export const controlSchema = v.variant('kind', [
  v.object({
    kind: v.literal('welcome'),
    person: v.string(),
    role: v.picklist(roles),
    title: v.string(),
    /** Rises when the board is put back to an old version: copies of an older generation are not brought back. */
    generation: v.number(),
  }),
  v.object({ kind: v.literal('board'), title: v.string() }),
  /** Edits are not taken just now, and will be asked for again when they are; null: they are taken. */
  v.object({ kind: v.literal('read-only'), why: v.nullable(v.picklist(['store', 'frozen'])) }),
  /** How full the document is, of the size that it may have; told from 70 on, and at each 5 more. */
  v.object({ kind: v.literal('fullness'), percent: v.number() }),
  /** All of this socket's first `frames` document frames (sync step 2 and updates) are on disk. */
  v.object({ kind: v.literal('saved'), frames: v.number() }),
  /** The other fields are there with the reason `allowance`. */
  v.object({
    kind: v.literal('refused'),
    reason: v.picklist(refusals),
    ...v.partial(exceededSchema).entries,
  }),
]);
export type Control = v.InferOutput<typeof controlSchema>;

/** Every error of the HTTP interface: a code for programs, a message for people. */
export interface ErrorBody {
  readonly error: { readonly code: string; readonly message: string };
}
