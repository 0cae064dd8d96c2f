import * as Y from 'yjs';
import { buildRecord } from '../../shared/board/collection.ts';
import { collections, rootOf, storedRecord } from '../../shared/board/document.ts';
import { people } from '../../shared/board/person.ts';
import { PlainEditor, setField } from '../../shared/commands/editor.ts';
import { maxPeople, maxRecords } from '../../shared/limits.ts';
import { may } from '../../shared/roles.ts';
import type { Seat } from '../access/seat.ts';
import { pastEntries } from './tuning.ts';

/**
 * Writes who someone is into the board, as their seat says; changes nothing where it stands there already.
 * On a board that knows as many as it can, those who are not `present` and are named by no record make room
 * for a newcomer: nothing shows them any more, and who comes back is written again. `admit`: whether one more may be
 * written today. Returns false where there is no room; the newcomer is then not written. For a facilitator there is
 * room as long as there are keys: somebody must be able to tidy up.
 */
export function introduce(
  doc: Y.Doc,
  { person, name, color, role }: Seat,
  present: () => ReadonlySet<string>,
  admit: () => boolean,
): boolean {
  if (!storedRecord(doc, people, person)) {
    const leads = may(role, 'structure');
    if (!makePlace(doc, present, leads) || (!leads && !admit())) return false;
    rootOf(doc, people).set(person, buildRecord(people, { name, color, role }));
    return true;
  }
  const editor = new PlainEditor(doc, '');
  for (const [field, value] of Object.entries({ name, color, role }))
    setField(editor, people, person, field, value);
  return true;
}

/** All who can go, go at once: the search reads the whole board, which is too much for each newcomer. */
function makePlace(doc: Y.Doc, present: () => ReadonlySet<string>, leads: boolean): boolean {
  const root = rootOf(doc, people);
  // A deleted key stays in the document as a mark, so the keys that ever were have a bound too.
  if (root._map.size >= maxRecords * (leads ? pastEntries : 1)) return false;
  if (root.size < maxPeople) return true;
  const staying = present();
  const named = namesInUse(doc);
  for (const person of [...root.keys()]) if (!staying.has(person) && !named.has(person)) root.delete(person);
  return leads || root.size < maxPeople;
}

/** Every plain text that stands in a record: the ids of authors and owners are among them. */
function namesInUse(doc: Y.Doc): Set<string> {
  const found = new Set<string>();
  for (const of of Object.values(collections)) {
    if (of.kind !== 'records' || of.name === people.name) continue;
    for (const record of rootOf(doc, of).values()) {
      if (!(record instanceof Y.Map)) continue;
      for (const value of record.values()) if (typeof value === 'string') found.add(value);
    }
  }
  return found;
}
