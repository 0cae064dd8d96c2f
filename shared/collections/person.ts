import * as v from 'valibot';
import { maxPersonName } from '../limits.ts';
import { roles } from '../roles.ts';
import type { RecordOf } from '../schema/collection.ts';
import { records } from '../schema/collection.ts';
import { colorSchema, value } from '../schema/field.ts';

export { personColors } from './person-colors.ts';

/**
 * Everyone who has been on the board, so that authors keep their names after they leave. Only the server writes here: a
 * person's identity comes from their session, not from what they send.
 */
export const people = records('people', {
  about: 'everyone who has been on the board',
  add: 'server',
  fields: {
    name: value(v.pipe(v.string(), v.maxLength(maxPersonName)), ''),
    color: value(colorSchema, '#40618f'),
    role: value(v.picklist(roles), 'observer'),
  },
});
export type Person = RecordOf<typeof people.fields>;
