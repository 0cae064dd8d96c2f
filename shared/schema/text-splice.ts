import * as Y from 'yjs';
import type { Collection } from './collection.ts';
import { storedRecord, textOf } from './read.ts';
import { writingLabel } from './command.ts';
import type { Editor } from './editor.ts';

/** One replacement within a text: at `index`, `remove` characters (UTF-16 units) give way to `insert`. */
export interface Splice {
  readonly index: number;
  readonly remove: number;
  readonly insert: string;
}

/** The one splice that turns `before` into `after`, nearest to where the caret is after typing. */
export function spliceBetween(before: string, after: string, caret = after.length): Splice {
  const mostSuffix = Math.min(before.length, after.length, Math.max(0, after.length - caret));
  let suffix = 0;
  while (suffix < mostSuffix && before.at(-1 - suffix) === after.at(-1 - suffix)) suffix++;
  let prefix = 0;
  const mostPrefix = Math.min(before.length, after.length) - suffix;
  while (prefix < mostPrefix && before[prefix] === after[prefix]) prefix++;
  // Never cut a surrogate pair in two: half a character cannot be stored.
  if (prefix > 0 && isHighSurrogate(before.charCodeAt(prefix - 1))) prefix--;
  if (suffix > 0 && isLowSurrogate(before.charCodeAt(before.length - suffix))) suffix--;
  return {
    index: prefix,
    remove: before.length - suffix - prefix,
    insert: after.slice(prefix, after.length - suffix),
  };
}

/**
 * The text of a field, to be written in; null where there is no such record. A record that another program made
 * without it is given one: what a person types must not go nowhere.
 */
export function ensureText(editor: Editor, of: Collection, id: string, field: string): Y.Text | null {
  const record = storedRecord(editor.doc, of, id);
  if (record && !record.has(field)) editor.prepare(() => record.set(field, new Y.Text()));
  return textOf(editor.doc, of, id, field);
}

/** Replaces the whole of a text field by the least splice. */
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
