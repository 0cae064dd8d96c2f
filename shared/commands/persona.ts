import { readAll } from '../schema/read.ts';
import { personaColors, personas, personaShapes } from '../collections/persona.ts';
import type { Editor } from '../schema/editor.ts';
import { addRecord, setField, setGone } from '../schema/editor.ts';
import { onlyKey, placeAtEnd } from '../schema/placing.ts';

/** Adds a persona after the others, in the first colour and shape that none of them has. Returns its id. */
export function addPersona(editor: Editor, name: string): string {
  const others = readAll(editor.doc, personas);
  const color = personaColors.find((c) => !others.some((p) => p.color === c)) ?? personaColors[0];
  const shape = personaShapes.find((s) => !others.some((p) => p.shape === s)) ?? personaShapes[0];
  const placing = placeAtEnd(1, others);
  return addRecord(editor, personas, 'add-persona', { name, color, shape, order: onlyKey(placing) }, () => {
    for (const { id, order } of placing.shifted) setField(editor, personas, id, 'order', order);
  });
}

export function recolorPersona(editor: Editor, id: string, color: string): void {
  editor.change('recolor-persona', () => setField(editor, personas, id, 'color', color));
}

/** Removes a persona; cards keep their mark, so that undo brings it all back. */
export function removePersona(editor: Editor, id: string): void {
  editor.change('remove-persona', () => setGone(editor, personas, id, true));
}
