import * as Y from 'yjs';
import type { Collection, ValueCollection } from '../../../shared/schema/collection.ts';
import type { Field } from '../../../shared/schema/field.ts';
import type { DocumentDefinition } from '../../../shared/schema/document.ts';
import { collectionIn } from '../../../shared/schema/document.ts';
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
}

/** The records of the changes in one update. Each is looked up on demand, because it is rarely needed. */
export class Records {
  readonly #definition: DocumentDefinition;
  readonly #changes: readonly Change[];
  /** The authors of records that the update creates, by root and id; null until first needed. */
  #authors: ReadonlyMap<string, string> | null = null;

  /** @param changes of the update; an author is found once all of them are added */
  constructor(definition: DocumentDefinition, changes: readonly Change[]) {
    this.#definition = definition;
    this.#changes = changes;
  }

  /** The record of a change in this collection; null if there is none, as for a value. */
  of(change: Change, collection: Collection | ValueCollection | null): TouchedRecord | null {
    if (collection?.kind !== 'records') return null;
    const home = pathOfRecord(change.home);
    const id = home ? home.key : change.key;
    if (id === null) return null;
    if (home ? home.type === null : isMaking(change)) {
      this.#authors ??= authorsIn(this.#definition, this.#changes);
      return {
        id,
        author: this.#authors.get(`${change.home.root}/${id}`) ?? null,
        isNew: true,
        isLocked: false,
      };
    }
    return storedRecord(id, collection, home ? home.type : entryIn(change.home, id));
  }
}

/** A stored record, described by the fields of its collection. */
export function storedRecord(id: string, collection: Collection, stored: unknown): TouchedRecord {
  const { author, lock } = signsOf(collection);
  const valueOf = (name: string | null): unknown =>
    name !== null && stored instanceof Y.Map ? stored.get(name) : undefined;
  const name = valueOf(author);
  return {
    id,
    author: typeof name === 'string' && name !== '' ? name : null,
    isNew: false,
    isLocked: valueOf(lock) === true,
  };
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
