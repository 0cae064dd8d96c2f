import * as v from 'valibot';
import type { StartView } from '$shared/documents.ts';
import { roles } from '$shared/roles.ts';
import type { Role } from '$shared/roles.ts';

/**
 * The server's HTTP interface (docs/API.md), one function a route. An error is a value: `code` is the server's,
 * or `unreachable` where there was no answer, or `malformed` where it was none of ours.
 */
export type Answer<T> = { readonly ok: true; readonly value: T } | Failure;
export interface Failure {
  readonly ok: false;
  readonly code: string;
  readonly message: string;
  /** The HTTP status; 0 where there was no answer. */
  readonly status: number;
}

export type Template = 'project' | 'journey' | 'ideas' | 'demo';

const startSchema = v.picklist(['map', 'ideas'] satisfies StartView[]);
const roleSchema = v.picklist(roles);
const errorSchema = v.object({ error: v.object({ code: v.string(), message: v.string() }) });

const createdSchema = v.object({
  board: v.string(),
  links: v.object({ facilitator: v.string(), participant: v.string(), observer: v.string() }),
});
export type Created = v.InferOutput<typeof createdSchema>;

const invitationSchema = v.object({
  board: v.string(),
  title: v.string(),
  role: roleSchema,
  language: v.string(),
  colorsTaken: v.array(v.string()),
});
/** What a link opens, for the person who is about to join. */
export type Invitation = v.InferOutput<typeof invitationSchema>;

const joinedSchema = v.object({
  board: v.string(),
  role: roleSchema,
  person: v.string(),
  /** As the server has tidied it. */
  name: v.string(),
  color: v.string(),
  title: v.string(),
  start: startSchema,
});
export type Joined = v.InferOutput<typeof joinedSchema>;

const boardSchema = v.object({
  board: v.string(),
  title: v.string(),
  template: v.string(),
  language: v.string(),
  start: startSchema,
  createdAt: v.number(),
  role: roleSchema,
  person: v.string(),
});
export type BoardFacts = v.InferOutput<typeof boardSchema>;

const linkSchema = v.object({
  id: v.string(),
  role: roleSchema,
  createdAt: v.number(),
  revokedAt: v.nullable(v.number()),
});
/** A link as the server lists it: without its secret, which it does not keep. */
export type LinkFacts = v.InferOutput<typeof linkSchema>;

const newLinkSchema = v.object({ id: v.string(), role: roleSchema, link: v.string() });
export type NewLink = v.InferOutput<typeof newLinkSchema>;

/** @param key the server's key for creating boards, where it wants one */
export function createBoard(
  board: { readonly title: string; readonly template: Template; readonly language: string },
  key: string | null,
): Promise<Answer<Created>> {
  return ask(
    'POST',
    '/api/boards',
    createdSchema,
    board,
    key === null ? {} : { Authorization: `Bearer ${key}` },
  );
}

/**
 * @param link a whole link or its secret
 * @param device of this browser: the colour that it wears on the board already is not taken
 */
export function readInvitation(link: string, device: string): Promise<Answer<Invitation>> {
  return ask('POST', '/api/invitation', invitationSchema, { link, device });
}

/** Takes a seat on a board; the token comes as a cookie that no script can read. */
export function join(who: {
  readonly link: string;
  readonly name: string;
  /** Left to the server where the person has chosen none. */
  readonly color: string | undefined;
  readonly language: string;
  readonly device: string;
}): Promise<Answer<Joined>> {
  return ask('POST', '/api/join', joinedSchema, who);
}

/** @param seat the person as whom this page is on the board */
export function readBoard(board: string, seat: string): Promise<Answer<BoardFacts>> {
  return ask('GET', boardPath(board, seat), boardSchema);
}

export function renameBoard(board: string, seat: string, title: string): Promise<Answer<unknown>> {
  return ask('PATCH', boardPath(board, seat), v.unknown(), { title });
}

/** Makes the seat's token good for another working day. */
export function renewSeat(board: string, seat: string): Promise<Answer<unknown>> {
  return ask('POST', boardPath(board, seat, '/renew'), v.unknown());
}

export async function listLinks(board: string, seat: string): Promise<Answer<readonly LinkFacts[]>> {
  const answer = await ask('GET', boardPath(board, seat, '/links'), v.object({ links: v.array(linkSchema) }));
  return answer.ok ? { ok: true, value: answer.value.links } : answer;
}

/** Makes one more link; it is shown this once. */
export function makeLink(board: string, seat: string, role: Role): Promise<Answer<NewLink>> {
  return ask('POST', boardPath(board, seat, '/links'), newLinkSchema, { role });
}

const previewSchema = v.object({
  changes: v.array(
    v.object({
      collection: v.string(),
      id: v.string(),
      kind: v.picklist(['added', 'changed', 'removed']),
      text: v.string(),
      author: v.optional(v.string(), ''),
      fields: v.array(v.string()),
    }),
  ),
  total: v.number(),
});
const lossSchema = v.object({
  isProven: v.boolean(),
  copies: v.array(
    v.object({
      person: v.string(),
      name: v.string(),
      at: v.number(),
      isProven: v.boolean(),
      bytes: v.number(),
      preview: v.nullable(previewSchema),
    }),
  ),
});
/** A person's copy of edits that the server lost, and what restoring it would change. */
export type LostCopy = v.InferOutput<typeof lossSchema>['copies'][number];

/** The copies of edits that the board lost and people still have. */
export async function readLoss(board: string, seat: string): Promise<Answer<readonly LostCopy[]>> {
  const answer = await ask('GET', boardPath(board, seat, '/lost'), lossSchema);
  return answer.ok ? { ok: true, value: answer.value.copies } : answer;
}

const settledSchema = v.object({ settled: v.array(v.string()) });

/** Restores or discards the copies of these people. Gives whose were decided about. */
export async function settleLoss(
  board: string,
  seat: string,
  decision: 'restore' | 'discard',
  people: readonly string[],
): Promise<Answer<readonly string[]>> {
  const answer = await ask('POST', boardPath(board, seat, `/lost/${decision}`), settledSchema, { people });
  return answer.ok ? { ok: true, value: answer.value.settled } : answer;
}

/** Withdraws a link, and puts out everyone who came by it. */
export function revokeLink(board: string, seat: string, id: string): Promise<Answer<unknown>> {
  return ask('DELETE', boardPath(board, seat, `/links/${encodeURIComponent(id)}`), v.unknown());
}

function boardPath(board: string, seat: string, rest = ''): string {
  return `/api/boards/${encodeURIComponent(board)}${rest}?seat=${encodeURIComponent(seat)}`;
}

async function ask<T>(
  method: string,
  path: string,
  schema: v.GenericSchema<unknown, T>,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer<T>> {
  let response: Response;
  let content: unknown;
  try {
    response = await fetch(path, {
      method,
      headers: body === undefined ? headers : { ...headers, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    content = parseJson(await response.text());
  } catch (error) {
    return { ok: false, code: 'unreachable', message: String(error), status: 0 };
  }
  if (response.ok) {
    const parsed = v.safeParse(schema, content);
    if (parsed.success) return { ok: true, value: parsed.output };
  } else {
    const parsed = v.safeParse(errorSchema, content);
    if (parsed.success) return { ok: false, ...parsed.output.error, status: response.status };
  }
  return {
    ok: false,
    code: 'malformed',
    message: `${method} ${path}: ${response.status}`,
    status: response.status,
  };
}

/** An answer without a body, as of a DELETE, is null. */
function parseJson(text: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
