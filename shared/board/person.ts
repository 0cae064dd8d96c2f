import * as v from 'valibot';
import { maxPersonName } from '../limits.ts';
import { roles } from '../roles.ts';
import type { RecordOf } from './collection.ts';
import { collection } from './collection.ts';
import { colorSchema, value } from './field.ts';

/** Eight colours a person chooses from when joining; the shape is drawn beside the name. */
export const personColors = [
  { id: 'violet', color: '#5b3df5', shape: 'circle' },
  { id: 'teal', color: '#0b7a75', shape: 'square' },
  { id: 'rose', color: '#c2334d', shape: 'triangle' },
  { id: 'blue', color: '#1f6fb2', shape: 'diamond' },
  { id: 'amber', color: '#9a5b00', shape: 'hexagon' },
  { id: 'plum', color: '#8e3b8c', shape: 'star' },
  { id: 'green', color: '#2f7a3b', shape: 'drop' },
  { id: 'brown', color: '#7a4e2d', shape: 'cross' },
] as const;

/**
 * Everyone who has been on the board, so that an author has a name when they have left.
 * Only the server writes here: who someone is comes from their session, not from what they send.
 */
export const people = collection('people', null, {
  name: value(v.pipe(v.string(), v.maxLength(maxPersonName)), ''),
  color: value(colorSchema, '#40618f'),
  role: value(v.picklist(roles), 'observer'),
});
export type Person = RecordOf<typeof people.fields>;
