import * as Y from 'yjs';
import type { Collection, NewRecord, ValueCollection } from '../../shared/schema/collection.ts';
import { buildRecord } from '../../shared/schema/collection.ts';
import type { StartView } from '../../shared/views.ts';
import { openRoots, schemaVersion } from '../../shared/documents.ts';
import { rootOf } from '../../shared/schema/read.ts';
import type { Field } from '../../shared/schema/field.ts';
import { newId } from '../../shared/id.ts';

/** A board document under construction: add records with random ids, then take it as one update. */
export class Draft {
  readonly #doc = new Y.Doc();

  constructor(start: StartView) {
    openRoots(this.#doc);
    const meta = this.#doc.getMap('meta');
    meta.set('schema', schemaVersion);
    meta.set('start', start);
  }

  /** Adds a record. Returns its id. */
  add<F extends Record<string, Field>>(to: Collection<F>, fields: NewRecord<F>): string {
    const id = newId();
    rootOf(this.#doc, to).set(id, buildRecord(to, fields));
    return id;
  }

  /** Sets a value under its key. */
  state<T>(in_: ValueCollection<T>, key: string, value: T): void {
    rootOf(this.#doc, in_).set(key, value);
  }

  toUpdate(): Uint8Array {
    return Y.encodeStateAsUpdate(this.#doc);
  }
}
