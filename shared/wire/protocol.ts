import * as v from 'valibot';
import { parseJsonAs } from '../json.ts';
import { roles } from '../roles.ts';

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
  /** The document has a newer layout than the client knows. */
  reload: 4426,
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
  'policy',
  'missing-dependency',
  'malformed',
] as const;
export type Refusal = (typeof refusals)[number];

/** Whether a text from outside is a reason that this release knows. */
export function isRefusal(text: string): text is Refusal {
  return refusals.some((reason) => reason === text);
}

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
  /** A signed statement of which edits are on disk; see `readClockMark`. The page shows it if the server loses them. */
  v.object({ kind: v.literal('mark'), mark: v.string() }),
  /**
   * The server does not have some edits that this page has. `waiting`: it keeps a copy until a facilitator decides;
   * `full`: it has no room for a copy; `none`: the server has all of them again.
   */
  v.object({ kind: v.literal('held'), state: v.picklist(['waiting', 'full', 'none']) }),
  /** To facilitators: this board lost edits, and so many people still have some of them; 0 when that is settled. */
  v.object({ kind: v.literal('loss'), people: v.number() }),
  /** To observers: the server has lost edits, which this page may still show. A page from before that begins anew. */
  v.object({ kind: v.literal('stale') }),
]);
export type Control = v.InferOutput<typeof controlSchema>;

/** Marks that one proof may carry: a page sends those that name the most recent edits. */
export const maxProofMarks = 16;

/** Characters of one mark: 32 entries of some 40 characters, signed, in base64url. */
export const maxMarkChars = 4096;

/** What our own client tells the server beside the document. */
export const clientControlSchema = v.variant('kind', [
  /** Marks that name edits which the server does not have. */
  v.object({
    kind: v.literal('proof'),
    marks: v.pipe(v.array(v.pipe(v.string(), v.maxLength(maxMarkChars))), v.maxLength(maxProofMarks)),
  }),
]);
export type ClientControl = v.InferOutput<typeof clientControlSchema>;

/** One Yjs client id in a mark: all of its clocks below `clock` are on disk, and it belongs to `person`. */
export interface MarkedClock {
  readonly client: number;
  readonly clock: number;
  /** Empty for the server itself, and where nobody owns it. */
  readonly person: string;
}

/** What a mark states. The generation is the board's at that time. */
export interface ClockMark {
  readonly room: string;
  /** When it was signed, milliseconds since 1970. Of two marks that name an owner the earlier is right. */
  readonly at: number;
  readonly generation: number;
  readonly clocks: readonly MarkedClock[];
}

const markSchema = v.tuple([
  v.string(),
  v.number(),
  v.number(),
  v.array(v.tuple([v.number(), v.number(), v.string()])),
]);

/** The payload of a mark, before it is signed. */
export function writeClockMark({ room, at, generation, clocks }: ClockMark): string {
  return JSON.stringify([
    room,
    at,
    generation,
    clocks.map(({ client, clock, person }) => [client, clock, person]),
  ]);
}

/** Reads the payload of a mark, which does not say that it is genuine; null where it is none. */
export function readClockMark(payload: string): ClockMark | null {
  const mark = parseJsonAs(markSchema, payload);
  if (!mark) return null;
  const [room, at, generation, clocks] = mark;
  return {
    room,
    at,
    generation,
    clocks: clocks.map(([client, clock, person]) => ({ client, clock, person })),
  };
}

/** Every error of the HTTP interface: a code for programs, a message for people. */
export interface ErrorBody {
  readonly error: { readonly code: string; readonly message: string };
}
