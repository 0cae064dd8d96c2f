import * as v from 'valibot';
import { newId } from '$shared/id.ts';
import type { Agenda, AgendaItem } from '$shared/session/agenda.ts';
import type { Act } from '$shared/session/session.ts';
import type { LogLine, SessionView } from '$shared/session/view.ts';
import { agendaAnswerSchema, logLineSchema, sessionViewSchema } from '$shared/session/view.ts';
import type { Answer } from './request.ts';
import { ask, boardPath } from './request.ts';

const versionSchema = v.object({ version: v.number() });

/** The session as the page's socket also gets it. */
export function readSession(board: string, person: string): Promise<Answer<SessionView>> {
  return ask('GET', boardPath(board, person, '/session'), sessionViewSchema);
}

/** @param known the version that the page has; null in the answer if the server has no other. */
export async function readAgenda(
  board: string,
  person: string,
  known: number | null,
): Promise<Answer<Agenda | null>> {
  const answer = await ask(
    'GET',
    boardPath(board, person, '/agenda'),
    agendaAnswerSchema,
    undefined,
    known === null ? {} : { 'If-None-Match': etagOf(known) },
  );
  return !answer.ok && answer.status === 304 ? { ok: true, value: null } : answer;
}

/** Replaces the agenda if it still has this version; else the code is `agenda-moved`. Answers with the new version. */
export async function writeAgenda(
  board: string,
  person: string,
  items: readonly AgendaItem[],
  version: number,
): Promise<Answer<number>> {
  const path = boardPath(board, person, '/agenda');
  const answer = await ask('PUT', path, versionSchema, { items }, { 'If-Match': etagOf(version) });
  return answer.ok ? { ok: true, value: answer.value.version } : answer;
}

/** What the server answers with as the agenda's entity tag. */
const etagOf = (version: number) => `"${version}"`;

/** Waits between the attempts to send a command, in milliseconds. */
const retriesMs = [300, 1_000, 3_000];

/**
 * Does an act. If no answer comes, sends the same command again, with the same id, so that it is done once.
 * @param from the item that the person saw running, for acts that depend on it
 */
export async function command(
  board: string,
  person: string,
  act: Act,
  from?: string | null,
): Promise<Answer<unknown>> {
  const path = boardPath(board, person, '/session');
  const body = { ...act, id: newId(16), ...(from !== undefined && { from }) };
  for (const waitMs of [...retriesMs, null]) {
    const answer = await ask('POST', path, versionSchema, body);
    if (answer.ok || answer.code !== 'unreachable' || waitMs === null) return answer;
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
  throw new Error('The last attempt returns its answer.');
}

/** The facilitators' log, newest first. */
export async function readLog(board: string, person: string): Promise<Answer<readonly LogLine[]>> {
  const schema = v.object({ lines: v.array(logLineSchema) });
  const answer = await ask('GET', boardPath(board, person, '/session/log'), schema);
  return answer.ok ? { ok: true, value: answer.value.lines } : answer;
}
