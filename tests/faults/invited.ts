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

export async function post(url: string, body: unknown, headers = {}): Promise<unknown> {
  const answer = await fetch(url, { method: 'POST', body: JSON.stringify(body), headers });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
  return answer.json();
}

/** Creates a board from the template of a bare journey map, with the rules of a new session. */
export async function makeNewBoard(url: string, title = 'Trip'): Promise<Made> {
  return v.parse(boardSchema, await post(`${url}/api/boards`, { title, template: 'journey' }));
}

/** The same, where participants may also change what others wrote. */
export async function makeBoard(url: string, title?: string): Promise<Made> {
  const made = await makeNewBoard(url, title);
  const { token } = await join(url, made.links.facilitator, 'Host');
  const command = { id: 'open-to-all', do: 'idle', to: 'everything' };
  await post(`${url}/api/boards/${made.board}/session`, command, { authorization: `Bearer ${token}` });
  return made;
}

/** Joins by a link. */
export async function join(url: string, link: string, name: string): Promise<Joined> {
  return v.parse(joinedSchema, await post(`${url}/api/join`, { link, name }));
}
