import * as v from 'valibot';

const boardSchema = v.object({
  board: v.string(),
  links: v.object({ facilitator: v.string(), participant: v.string(), observer: v.string() }),
});
/** A new board, and its links. */
export type Made = v.InferOutput<typeof boardSchema>;

const joinedSchema = v.object({ board: v.string(), person: v.string(), token: v.string() });
/** A membership of a board. */
export type Joined = v.InferOutput<typeof joinedSchema>;

export async function post(url: string, body: unknown): Promise<unknown> {
  const answer = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
  return answer.json();
}

/** Creates a board from the template of a bare journey map. */
export async function makeBoard(url: string, title = 'Trip'): Promise<Made> {
  return v.parse(boardSchema, await post(`${url}/api/boards`, { title, template: 'journey' }));
}

/** Joins by a link. */
export async function join(url: string, link: string, name: string): Promise<Joined> {
  return v.parse(joinedSchema, await post(`${url}/api/join`, { link, name }));
}
