import * as Y from 'yjs';
import type { Collection, ValueCollection } from '../../shared/schema/collection.ts';
import { parseRecord, parseValue } from '../../shared/schema/collection.ts';
import type { DocumentDefinition } from '../../shared/schema/document.ts';
import { isEqual } from '../../shared/schema/equal.ts';
import { rootOf } from '../../shared/schema/read.ts';
import type { Field } from '../../shared/schema/field.ts';
import { beginning } from '../../shared/text/graphemes.ts';
import { openWhole } from './states.ts';

/** One record or value that an update would change, in terms of the board. */
export interface PreviewChange {
  readonly collection: string;
  /** The record's id, or the value's key. */
  readonly id: string;
  readonly kind: 'added' | 'changed' | 'removed';
  /** Its text after the change, shortened; empty if it has none. */
  readonly text: string;
  /** The id of the record's author; empty if it has none. */
  readonly author: string;
  /** The fields that differ; empty for an added or removed record. */
  readonly fields: readonly string[];
}

export interface Preview {
  readonly changes: readonly PreviewChange[];
  /** The total number; the list has the first 200. */
  readonly total: number;
}

const mostChanges = 200;
const mostChars = 200;

/**
 * Computes what an update would change in a document, without changing it.
 * @param current the state as one Yjs update; it may have an older layout
 * @throws if the state is not a whole document, or has a newer layout
 */
export function preview(definition: DocumentDefinition, current: Uint8Array, update: Uint8Array): Preview {
  const before = openWhole(current, definition);
  const after = openWhole(current, definition);
  try {
    Y.applyUpdate(after, update);
    const changes: PreviewChange[] = [];
    for (const of of Object.values(definition.collections)) {
      const [then, now] = [rootOf(before, of), rootOf(after, of)];
      for (const key of new Set([...then.keys(), ...now.keys()])) {
        const change =
          of.kind === 'records'
            ? recordChange(of, key, then.get(key), now.get(key))
            : valueChange(of, key, then.get(key), now.get(key));
        if (change) changes.push(change);
      }
    }
    return { changes: changes.slice(0, mostChanges), total: changes.length };
  } finally {
    before.destroy();
    after.destroy();
  }
}

function recordChange(of: Collection, id: string, then: unknown, now: unknown): PreviewChange | null {
  const before = plain(of, id, then);
  const after = plain(of, id, now);
  const shown = after ?? before;
  if (!shown) return null;
  const author = typeof shown.author === 'string' ? shown.author : '';
  const base = { collection: of.name, id, text: textOf(of, shown), author };
  if (!before || !after) return { ...base, kind: before ? 'removed' : 'added', fields: [] };
  const fields = Object.keys(of.fields).filter((name) => !isEqual(before[name], after[name]));
  return fields.length > 0 ? { ...base, kind: 'changed', fields } : null;
}

/** A record that exists and is not removed. */
function plain(of: Collection, id: string, stored: unknown): Readonly<Record<string, unknown>> | null {
  const record = parseRecord(of, id, stored);
  return record && !record.gone ? record : null;
}

/** The first of its texts that is not empty. */
function textOf(of: Collection, record: Readonly<Record<string, unknown>>): string {
  for (const [name, field] of Object.entries<Field>(of.fields)) {
    const text = field.kind === 'text' ? record[name] : '';
    if (typeof text === 'string' && text.trim() !== '') return beginning(text.trim(), mostChars);
  }
  // A person's name is not a shared text.
  return typeof record.name === 'string' ? beginning(record.name, mostChars) : '';
}

function valueChange(of: ValueCollection, key: string, then: unknown, now: unknown): PreviewChange | null {
  const before = then === undefined ? null : parseValue(of, then);
  const after = now === undefined ? null : parseValue(of, now);
  if (isEqual(before, after)) return null;
  const kind = before === null ? 'added' : after === null ? 'removed' : 'changed';
  return { collection: of.name, id: key, kind, text: '', author: '', fields: [] };
}
