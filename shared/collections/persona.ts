import * as v from 'valibot';
import { maxTitleText } from '../limits.ts';
import type { RecordOf } from '../schema/collection.ts';
import { collection } from '../schema/collection.ts';
import { colorSchema, orderSchema, text, value } from '../schema/field.ts';

/** A persona is told by a colour and a shape, so that colour is never the only sign. */
export const personaShapes = [
  'circle',
  'square',
  'triangle',
  'diamond',
  'hexagon',
  'star',
  'drop',
  'cross',
] as const;
export type PersonaShape = (typeof personaShapes)[number];

/** AA against both papers, apart for the colour-blind; a shape stands beside each. */
export const personaColors = [
  '#c2415a',
  '#1f78a8',
  '#8a5a00',
  '#5b3df5',
  '#0b7a55',
  '#a0397f',
  '#40618f',
  '#6b5b4b',
] as const;

export const personas = collection('personas', 'structure', {
  name: text(maxTitleText),
  role: text(maxTitleText),
  color: value(colorSchema, '#40618f'),
  shape: value(v.picklist(personaShapes), 'circle'),
  order: value(orderSchema, ''),
});
export type Persona = RecordOf<typeof personas.fields>;
