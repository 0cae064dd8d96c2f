import * as encoding from 'lib0/encoding';
import type { DocumentDefinition } from '../../../shared/schema/document.ts';
import { collectionIn } from '../../../shared/schema/document.ts';
import type { Place } from '../../../shared/wire/protocol.ts';
import type { Additions } from '../room/allowances.ts';
import type { Change, ClockRange } from './changes.ts';
import type { TypePath } from './type-paths.ts';

/** How an update is put back: its clocks come into the document, its content does not. */
export interface PutBack {
  /** What the update would have changed. */
  readonly places: readonly Place[];
  /** True if the update only adds, so that its content can be deleted again. */
  readonly isAddition: boolean;
  /** Its new clocks. */
  readonly clocks: readonly ClockRange[];
  /** New client ids and their owners; null if there are none. */
  readonly owners: ReadonlyMap<number, string> | null;
  /** The client ids that it writes under. */
  readonly writers: readonly number[];
  /** Its cost for the main thread, in microseconds by `tariff`. */
  readonly weight: number;
  /** What stays of it for good if it is taken out: client ids, keys and a few bytes. */
  readonly additions: Additions;
}

/**
 * True if a change adds where nothing was: letters in a text of the document, or a record with an id that no record
 * ever had, with its fields. Two people may add the same member of a set or the same value, so these are no additions.
 */
export function isAddition(definition: DocumentDefinition, change: Change): boolean {
  const { does, home, content } = change;
  const record = recordPath(home);
  if (record?.type === null) return does === 'insert' || change.isFresh;
  if (does === 'remove') return false;
  const collection = collectionIn(definition, home.root);
  if (collection?.kind !== 'records') return false;
  if (home.depth === 0) return !change.isTaken && content.kind === 'type';
  return home.depth === 2 && content.kind === 'string' && collection.fields[home.key ?? '']?.kind === 'text';
}

/** The places of changes, each once. A record that the update creates is one place. */
export function placesOf(changes: readonly Change[]): Place[] {
  const places = new Map<string, Place>();
  for (const { home, key } of changes) {
    const record = recordPath(home);
    const id = (record ? record.key : key) ?? '';
    const field =
      !record || record.type === null ? '' : ((home.depth === 1 ? key : fieldPath(home).key) ?? '');
    const place = { collection: home.root, record: id, field };
    places.set(`${place.collection}/${id}/${field}`, place);
  }
  return [...places.values()];
}

/** An update with these clocks as collected structs: nothing of what they held. */
export function emptiedUpdate(clocks: readonly ClockRange[]): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, clocks.length);
    for (const { client, from, to } of clocks) {
      for (const number of [1, client, from]) encoding.writeVarUint(encoder, number);
      encoding.writeUint8(encoder, 0);
      encoding.writeVarUint(encoder, to - from);
    }
    encoding.writeVarUint(encoder, 0);
  });
}

/** An update that deletes these clocks. */
export function deletingUpdate(clocks: readonly ClockRange[]): Uint8Array {
  return encoding.encode((encoder) => {
    for (const number of [0, clocks.length]) encoding.writeVarUint(encoder, number);
    for (const { client, from, to } of clocks)
      for (const number of [client, 1, from, to - from]) encoding.writeVarUint(encoder, number);
  });
}

/** The path of the record at or around a path; null for a root. */
function recordPath(home: TypePath): TypePath | null {
  let at = home;
  while (at.outer && at.depth > 1) at = at.outer;
  return at.depth === 1 ? at : null;
}

/** The path of the field at or around a path inside a record. */
function fieldPath(home: TypePath): TypePath {
  let at = home;
  while (at.outer && at.depth > 2) at = at.outer;
  return at;
}
