import * as Y from 'yjs';
import type { Collection, ValueCollection } from '../../../shared/schema/collection.ts';
import type { Field } from '../../../shared/schema/field.ts';
import type { DocumentDefinition } from '../../../shared/schema/document.ts';
import { collectionIn } from '../../../shared/schema/document.ts';
import { storedRecord as storedIn } from '../../../shared/schema/read.ts';
import type { Change } from './changes.ts';
import type { TypePath } from './type-paths.ts';

/** The record that a change creates or is in. */
export interface TouchedRecord {
  readonly id: string;
  /** The author, from the field with `by: 'author'`; null if it is empty or there is no such field. */
  readonly author: string | null;
  /** True if the update creates it. */
  readonly isNew: boolean;
  /** True if a field with `locks` is true in the document. A record that the update creates is never locked. */
  readonly isLocked: boolean;
  /** The plain value of a field before the update; undefined if there was none. */
  valueOf(field: string): unknown;
  /** True if the record was created as removed, and has not been shown since. */
  wasNeverShown(): boolean;
}

/** The records of the changes in one update. Each is looked up on demand, because it is rarely needed, and once. */
export class Records {
  readonly #doc: Y.Doc;
  readonly #definition: DocumentDefinition;
  readonly #changes: readonly Change[];
  /** The records found so far, by the path of their fields. During one update, each record has one path object. */
  readonly #known = new Map<TypePath, TouchedRecord>();
  /** The authors of records that the update creates, by root and id; null until first needed. */
  #authors: ReadonlyMap<string, string> | null = null;

  /** @param changes of the update; an author is found once all of them are added */
  constructor(doc: Y.Doc, definition: DocumentDefinition, changes: readonly Change[]) {
    this.#doc = doc;
    this.#definition = definition;
    this.#changes = changes;
  }

  /** The record of a change in this collection; null if there is none, as for a value. */
  of(change: Change, collection: Collection | ValueCollection | null): TouchedRecord | null {
    if (collection?.kind !== 'records') return null;
    const home = pathOfRecord(change.home);
    const known = home && this.#known.get(home);
    if (known) return known;
    const id = home ? home.key : change.key;
    if (id === null) return null;
    const isNew = home ? home.type === null : isMaking(change);
    const record = isNew
      ? this.#made(change.home.root, id)
      : storedRecord(id, collection, home ? home.type : entryIn(change.home, id));
    if (home) this.#known.set(home, record);
    return record;
  }

  /** True if the document has this record of a collection, and it is not removed. */
  isThere(collection: string, id: string): boolean {
    const stored = storedIn(this.#doc, { name: collection }, id);
    return stored !== null && stored.get('gone') !== true;
  }

  /** True if the document has this record of a collection, not removed, and a field locks it. */
  isLocked(collection: string, id: string): boolean {
    const of = collectionIn(this.#definition, collection);
    if (of?.kind !== 'records') return false;
    const { lock } = signsOf(of);
    const stored = lock === null ? null : storedIn(this.#doc, of, id);
    return lock !== null && stored?.get(lock) === true && stored.get('gone') !== true;
  }

  #made(root: string, id: string): TouchedRecord {
    this.#authors ??= authorsIn(this.#definition, this.#changes);
    return new FoundRecord(id, this.#authors.get(`${root}/${id}`) ?? null, true, false, null);
  }
}

class FoundRecord implements TouchedRecord {
  readonly id: string;
  readonly author: string | null;
  readonly isNew: boolean;
  readonly isLocked: boolean;
  readonly #stored: Y.Map<unknown> | null;

  constructor(
    id: string,
    author: string | null,
    isNew: boolean,
    isLocked: boolean,
    stored: Y.Map<unknown> | null,
  ) {
    this.id = id;
    this.author = author;
    this.isNew = isNew;
    this.isLocked = isLocked;
    this.#stored = stored;
  }

  valueOf(field: string): unknown {
    return this.#stored?.get(field);
  }

  wasNeverShown(): boolean {
    const mark = this.#stored?._map.get('gone');
    return mark?.left === null && this.#stored?.get('gone') === true;
  }
}

/** A stored record, described by the fields of its collection. */
export function storedRecord(id: string, collection: Collection, stored: unknown): TouchedRecord {
  const { author, lock } = signsOf(collection);
  const map = stored instanceof Y.Map ? (stored as Y.Map<unknown>) : null;
  const name = author === null ? undefined : map?.get(author);
  const isLocked = lock !== null && map?.get(lock) === true;
  return new FoundRecord(id, typeof name === 'string' && name !== '' ? name : null, false, isLocked, map);
}

/** The path of a record, at or around another path; null for a root. */
function pathOfRecord(home: TypePath): TypePath | null {
  let at = home;
  while (at.outer && at.depth > 1) at = at.outer;
  return at.depth === 1 ? at : null;
}

function isMaking(change: Change): boolean {
  return change.does === 'insert' || change.isFresh;
}

function entryIn({ type }: TypePath, key: string): unknown {
  return type instanceof Y.Map ? type.get(key) : undefined;
}

function authorsIn(definition: DocumentDefinition, changes: readonly Change[]): ReadonlyMap<string, string> {
  const authors = new Map<string, string>();
  for (const { does, home, key, content } of changes) {
    if (does === 'remove' || home.depth !== 1 || home.type !== null || content.kind !== 'values') continue;
    const collection = collectionIn(definition, home.root);
    if (collection?.kind !== 'records' || key === null) continue;
    if (key !== signsOf(collection).author) continue;
    const author = content.values.at(-1);
    if (typeof author === 'string' && author !== '') authors.set(`${home.root}/${home.key ?? ''}`, author);
  }
  return authors;
}

/** The fields of a collection that hold the author and the lock of a record; null if there are none. */
interface Signs {
  readonly author: string | null;
  readonly lock: string | null;
}

const known = new WeakMap<Collection, Signs>();

function signsOf(collection: Collection): Signs {
  const signs = known.get(collection) ?? findSigns(collection);
  known.set(collection, signs);
  return signs;
}

function findSigns({ fields }: Collection): Signs {
  const named = (is: (field: Field) => boolean) =>
    Object.entries<Field>(fields).find(([, field]) => is(field))?.[0] ?? null;
  return {
    author: named((field) => field.kind === 'value' && field.by === 'author'),
    lock: named((field) => field.kind === 'value' && field.locks === true),
  };
}
