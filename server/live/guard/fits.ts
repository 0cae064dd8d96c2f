import * as v from 'valibot';
import { isEqual } from '../../../shared/schema/equal.ts';

/** True if the schema returns the value unchanged. Otherwise extra content, of any size, would be stored. */
export function fits(schema: v.GenericSchema, value: unknown): boolean {
  const parsed = v.safeParse(schema, value);
  return parsed.success && isEqual(parsed.output, value);
}
