import * as v from 'valibot';
import { maxTitleText } from '../limits.ts';
import type { RecordOf } from '../schema/collection.ts';
import { records } from '../schema/collection.ts';
import { colorSchema, line, orderSchema, value } from '../schema/field.ts';
import { command } from '../schema/command.ts';
import { addRecord, setField, setGone } from '../schema/editor.ts';
import { onlyKey, placeAtEnd } from '../schema/placing.ts';
import { readAll } from '../schema/read.ts';

/** A persona has a colour and a shape, so that colour is never the only sign. */
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

/**
 * Meet WCAG AA on both paper colours, and are distinguishable for colour-blind people. A shape is drawn beside each.
 */
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

export const personas = records('personas', {
  about: 'the kinds of customers',
  add: 'structure',
  fields: {
    name: line(maxTitleText),
    role: line(maxTitleText),
    color: value(colorSchema, '#40618f'),
    shape: value(v.picklist(personaShapes), 'circle'),
    order: value(orderSchema, ''),
  },
});
export type Persona = RecordOf<typeof personas.fields>;

/** Adds a persona after the others, with the first colour and shape that no other persona has. Returns its id. */
export const addPersona = command('add-persona', (step, name: string) => {
  const others = readAll(step.doc, personas);
  const color = personaColors.find((c) => !others.some((p) => p.color === c)) ?? personaColors[0];
  const shape = personaShapes.find((s) => !others.some((p) => p.shape === s)) ?? personaShapes[0];
  const placing = placeAtEnd(1, others);
  return addRecord(step, personas, { name, color, shape, order: onlyKey(placing) }, () => {
    for (const { id, order } of placing.shifted) setField(step, personas, id, 'order', order);
  });
});

export const recolorPersona = command('recolor-persona', (step, id: string, color: string) =>
  step.change(() => setField(step, personas, id, 'color', color)),
);

/** Removes a persona. Cards keep their mark, so that undo restores everything. */
export const removePersona = command('remove-persona', (step, id: string) =>
  step.change(() => setGone(step, personas, id, true)),
);
