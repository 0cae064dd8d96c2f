import * as v from 'valibot';
import * as Y from 'yjs';
import type { Collection } from '$shared/schema/collection.ts';
import { parseRecord } from '$shared/schema/collection.ts';
import type { Field } from '$shared/schema/field.ts';
import { board } from '$shared/documents.ts';
import { collectionIn } from '$shared/schema/document.ts';
import { isEqual } from '$shared/schema/equal.ts';
import { readRecord, rootOf } from '$shared/schema/read.ts';
import { phases } from '$shared/collections/phase.ts';

/** Characters of a name: enough to know a record by. Its texts are kept whole. */
const mostName = 120;

/** Where a card was; `step` null is the whole phase. */
const cellSchema = v.object({ lane: v.string(), phase: v.string(), step: v.nullable(v.string()) });

/** A record that edits have changed, as it reads after them: how they can be told to a person, in words. */
export const touchedSchema = v.object({
  /** The collection and the id; both empty for a text of which nothing more is known. */
  of: v.string(),
  id: v.string(),
  /** Whether the edits made the record. */
  isNew: v.boolean(),
  /** What people know it by: the text of a card, a title, a name. */
  name: v.string(),
  /** The cell of a card; null for all else. */
  cell: v.nullable(cellSchema),
  /** The text fields that were changed, by name. */
  texts: v.array(v.tuple([v.string(), v.string()])),
  /** Other fields that were changed, by name: plain JSON, a set as its sorted ids. A value has no field: its name is empty. */
  values: v.array(v.tuple([v.string(), v.unknown()])),
});
export type Touched = v.InferOutput<typeof touchedSchema>;

/** A text of which is not known where it belongs: an earlier release kept it so. */
export function looseText(text: string): Touched {
  return { of: '', id: '', isNew: false, name: '', cell: null, texts: [['', text]], values: [] };
}

/** The texts in it that say something. */
export function textsIn(touched: Touched): readonly (readonly [field: string, text: string])[] {
  return touched.texts.filter(([, text]) => text.trim() !== '');
}

type AnyType = Parameters<typeof Y.findRootTypeKey>[0];

interface Touch {
  readonly of: string;
  readonly id: string;
  isNew: boolean;
  readonly fields: Set<string>;
}

/** Collects which records and fields transactions change, to be read when it is asked what they were. */
export class Touches {
  readonly #doc: Y.Doc;
  readonly #touches = new Map<string, Touch>();

  constructor(doc: Y.Doc) {
    this.#doc = doc;
  }

  get isEmpty(): boolean {
    return this.#touches.size === 0;
  }

  note(transaction: Y.Transaction): void {
    for (const [type, keys] of transaction.changed) {
      const [of, id, field] = pathTo(type);
      if (of === undefined) continue;
      if (id === undefined) {
        for (const key of keys) if (key !== null) this.#touch(of, key).isNew = true;
      } else if (field !== undefined) this.#touch(of, id).fields.add(field);
      else for (const key of keys) if (key !== null) this.#touch(of, id).fields.add(key);
    }
  }

  /** Collects what the document has beyond a state, by client id: whoever made it. */
  noteBeyond(state: ReadonlyMap<number, number>): void {
    for (const [client, structs] of this.#doc.store.clients) {
      const from = state.get(client) ?? 0;
      const last = structs.at(-1);
      if (!last || last.id.clock + last.length <= from) continue;
      for (const struct of structs) {
        if (!(struct instanceof Y.Item) || struct.id.clock + struct.length <= from) continue;
        if (!(struct.parent instanceof Y.AbstractType)) continue;
        const [of, id, field] = pathTo(struct.parent);
        if (of === undefined) continue;
        const key = struct.parentSub;
        if (id === undefined && key !== null) this.#touch(of, key).isNew = true;
        else if (id !== undefined && (field ?? key) !== null)
          this.#touch(of, id).fields.add(field ?? key ?? '');
      }
    }
  }

  /** Takes in what another has collected. */
  add(others: Touches): void {
    for (const { of, id, isNew, fields } of others.#touches.values()) {
      const touch = this.#touch(of, id);
      touch.isNew ||= isNew;
      for (const field of fields) touch.fields.add(field);
    }
  }

  /** The records as they read now. A record that was made and taken away again without a word is left out. */
  read(): Touched[] {
    return [...this.#touches.values()].flatMap((touch) => this.#read(touch) ?? []);
  }

  clear(): void {
    this.#touches.clear();
  }

  #touch(of: string, id: string): Touch {
    const key = `${of}/${id}`;
    let touch = this.#touches.get(key);
    if (!touch) this.#touches.set(key, (touch = { of, id, isNew: false, fields: new Set() }));
    return touch;
  }

  #read({ of, id, isNew, fields }: Touch): Touched | null {
    const collection = collectionIn(board, of);
    const stored = rootOf(this.#doc, { name: of }).get(id);
    if (collection?.kind === 'values') {
      const phase = id.split(':')[1] ?? '';
      const name = readRecord(this.#doc, phases, phase)?.title ?? '';
      return { of, id, isNew: false, name, cell: null, texts: [], values: [['', stored ?? null]] };
    }
    const record = collection && parseRecord(collection, id, stored);
    if (!record) return null;
    const texts: Touched['texts'] = [];
    const values: Touched['values'] = [];
    for (const [field, { kind }] of Object.entries(collection.fields)) {
      if (!fields.has(field) && !isNew) continue;
      const value = record[field];
      if (kind === 'text') texts.push([field, typeof value === 'string' ? value : '']);
      else values.push([field, value]);
    }
    if (isNew && record.gone && texts.every(([, text]) => text.trim() === '')) return null;
    return { of, id, isNew, name: nameOf(collection, record), cell: cellIn(record), texts, values };
  }
}

/** What of a touched record the document does not have; null where it has all of it. */
export function missingFrom(doc: Y.Doc, touched: Touched): Touched | null {
  const collection = collectionIn(board, touched.of);
  if (!collection) return touched;
  const stored = rootOf(doc, collection).get(touched.id);
  if (collection.kind === 'values') return isEqual(stored ?? null, touched.values[0]?.[1]) ? null : touched;
  const record: Readonly<Record<string, unknown>> | null = parseRecord(collection, touched.id, stored);
  if (!record) return touched;
  const texts = touched.texts.filter(([field, text]) => record[field] !== text);
  const values = touched.values.filter(([field, value]) => !isEqual(record[field], value));
  return texts.length + values.length === 0 ? null : { ...touched, texts, values };
}

/** The names on the way from a root to a type: collection, record, field; empty where it is in a list. */
function pathTo(type: AnyType): readonly string[] {
  const names: string[] = [];
  let at = type;
  while (at._item) {
    const { parent, parentSub } = at._item;
    if (parentSub === null || !(parent instanceof Y.AbstractType)) return [];
    names.unshift(parentSub);
    at = parent;
  }
  return [Y.findRootTypeKey(at), ...names];
}

/** A record is known by its first text. */
function nameOf({ fields }: Collection, record: Readonly<Record<string, unknown>>): string {
  const first = Object.entries<Field>(fields).find(([, { kind }]) => kind === 'text')?.[0] ?? '';
  const name = record[first];
  return typeof name === 'string' ? name.slice(0, mostName) : '';
}

function cellIn(record: Readonly<Record<string, unknown>>): Touched['cell'] {
  const parsed = v.safeParse(cellSchema, record.place);
  return parsed.success ? parsed.output : null;
}
