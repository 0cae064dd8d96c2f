import type { Context } from 'hono';
import * as v from 'valibot';
import { parseJson } from '../../shared/json.ts';
import { codeOf } from '../errors.ts';
import { Problem } from './problem.ts';

/** The largest accepted body, except for an agenda. The largest honest one holds a title and a link. */
export const maxBodyBytes = 64 * 1024;
/** The largest agenda: 60 items with instructions of a paragraph in five languages are about 100 KiB. */
export const maxAgendaBytes = 128 * 1024;

/**
 * Reads the JSON body of a request. Ignores its Content-Type.
 * @throws Problem `not-json`, or `invalid`, which names the first wrong field
 */
export async function readBody<T>(c: Context, schema: v.GenericSchema<unknown, T>): Promise<T> {
  const body = parseJson(await wholeText(c));
  if (body === undefined) throw new Problem('not-json');
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new Problem('invalid', { message: 'The body must be a JSON object.' });
  }
  const parsed = v.safeParse(schema, body);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const field = v.getDotPath(issue) ?? 'body';
  const wrong = wrongOf(issue);
  throw new Problem('invalid', { message: `${field}: ${wrong}` });
}

/** What is wrong with a field. Does not quote its value, because messages may be logged. */
function wrongOf({ input, expected, message }: v.BaseIssue<unknown>): string {
  // JSON has no undefined, so an undefined input means that the field is missing.
  if (input === undefined) return 'is missing';
  if (expected === 'never') return 'is not known';
  return message.replace(/ but received .*$/s, '');
}

/** Reads the body as text. A client that disconnects halfway is not a server error: its body counts as `not-json`. */
async function wholeText(c: Context): Promise<string> {
  try {
    return await c.req.text();
  } catch (error) {
    throw codeOf(error) === 'ECONNRESET' ? new Problem('not-json') : error;
  }
}
