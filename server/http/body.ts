import type { Context } from 'hono';
import * as v from 'valibot';
import { parseJson } from '../../shared/json.ts';
import { codeOf } from '../errors.ts';
import { Problem } from './problem.ts';

/** The largest body that is read. The largest honest one is a title and a link. */
export const maxBodyBytes = 64 * 1024;

/**
 * Reads the JSON body of a request, whatever its Content-Type says.
 * @throws Problem `not-json`, or `invalid` naming the first field that is wrong.
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
  // JSON has no undefined: where the schema met one, nothing was sent.
  const wrong = issue.input === undefined ? 'is missing' : issue.message;
  throw new Problem('invalid', { message: `${field}: ${wrong}` });
}

/** The body as text. Whoever hangs up in the middle of one has sent none, which is no fault of the server. */
async function wholeText(c: Context): Promise<string> {
  try {
    return await c.req.text();
  } catch (error) {
    throw codeOf(error) === 'ECONNRESET' ? new Problem('not-json') : error;
  }
}
