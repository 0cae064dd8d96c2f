import * as v from 'valibot';
import { isEqual } from '../../../shared/schema/equal.ts';

/** Whether a value is what the schema makes of it: what a schema would drop may be of any size. */
export function fits(schema: v.GenericSchema, value: unknown): boolean {
  const parsed = v.safeParse(schema, value);
  return parsed.success && isEqual(parsed.output, value);
}
