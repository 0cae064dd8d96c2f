import * as v from 'valibot';
import type { Role } from '$shared/roles.ts';
import type { Answer } from './request.ts';
import { ask, boardPath, roleSchema } from './request.ts';

const linkSchema = v.object({
  id: v.string(),
  role: roleSchema,
  createdAt: v.number(),
  revokedAt: v.nullable(v.number()),
});
/** A link as the server lists it: without its secret, which the server does not keep. */
export type LinkFacts = v.InferOutput<typeof linkSchema>;

const newLinkSchema = v.object({ id: v.string(), role: roleSchema, link: v.string() });
export type NewLink = v.InferOutput<typeof newLinkSchema>;

export async function listLinks(board: string, person: string): Promise<Answer<readonly LinkFacts[]>> {
  const answer = await ask(
    'GET',
    boardPath(board, person, '/links'),
    v.object({ links: v.array(linkSchema) }),
  );
  return answer.ok ? { ok: true, value: answer.value.links } : answer;
}

/** Makes another link. The server shows it only this once. */
export function makeLink(board: string, person: string, role: Role): Promise<Answer<NewLink>> {
  return ask('POST', boardPath(board, person, '/links'), newLinkSchema, { role });
}

/** Turns off a link, and disconnects everyone who joined by it. */
export function revokeLink(board: string, person: string, id: string): Promise<Answer<unknown>> {
  return ask('DELETE', boardPath(board, person, `/links/${encodeURIComponent(id)}`), v.unknown());
}
