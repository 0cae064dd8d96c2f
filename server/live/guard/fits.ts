import * as v from 'valibot';

/** True if the schema returns the value unchanged. Otherwise extra content, of any size, would be stored. */
export function fits(schema: v.GenericSchema, value: unknown): boolean {
  const parsed = v.safeParse(schema, value);
  return parsed.success && isSame(parsed.output, value);
}

function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const right = b as Readonly<Record<string, unknown>>;
  const left = Object.entries(a);
  return (
    left.length === Object.keys(right).length &&
    left.every(([key, item]) => Object.hasOwn(right, key) && isSame(item, right[key]))
  );
}
