import type { AnyCollection, Writers } from '../../shared/schema/collection.ts';
import type { Field, ValueField } from '../../shared/schema/field.ts';
import { colorSchema, idSchema } from '../../shared/schema/field.ts';
import type { Power } from '../../shared/roles.ts';
import { may, roles } from '../../shared/roles.ts';

/** A valibot schema or check, by the properties that are read here. */
type Parts = Readonly<Record<string, unknown>>;

/** What a schema allows, in the words of docs/DOCUMENT.md. Throws for a schema without words. */
export function schemaWords(schema: unknown): string {
  if (schema === idSchema) return 'id';
  if (schema === colorSchema) return '#rrggbb';
  const parts = partsOf(schema);
  const to = collectionOf(parts);
  if (to !== null) return `id of ${to}`;
  switch (parts.type) {
    case 'picklist':
      return listOf(parts.options).map(String).join(' / ');
    case 'boolean':
      return 'true / false';
    case 'literal':
      return JSON.stringify(parts.literal);
    case 'nullable':
      return `${schemaWords(parts.wrapped)} / null`;
    case 'union':
      return listOf(parts.options).map(schemaWords).join(' / ');
    case 'object': {
      const entries = Object.entries(partsOf(parts.entries));
      return `{ ${entries.map(([name, of]) => `${name}: ${schemaWords(of)}`).join(', ')} }`;
    }
    case 'string':
    case 'number':
      return [
        parts.type,
        ...listOf(parts.pipe ?? [schema])
          .slice(1)
          .map(checkWords),
      ].join(' ');
    default:
      throw new Error(`no words for a schema of type ${String(parts.type)}`);
  }
}

/** The collection that an id refers to, by its schema; null for other schemas. */
function collectionOf({ pipe }: Parts): string | null {
  if (pipe === undefined) return null;
  const said = listOf(pipe)
    .map(partsOf)
    .find(({ type }) => type === 'metadata');
  return said ? String(partsOf(said.metadata).to) : null;
}

function checkWords(check: unknown): string {
  const { type, requirement } = partsOf(check);
  switch (type) {
    case 'max_length':
    case 'max_value':
      return `≤ ${String(requirement)}`;
    case 'min_value':
      return `≥ ${String(requirement)}`;
    case 'multiple_of':
      return `in steps of ${String(requirement)}`;
    case 'integer':
      return 'whole';
    default:
      throw new Error(`no words for a check of type ${String(type)}`);
  }
}

/** A row of a record's table: what the field holds, its value if missing, and who may set it. */
export function fieldWords(field: Field): [holds: string, missing: string, setBy: string] {
  switch (field.kind) {
    case 'text':
      return [`Y.Text ≤ ${field.max}${field.line ? ', one line' : ''}`, '""', ''];
    case 'set':
      return [`Y.Map of ids of ${field.to} ≤ ${field.max}`, '[]', ''];
    case 'value': {
      return [
        schemaWords(field.schema),
        JSON.stringify(field.fallback),
        field.by ? setterWords(field.by) : '',
      ];
    }
  }
}

function setterWords(by: NonNullable<ValueField<unknown>['by']>): string {
  return by === 'author' ? 'its author, on creation' : writersWords(by);
}

/** Who writes to a collection, in the words of docs/DOCUMENT.md. */
export function writerWords({ add, change }: AnyCollection): string {
  if (add === change) return writersWords(add);
  const changed = change === 'own' ? 'its author and facilitators' : writersWords(change);
  return `${writersWords(add)}; changed by ${changed}`;
}

const writersWords = (writers: Writers) =>
  writers === 'server' ? 'the server' : rolesWith(writers).join(' and ');

const rolesWith = (power: Power) => roles.filter((role) => may(role, power)).map((role) => `${role}s`);

function partsOf(value: unknown): Parts {
  if (typeof value !== 'object' || value === null) throw new Error('not a schema');
  return Object.fromEntries(Object.entries(value));
}

function listOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error('not a list');
  return value;
}
