import type * as Y from 'yjs';
import { buildRecord } from '../../shared/board/collection.ts';
import { rootOf, storedRecord } from '../../shared/board/document.ts';
import { people } from '../../shared/board/person.ts';
import { PlainEditor, setField } from '../../shared/commands/editor.ts';
import type { Seat } from '../access/seat.ts';

/** Writes who someone is into the board, as their seat says; changes nothing where it stands there already. */
export function introduce(doc: Y.Doc, { person, name, color, role }: Seat): void {
  if (!storedRecord(doc, people, person)) {
    rootOf(doc, people).set(person, buildRecord(people, { name, color, role }));
    return;
  }
  const editor = new PlainEditor(doc, '');
  for (const [field, value] of Object.entries({ name, color, role }))
    setField(editor, people, person, field, value);
}
