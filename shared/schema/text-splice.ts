import * as Y from 'yjs';
import type { Collection } from './collection.ts';
import { storedRecord, textOf } from './read.ts';
import { writingLabel } from './command.ts';
import type { Editor } from './editor.ts';

/** One replacement within a text: at `index`, `insert` replaces `remove` characters (UTF-16 units). */
export interface Splice {
  readonly index: number;
  readonly remove: number;
  readonly insert: string;
}

/** Returns the splice that turns `before` into `after`, as close as possible to the caret after typing. */
export function spliceBetween(before: string, after: string, caret = after.length): Splice {
  const mostSuffix = Math.min(before.length, after.length, Math.max(0, after.length - caret));
  let suffix = 0;
  while (suffix < mostSuffix && before.at(-1 - suffix) === after.at(-1 - suffix)) suffix++;
  let prefix = 0;
  const mostPrefix = Math.min(before.length, after.length) - suffix;
  while (prefix < mostPrefix && before[prefix] === after[prefix]) prefix++;
  // Never split a surrogate pair: Yjs cannot store half a character.
  if (prefix > 0 && isHighSurrogate(before.charCodeAt(prefix - 1))) prefix--;
  if (suffix > 0 && isLowSurrogate(before.charCodeAt(before.length - suffix))) suffix--;
  return {
    index: prefix,
    remove: before.length - suffix - prefix,
    insert: after.slice(prefix, after.length - suffix),
  };
}

/**
 * Returns the text of a field, to write in; null if there is no such record. Creates the text if another program made
 * the record without it, so that nothing that a person types is lost.
 */
export function ensureText(editor: Editor, of: Collection, id: string, field: string): Y.Text | null {
  const record = storedRecord(editor.doc, of, id);
  if (record && !record.has(field)) editor.prepare(() => record.set(field, new Y.Text()));
  return textOf(editor.doc, of, id, field);
}

/** Replaces a whole text field, by the smallest splice. */
export function writeText(editor: Editor, of: Collection, id: string, field: string, next: string): void {
  const text = ensureText(editor, of, id, field);
  if (!text) return;
  const splice = spliceBetween(text.toJSON(), next);
  if (splice.remove === 0 && splice.insert === '') return;
  editor.change(writingLabel(of.name, id, field), () => {
    if (splice.remove > 0) text.delete(splice.index, splice.remove);
    if (splice.insert !== '') text.insert(splice.index, splice.insert);
  });
}

const isHighSurrogate = (unit: number) => unit >= 0xd800 && unit <= 0xdbff;
const isLowSurrogate = (unit: number) => unit >= 0xdc00 && unit <= 0xdfff;
