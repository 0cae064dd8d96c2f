import * as Y from 'yjs';
import type { Collection, ValueCollection } from './collection.ts';
import { rootOf } from './read.ts';

/**
 * Finds the ids of one collection that the others name, according to their definitions: members of sets, and ids at any
 * depth of a value. Removed records name nothing.
 */
export function idsNamed(
  doc: Y.Doc,
  definitions: Iterable<Collection | ValueCollection>,
  to: string,
): ReadonlySet<string> {
  const found = new Set<string>();
  for (const of of definitions) {
    const visits = of.kind === 'records' ? visitsOfRecord(of, to) : [visitOf(of.schema, to)];
    if (visits.every((visit) => visit === null)) continue;
    for (const stored of rootOf(doc, of).values()) {
      if (stored instanceof Y.Map && stored.get('gone') === true) continue;
      for (const visit of visits) visit?.(stored, found);
    }
  }
  return found;
}

/** Adds the ids that a stored value names. Built once per schema, run for each value. */
type Visit = (stored: unknown, found: Set<string>) => void;

function visitsOfRecord({ fields }: Collection, to: string): (Visit | null)[] {
  return Object.entries(fields).map(([name, field]) => {
    const visit = field.kind === 'value' ? visitOf(field.schema, to) : null;
    if (visit) return (record, found) => record instanceof Y.Map && visit(record.get(name), found);
    if (field.kind !== 'set' || field.to !== to) return null;
    return (record, found) => {
      const members: unknown = record instanceof Y.Map ? record.get(name) : null;
      if (members instanceof Y.Map) for (const id of members.keys()) found.add(id);
    };
  });
}

/** A valibot schema, with the properties that show where ids occur in its values. */
interface SchemaParts {
  readonly pipe?: readonly { readonly type: string; readonly metadata?: unknown }[];
  readonly wrapped?: unknown;
  readonly item?: unknown;
  readonly options?: readonly unknown[];
  readonly entries?: Readonly<Record<string, unknown>>;
}

/** Null if no value of the schema can name a record of the collection. */
function visitOf(schema: unknown, to: string): Visit | null {
  if (typeof schema !== 'object' || schema === null) return null;
  const parts = schema as SchemaParts;
  if (parts.pipe?.some(({ type, metadata }) => type === 'metadata' && isTo(metadata, to)))
    return (stored, found) => typeof stored === 'string' && stored !== '' && found.add(stored);
  if (parts.entries) {
    const inner = Object.entries(parts.entries).map(([key, part]) => [key, visitOf(part, to)] as const);
    if (inner.every(([, visit]) => visit === null)) return null;
    return (stored, found) => {
      if (typeof stored !== 'object' || stored === null) return;
      const values = new Map<string, unknown>(Object.entries(stored));
      for (const [key, visit] of inner) visit?.(values.get(key), found);
    };
  }
  if (parts.item) {
    const visit = visitOf(parts.item, to);
    return visit && ((stored, found) => Array.isArray(stored) && stored.forEach((one) => visit(one, found)));
  }
  const visits = [parts.wrapped, ...(parts.options ?? [])].flatMap((part) => visitOf(part, to) ?? []);
  return visits.length === 0 ? null : (stored, found) => visits.forEach((visit) => visit(stored, found));
}

const isTo = (metadata: unknown, to: string) =>
  typeof metadata === 'object' && metadata !== null && 'to' in metadata && metadata.to === to;
