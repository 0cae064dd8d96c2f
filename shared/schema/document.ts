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

/** The member who asks for a document, by their membership. */
export interface Member {
  readonly person: string;
  readonly role: Role;
}

/**
 * Tells whether a member may do something with a document. `owner`: the person in its name; null if the name has none.
 */
export type Access = (member: Member, owner: string | null) => boolean;

export const everyone: Access = () => true;

/** Allows members with one of these roles. */
export function inRole(...roles: readonly Role[]): Access {
  return ({ role }) => roles.includes(role);
}

/** Allows members whose role has this power. */
export function withPower(power: Power): Access {
  return ({ role }) => may(role, power);
}

/** Allows only the person in the document's name. */
export const itsPerson: Access = ({ person }, owner) => person === owner;

/** The features of the server that include a document. For the others it does not exist. */
export interface DocumentFeatures {
  /** The server keeps, lists and restores its earlier states. */
  readonly versions: boolean;
  /** Operators see it among the open documents. */
  readonly roomReports: boolean;
  /** Operators may query and repair it. */
  readonly admin: boolean;
  /** The server offers its content over HTTP. */
  readonly download: boolean;
}

/** Defines a document: its name, its contents, who may read and write it, and the features that include it. */
export interface DocumentDefinition {
  /** The same on every board, such as `board`. A name that ends in `/<person>` means one document per person. */
  readonly name: string;
  /** Its root maps except `meta`, by name. */
  readonly collections: Readonly<Record<string, AnyCollection>>;
  /** The facts in its root map `meta`, by name: `schemaField`, and any others. */
  readonly meta: Readonly<Record<string, ValueField<unknown>>>;
  readonly schema: DocumentSchema;
  /** Who may open it. Nobody else receives a byte of it. */
  readonly reads: Access;
  /** Which readers may change it, within the limits of their roles. */
  readonly writes: Access;
  readonly includedIn: DocumentFeatures;
  /**
   * The board is created with its first state, and the board's record stores its layout version. For one document only.
   */
  readonly comesWithBoard?: true;
}

/** A document of a board, with its definition. */
export interface NamedDocument<D extends DocumentDefinition = DocumentDefinition> {
  readonly definition: D;
  /** The person in its name; null if the name has none. */
  readonly owner: string | null;
}

const personMark = '/<person>';

/** The document that a name means among these definitions; null if it means none. */
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

/** The collection of a root map; null if the document has none of that name. */
export function collectionIn({ collections }: DocumentDefinition, name: string): AnyCollection | null {
  return Object.hasOwn(collections, name) ? (collections[name] ?? null) : null;
}

/** Opens all root maps of a document, so that an arriving update finds maps and not untyped roots. */
export function openDocument(doc: Y.Doc, { collections }: DocumentDefinition): void {
  doc.getMap('meta');
  for (const name of Object.keys(collections)) doc.getMap(name);
}

/** The fact that the `meta` map of every document has: its layout version. */
export const schemaField = value(v.number(), 1, 'server');

/** The layout version that a document states; 1 if it states none. */
export function schemaOf(doc: Y.Doc): number {
  const parsed = v.safeParse(schemaField.schema, doc.getMap('meta').get('schema'));
  return parsed.success ? parsed.output : schemaField.fallback;
}

/** Migrates a document to a layout and records its version. Runs within the caller's transaction. */
export function bringTo({ version, migrations }: DocumentSchema, doc: Y.Doc): void {
  migrate(doc, schemaOf(doc), migrations);
  doc.getMap('meta').set('schema', version);
}
