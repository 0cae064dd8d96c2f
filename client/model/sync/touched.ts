import * as v from 'valibot';
import * as Y from 'yjs';
import type { Collection } from '$shared/schema/collection.ts';
import { parseRecord } from '$shared/schema/collection.ts';
import type { Field } from '$shared/schema/field.ts';
import { board } from '$shared/documents.ts';
import { collectionIn } from '$shared/schema/document.ts';
import { isEqual } from '$shared/schema/equal.ts';
import { readRecord, rootOf } from '$shared/schema/read.ts';
import { beginning } from '$shared/text/graphemes.ts';
import type { Place } from '$shared/wire/protocol.ts';
import { phases } from '$shared/collections/phase.ts';

/** Characters of a name: enough to recognise a record. Its texts are kept whole. */
const mostName = 120;

/** The cell of a card. `step` null means the whole phase. */
const cellSchema = v.object({ lane: v.string(), phase: v.string(), step: v.nullable(v.string()) });

/** A description of a record that edits have changed, as it reads after them. The page shows it to a person. */
export const touchedSchema = v.object({
  /** The collection and the id; both empty for a text of unknown origin. */
  of: v.string(),
  id: v.string(),
  /** True if the edits created the record. */
  isNew: v.boolean(),
  /** The name that people know it by: the text of a card, a title, a name. */
  name: v.string(),
  /** The cell of a card; null for all other records. */
  cell: v.nullable(cellSchema),
  /** The changed text fields, by name. */
  texts: v.array(v.tuple([v.string(), v.string()])),
  /**
   * The other changed fields, by name: plain JSON, a set as its sorted ids. A value has no fields: its name is empty.
   */
  values: v.array(v.tuple([v.string(), v.unknown()])),
});
export type Touched = v.InferOutput<typeof touchedSchema>;

/** A text of unknown origin, as an earlier release kept it. */
export function looseText(text: string): Touched {
  return { of: '', id: '', isNew: false, name: '', cell: null, texts: [['', text]], values: [] };
}

/** The texts that are not blank. */
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

/** Records which records and fields transactions change, and reads them on demand. */
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

  /** Adds everything that the document has beyond a state, by client id, from any author. */
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

  /** Adds a place that the server has named. */
  noteAt({ collection, record, field }: Place): void {
    const touch = this.#touch(collection, record);
    if (field === '') touch.isNew = true;
    else touch.fields.add(field);
  }

  /** Adds the touches of another object. */
  add(others: Touches): void {
    for (const { of, id, isNew, fields } of others.#touches.values()) {
      const touch = this.#touch(of, id);
      touch.isNew ||= isNew;
      for (const field of fields) touch.fields.add(field);
    }
  }

  /** The touched records as they read now. Leaves out a record that was created and removed again without text. */
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

/** The part of a touched record that the document lacks; null if it has all of it. */
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

/** The path from a root to a type: collection, record, field. Empty for a type inside a list. */
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

/** The name of a record: its first text. */
function nameOf({ fields }: Collection, record: Readonly<Record<string, unknown>>): string {
  const first = Object.entries<Field>(fields).find(([, { kind }]) => kind === 'text')?.[0] ?? '';
  const name = record[first];
  return typeof name === 'string' ? beginning(name, mostName) : '';
}

function cellIn(record: Readonly<Record<string, unknown>>): Touched['cell'] {
  const parsed = v.safeParse(cellSchema, record.place);
  return parsed.success ? parsed.output : null;
}
