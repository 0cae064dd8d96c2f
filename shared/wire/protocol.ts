import * as v from 'valibot';
import { parseJsonAs } from '../json.ts';
import { roles } from '../roles.ts';

/**
 * The wire protocol that both sides agree on. Frames of kind 0 to 3 are those of stock `y-websocket`. Kinds 4 and 5 are
 * ours, and are sent only to clients that asked for them by sub-protocol.
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

/** The sub-protocol with which a client asks for control and pointer frames. */
export const controlProtocol = 'resa.1';

/** The query of a socket's address by which a client says that it understands the control frame `put-back`. */
export const putBackQuery = 'put-back';

/**
 * All close codes; docs/API.md has them as a table. 4400 to 4499 tell a stock client not to reconnect, so they are only
 * for errors that a retry cannot fix.
 */
export const closeCode = {
  goingAway: 1001,
  /** The process is ending; reconnect. */
  restart: 1012,
  /** The server is too busy, or this socket reads too slowly; reconnect later. */
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

/** Reasons to refuse an update. The interface has a message key for each. */
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
  'not-now',
  'not-yours',
  'locked',
  'out-of-focus',
  'missing-dependency',
  'malformed',
] as const;
export type Refusal = (typeof refusals)[number];

/** True if a text from outside is a reason that this release knows. */
export function isRefusal(text: string): text is Refusal {
  return refusals.some((reason) => reason === text);
}

/**
 * What a participant adds to a document permanently, as a daily allowance counts it: Yjs client ids, records, keys (of
 * records, set members and values), and bytes.
 */
export const allowanceKinds = ['clients', 'records', 'keys', 'bytes'] as const;
export type AllowanceKind = (typeof allowanceKinds)[number];

/** An allowance that an update would exceed. */
const exceededSchema = v.object({
  of: v.picklist(allowanceKinds),
  /** The number per day. */
  limit: v.number(),
  /** Whether the limit is for one person, or for all participants of the board together. */
  for: v.picklist(['person', 'board']),
});
export type Exceeded = v.InferOutput<typeof exceededSchema>;

/** Where an update changes a document. `field`: empty for a value, and for a record that the update creates. */
const placeSchema = v.object({ collection: v.string(), record: v.string(), field: v.string() });
export type Place = v.InferOutput<typeof placeSchema>;

/** Messages from the server to our own client, beside the document. */
export const controlSchema = v.variant('kind', [
  v.object({
    kind: v.literal('welcome'),
    person: v.string(),
    role: v.picklist(roles),
    title: v.string(),
    /** The board's language (BCP 47), by whose alphabet texts sort. */
    language: v.optional(v.string(), 'en'),
    /**
     * Rises when the board is restored to an older version. Clients do not bring back copies of an older generation.
     */
    generation: v.number(),
  }),
  v.object({ kind: v.literal('board'), title: v.string() }),
  /** The server takes no edits now, and will ask for them later. Null: it takes edits. */
  v.object({ kind: v.literal('read-only'), why: v.nullable(v.picklist(['store', 'frozen'])) }),
  /** How full the document is, in percent of its size limit. Sent from 70 on, and for every 5 more. */
  v.object({ kind: v.literal('fullness'), percent: v.number() }),
  /** The first `frames` document frames of this socket (sync step 2 and updates) are on disk. */
  v.object({ kind: v.literal('saved'), frames: v.number() }),
  /** The other fields are set for the reason `allowance`. */
  v.object({
    kind: v.literal('refused'),
    reason: v.picklist(refusals),
    ...v.partial(exceededSchema).entries,
  }),
  /**
   * The document frame with this number was put back: its content is not in the document, and the socket stays open.
   * Comes before what is left of it, and before the `saved` that counts it. `anew`: the page's document has content that
   * nobody else has, so the page must make a new one from the server's state. Sent to clients that ask for it with the
   * query `put-back`.
   */
  v.object({
    kind: v.literal('put-back'),
    frame: v.number(),
    reason: v.picklist(refusals),
    /** The broken rule, as in docs/SYNC.md. */
    rule: v.string(),
    places: v.array(placeSchema),
    anew: v.boolean(),
    ...v.partial(exceededSchema).entries,
  }),
  /**
   * A signed statement of which edits are on disk; see `readClockMark`. The page sends it back if the server loses
   * them.
   */
  v.object({ kind: v.literal('mark'), mark: v.string() }),
  /**
   * The server lacks some edits that this page has. `waiting`: it keeps a copy until a facilitator decides. `full`: it
   * has no room for a copy. `none`: it has all of them again.
   */
  v.object({ kind: v.literal('held'), state: v.picklist(['waiting', 'full', 'none']) }),
  /** For facilitators: the number of people who still have edits that this board lost; 0 when that is settled. */
  v.object({ kind: v.literal('loss'), people: v.number() }),
  /**
   * For observers: the server has lost edits that this page may still show. A page from before the loss starts over.
   */
  v.object({ kind: v.literal('stale') }),
  /**
   * The workshop session, whole: before the document, and at each change. The page parses `view` (`sessionViewSchema`)
   * in a part that loads after the first paint.
   */
  v.object({ kind: v.literal('session'), view: v.unknown() }),
]);
export type Control = v.InferOutput<typeof controlSchema>;

/** The maximum number of marks in one proof. A page sends the ones that name the most recent edits. */
export const maxProofMarks = 16;

/** Characters of one mark: 32 entries of about 40 characters, signed, in base64url. */
export const maxMarkChars = 4096;

/** Messages from our own client to the server, beside the document. */
export const clientControlSchema = v.variant('kind', [
  /** Marks that name edits which the server lacks. */
  v.object({
    kind: v.literal('proof'),
    marks: v.pipe(v.array(v.pipe(v.string(), v.maxLength(maxMarkChars))), v.maxLength(maxProofMarks)),
  }),
]);
export type ClientControl = v.InferOutput<typeof clientControlSchema>;

/** One Yjs client id in a mark: all its clocks below `clock` are on disk, and it belongs to `person`. */
export interface MarkedClock {
  readonly client: number;
  readonly clock: number;
  /** Empty for the server itself, and if nobody owns the client id. */
  readonly person: string;
}

/** The content of a mark. The generation is the board's at that time. */
export interface ClockMark {
  readonly room: string;
  /** Time of signing, in milliseconds since 1970. If two marks name different owners, the earlier one is right. */
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

/** Reads the payload of a mark; null if it is malformed. Does not check the signature. */
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

/** Body of every error of the HTTP interface: a code for programs, a message for people. */
export interface ErrorBody {
  readonly error: { readonly code: string; readonly message: string };
}
