import * as v from 'valibot';
import { parseJson } from '$shared/json.ts';
import { roles } from '$shared/roles.ts';
import { startViews } from '$shared/views.ts';

/**
 * The server's HTTP interface (docs/API.md): one function per route, one file per resource. Errors are values. `code`
 * is the server's code, `unreachable` if no answer came, or `malformed` if the answer did not come from our server.
 */
export type Answer<T> = { readonly ok: true; readonly value: T } | Failure;
export interface Failure {
  readonly ok: false;
  readonly code: string;
  readonly message: string;
  /** The HTTP status; 0 if no answer came. */
  readonly status: number;
}

export const startSchema = v.picklist(startViews);
export const roleSchema = v.picklist(roles);
const errorSchema = v.object({ error: v.object({ code: v.string(), message: v.string() }) });

/** @param person the id of this page's person on the board */
export function boardPath(board: string, person: string, rest = ''): string {
  return `/api/boards/${encodeURIComponent(board)}${rest}?seat=${encodeURIComponent(person)}`;
}

export async function ask<T>(
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
    const text = await response.text();
    // The answer to a DELETE has no body.
    content = text === '' ? null : parseJson(text);
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
