import * as v from 'valibot';

/** Parses JSON. Undefined if the text is malformed; no JSON means undefined. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Parses JSON of a known shape. Undefined if the text is malformed, or if its value does not match the schema. */
export function parseJsonAs<T>(schema: v.GenericSchema<unknown, T>, text: string): T | undefined {
  const value = parseJson(text);
  if (value === undefined) return undefined;
  const parsed = v.safeParse(schema, value);
  return parsed.success ? parsed.output : undefined;
}
