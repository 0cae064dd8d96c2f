import * as v from 'valibot';
import type * as Y from 'yjs';
import type { Power, Role } from '../roles.ts';
import { may } from '../roles.ts';
import { isId } from '../id.ts';
import type { AnyCollection } from './collection.ts';
import type { ValueField } from './field.ts';
import { value } from './field.ts';
import type { DocumentSchema } from './migration.ts';
import { migrate } from './migration.ts';

/** Who asks for a document, as their membership says. */
export interface Member {
  readonly person: string;
  readonly role: Role;
}

/** Whether a member may do something with a document. `owner`: the person in its name; null where the name has none. */
export type Access = (member: Member, owner: string | null) => boolean;

export const everyone: Access = () => true;

/** Whoever has one of these roles. */
export function inRole(...roles: readonly Role[]): Access {
  return ({ role }) => roles.includes(role);
}

/** Whoever has a role with this power. */
export function withPower(power: Power): Access {
  return ({ role }) => may(role, power);
}

/** The person in the document's name, and nobody else. */
export const itsPerson: Access = ({ person }, owner) => person === owner;

/** Which features of the server include a document; to the others it is as if there were none. */
export interface DocumentFeatures {
  /** Its earlier states are kept, listed and restored. */
  readonly versions: boolean;
  /** Those who run the server see it among the open documents. */
  readonly roomReports: boolean;
  /** Those who run the server may ask about it and repair it. */
  readonly admin: boolean;
  /** Its content is handed out over HTTP. */
  readonly download: boolean;
}

/** What a document is: how it is called, what is in it, who may read and write it, and what the server includes it in. */
export interface DocumentDefinition {
  /** The same on every board, as `board`; one that ends in `/<person>` stands for a document for each person. */
  readonly name: string;
  /** Its root maps but `meta`, by name. */
  readonly collections: Readonly<Record<string, AnyCollection>>;
  /** The facts in its root map `meta`, by name: `schemaField`, and what else there is to know of it. */
  readonly meta: Readonly<Record<string, ValueField<unknown>>>;
  readonly schema: DocumentSchema;
  /** Who may open it. Nobody else is sent a byte of it. */
  readonly reads: Access;
  /** Who of its readers may change it, as far as their roles may. */
  readonly writes: Access;
  readonly includedIn: DocumentFeatures;
  /** The board is made with its first state, and the board's record notes the version of its layout. Of one only. */
  readonly comesWithBoard?: true;
}

/** A document of a board, by its definition. */
export interface NamedDocument<D extends DocumentDefinition = DocumentDefinition> {
  readonly definition: D;
  /** The person in its name; null where the name has none. */
  readonly owner: string | null;
}

const personMark = '/<person>';

/** What a name stands for among these definitions; null where it is the name of none. */
export function documentNamed<D extends DocumentDefinition>(
  definitions: readonly D[],
  name: string,
): NamedDocument<D> | null {
  for (const definition of definitions) {
    if (!definition.name.endsWith(personMark)) {
      if (definition.name === name) return { definition, owner: null };
      continue;
    }
    const start = definition.name.slice(0, 1 - personMark.length);
    const owner = name.slice(start.length);
    if (name.startsWith(start) && isId(owner)) return { definition, owner };
  }
  return null;
}

/** The collection of a root map, or null where the document has none of that name. */
export function collectionIn({ collections }: DocumentDefinition, name: string): AnyCollection | null {
  return Object.hasOwn(collections, name) ? (collections[name] ?? null) : null;
}

/** Opens all root maps of a document, so that an update that arrives finds maps and not bare types. */
export function openDocument(doc: Y.Doc, { collections }: DocumentDefinition): void {
  doc.getMap('meta');
  for (const name of Object.keys(collections)) doc.getMap(name);
}

/** The fact that the root map `meta` of each document has: the version of its layout. */
export const schemaField = value(v.number(), 1, 'server');

/** Of which version a document says that its layout is; 1 where it does not say. */
export function schemaOf(doc: Y.Doc): number {
  const parsed = v.safeParse(schemaField.schema, doc.getMap('meta').get('schema'));
  return parsed.success ? parsed.output : schemaField.fallback;
}

/** Brings a document to a layout, and notes that it has it; within a transaction of the caller's. */
export function bringTo({ version, migrations }: DocumentSchema, doc: Y.Doc): void {
  migrate(doc, schemaOf(doc), migrations);
  doc.getMap('meta').set('schema', version);
}
