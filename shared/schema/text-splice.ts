import * as Y from 'yjs';
import type { Collection } from './collection.ts';
import { storedRecord, textOf } from './read.ts';
import { oneLine, oneLineInPlace } from '../text/lines.ts';
import { spliceBetween } from '../text/splice.ts';
import { writingLabel } from './command.ts';
import type { Editor } from './editor.ts';
import { isLine } from './field.ts';

/**
 * Returns the text of a field, to write in; null if there is no such record. Creates the text if another program made
 * the record without it, so that nothing that a person types is lost.
 */
export function ensureText(editor: Editor, of: Collection, id: string, field: string): Y.Text | null {
  const record = storedRecord(editor.doc, of, id);
  if (record && !record.has(field)) editor.prepare(() => record.set(field, new Y.Text()));
  return textOf(editor.doc, of, id, field);
}

/** Replaces a whole text field, by the smallest splice. A one-line field gets one line. */
export function writeText(editor: Editor, of: Collection, id: string, field: string, next: string): void {
  const text = ensureText(editor, of, id, field);
  if (!text) return;
  const now = text.toJSON();
  // In place, so that line ends that another program wrote stay unless they are part of the change.
  const splice = isLine(of.fields[field])
    ? spliceBetween(oneLineInPlace(now), oneLine(next))
    : spliceBetween(now, next);
  if (splice.remove === 0 && splice.insert === '') return;
  editor.change(writingLabel(of.name, id, field), () => {
    if (splice.remove > 0) text.delete(splice.index, splice.remove);
    if (splice.insert !== '') text.insert(splice.index, splice.insert);
  });
}
