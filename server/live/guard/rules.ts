import type { DocumentDefinition } from '../../../shared/schema/document.ts';
import { collectionIn } from '../../../shared/schema/document.ts';
import type { AnyCollection, Writers } from '../../../shared/schema/collection.ts';
import type { Field } from '../../../shared/schema/field.ts';
import { isId } from '../../../shared/id.ts';
import type { Refusal } from '../../../shared/wire/protocol.ts';
import type { Power } from '../../../shared/roles.ts';
import { isPower, may } from '../../../shared/roles.ts';
import { maxValueKey } from '../limits.ts';
import type { Change } from './changes.ts';
import type { TypeName } from './content.ts';
import { fits } from './fits.ts';
import type { BrokenPolicy, Policy, PolicyOperation } from './policy.ts';
import type { Records, TouchedRecord } from './record.ts';

/** The state of the board, independent of the person who acts. */
export interface GuardContext {
  /** True if the document has reached its maximum size. */
  readonly isFull: boolean;
  /** Temporary limits on changes; null if only roles limit them. */
  readonly policy: Policy | null;
  /** Set while a facilitator restores edits that the server lost; see `Guard.judgeRestored`. */
  readonly isRecovery?: true;
  /** True if the update must not rest on content that was put back (G35). */
  readonly refusesEmptied?: boolean;
  /** True if the update comes from a document that has content which was put back: it rests on that as a whole. */
  readonly isStale?: boolean;
}

/** One change in terms of the board, with its author and context. A rule sees nothing else. */
export interface Operation extends PolicyOperation {
  readonly when: GuardContext;
}

/** What is forbidden, to whom and when. Without `who` it applies to everybody, without `when` always. */
export interface Rule {
  /** As in docs/SYNC.md. */
  readonly number: string;
  readonly says: string;
  readonly refusal: Refusal;
  readonly who?: (operation: Operation) => boolean;
  readonly what: (operation: Operation) => boolean;
  readonly when?: (circumstances: GuardContext) => boolean;
  /** True if the page of an honest person can break it: the update can be put back, and the socket stays open. */
  readonly isSoft?: true;
}

/** For rules about who acts. Edits that a facilitator restores were checked when their authors made them. */
const unlessRestored = ({ isRecovery }: GuardContext) => !isRecovery;

/** Rules about single changes. Each change is checked as it is read; the first broken rule refuses the update. */
export const rules: readonly Rule[] = [
  {
    number: 'G5',
    says: 'A change is in one of the collections.',
    refusal: 'unknown-root',
    what: ({ change, collection }) => collection === null && change.home.root !== 'meta',
  },
  {
    number: 'G6',
    says: 'Only the server writes `meta` and the people.',
    refusal: 'server-only',
    // People came in with others' edits and come back with them; `meta` is as old as the board.
    what: ({ collection, when }) => collection === null || (isServers(collection) && unlessRestored(when)),
  },
  {
    number: 'G7',
    says: 'A role writes only what its powers allow.',
    isSoft: true,
    refusal: 'role',
    what: (operation) => !mayWrite(operation),
  },
  {
    number: 'G8',
    says: 'A record has an id as its key, a value a short key of letters, digits and _:-',
    refusal: 'bad-id',
    what: (operation) => operation.depth === 1 && !isEntryKey(operation),
  },
  {
    number: 'G9',
    says: 'An existing record is neither deleted nor recreated; `gone` removes it.',
    refusal: 'record-delete',
    what: (operation) => isRecord(operation) && isReplacing(operation.change) && !isPersonAgain(operation),
  },
  {
    number: 'G10',
    says: 'A record has only the fields of its collection.',
    refusal: 'unknown-field',
    what: ({ depth, field, change }) => depth === 2 && change.key !== null && field === null,
  },
  {
    number: 'G11',
    says: 'Some fields are set by the server only.',
    refusal: 'server-only',
    what: ({ field }) => field?.kind === 'value' && field.by === 'server',
    when: unlessRestored,
  },
  {
    number: 'G12',
    says: 'The author is the person who creates the record, or empty, and is set with the record; nobody can claim it later.',
    refusal: 'not-author',
    what: (operation) =>
      isAuthor(operation) && (isReplacing(operation.change) || isLate(operation) || !isOwnId(operation)),
    when: unlessRestored,
  },
  {
    number: 'G13',
    says: 'A text or set is created once, with its record: a replacement would lose what others write into it.',
    refusal: 'wrong-type',
    what: ({ depth, field, change }) =>
      depth === 2 && (field?.kind === 'text' || field?.kind === 'set') && isReplacing(change),
  },
  {
    number: 'G14',
    says: 'Each place holds its type: records are maps, texts plain characters, sets ids, values plain JSON.',
    refusal: 'wrong-type',
    what: (operation) => operation.change.does === 'insert' && !isOfItsKind(operation),
  },
  {
    number: 'G15',
    says: "A value is valid by its field's schema, without extra content; a text has no U+000D.",
    refusal: 'bad-value',
    what: (operation) => operation.change.does === 'insert' && !isAllowed(operation),
  },
  {
    number: 'G20',
    says: 'Nothing is added to a full document; existing content may be removed and restored.',
    isSoft: true,
    refusal: 'document-full',
    what: (operation) => operation.change.does === 'insert' && !isRemovalMark(operation),
    when: ({ isFull }) => isFull,
  },
  {
    number: 'G23',
    says: 'Some fields require a power of their own.',
    isSoft: true,
    refusal: 'role',
    what: ({ membership, field }) =>
      field?.kind === 'value' && isPower(field.by) && !may(membership.role, field.by),
    when: unlessRestored,
  },
];

/**
 * Checked last, after the whole update is read and has broken no other rule. Only then the author of a record that the
 * update creates is known, since that field may follow the others.
 */
export const lastRules: readonly Rule[] = [
  {
    number: 'G36',
    says: "In a collection with `change: 'own'`, only the author changes a record.",
    isSoft: true,
    refusal: 'not-author',
    who: ({ membership }) => !may(membership.role, 'structure'),
    what: ({ collection, membership, record }) =>
      collection?.change === 'own' && record?.isNew === false && record.author !== membership.person,
    when: unlessRestored,
  },
];

/** G22: what the policy of the moment says of a change, by a person who may not change the structure. */
export function brokenPolicy(operation: Operation): BrokenPolicy | null {
  const { when, membership } = operation;
  if (!when.policy || when.isRecovery || may(membership.role, 'structure')) return null;
  return when.policy.broken(operation);
}

/** A change in terms of the board. */
class BoardOperation implements Operation {
  readonly change: Change;
  readonly membership: Operation['membership'];
  readonly when: GuardContext;
  readonly collection: Operation['collection'];
  readonly depth: number;
  readonly field: Field | null;
  readonly #records: Records;
  /** Undefined until it is first asked for. */
  #record: TouchedRecord | null | undefined;

  constructor(
    definition: DocumentDefinition,
    change: Change,
    membership: Operation['membership'],
    when: GuardContext,
    records: Records,
  ) {
    const { home, key } = change;
    this.change = change;
    this.membership = membership;
    this.when = when;
    this.collection = collectionIn(definition, home.root);
    this.depth = home.depth + 1;
    this.field = fieldNamed(this.collection, this.depth === 1 ? null : this.depth === 2 ? key : home.key);
    this.#records = records;
  }

  get record(): TouchedRecord | null {
    if (this.#record === undefined) this.#record = this.#records.of(this.change, this.collection);
    return this.#record;
  }

  isThere(collection: string, id: string): boolean {
    return this.#records.isThere(collection, id);
  }
}

/** Describes a change in terms of the board. `records`: the records of its update. */
export function operationOf(
  definition: DocumentDefinition,
  change: Change,
  membership: Operation['membership'],
  when: GuardContext,
  records: Records,
): Operation {
  return new BoardOperation(definition, change, membership, when, records);
}

/** The first rule of a table that an operation breaks, or null. */
export function brokenRule(operation: Operation, table: readonly Rule[] = rules): Rule | null {
  for (const rule of table) if (isBroken(rule, operation)) return rule;
  return null;
}

function isBroken({ who, what, when }: Rule, operation: Operation): boolean {
  return (!when || when(operation.when)) && (!who || who(operation)) && what(operation);
}

const isServers = ({ add, change }: AnyCollection) => add === 'server' && change === 'server';

/** True if the role may do this in the collection. G36 checks the author later. */
function mayWrite({ collection, change, membership, when }: Operation): boolean {
  if (collection === null || isServers(collection)) return true;
  const needs = writersOf(collection, change);
  return needs === 'server' ? !unlessRestored(when) : may(membership.role, needs);
}

/** The power that such a change in a collection requires, or `server`. */
export function writersOf(collection: AnyCollection, of: Change): Writers {
  const { add, change } = collection;
  // Adding and changing mostly require the same, so the difference seldom matters.
  if (add === change || isMade(collection, of)) return add;
  return change === 'own' ? ownNeeds(add) : change;
}

/** To change your own requires the power to add, or `write` where only the server adds. */
const ownNeeds = (add: Writers): Power => (add === 'server' ? 'write' : add);

/** True if the update creates the record or value of a change. */
function isMade({ kind }: AnyCollection, change: Change): boolean {
  if (change.home.depth > 0) return change.home.type === null;
  return change.does === 'insert' && (kind === 'records' || !change.isTaken);
}

function fieldNamed(collection: Operation['collection'], name: string | null): Field | null {
  if (collection?.kind !== 'records' || name === null) return null;
  return Object.hasOwn(collection.fields, name) ? (collection.fields[name] ?? null) : null;
}

function isEntryKey({ collection, change }: Operation): boolean {
  if (collection?.kind === 'records') return isId(change.key);
  return change.key !== null && change.key.length <= maxValueKey && /^[A-Za-z0-9_:-]+$/.test(change.key);
}

const isRecord = ({ collection, depth }: Operation) => collection?.kind === 'records' && depth === 1;

/** A person who joined again after a loss is already written again; both entries have the same content. */
const isPersonAgain = ({ when, collection, change }: Operation) =>
  when.isRecovery === true && collection !== null && isServers(collection) && change.does === 'insert';

const isAuthor = ({ depth, field }: Operation) =>
  depth === 2 && field?.kind === 'value' && field.by === 'author';

/** True if a change replaces content that was there. Content made and removed by the same update was seen by nobody. */
function isReplacing(change: Change): boolean {
  return change.does === 'insert' ? change.isTaken : !change.isFresh;
}

/** True if the change inserts into a record that the document already has. */
function isLate({ change }: Operation): boolean {
  return change.does === 'insert' && change.home.type !== null;
}

function isOwnId({ change, membership }: Operation): boolean {
  return valuesOf(change).every((value) => value === membership.person || value === '');
}

/** The plain values of an insertion. Values that one person overwrote while offline arrive as one run. */
function valuesOf({ content }: Change): readonly unknown[] {
  return content.kind === 'values' ? content.values : [];
}

function isOfItsKind(operation: Operation): boolean {
  const { collection, depth, field, change } = operation;
  const { content } = change;
  const isElement = change.key === null;
  // Content deleted before it was sent is allowed wherever its type would be.
  const isPast = content.kind === 'deleted';
  if (collection?.kind === 'values') return depth === 1 && (isPast || content.kind === 'values');
  if (depth === 1) return isPast || holds(content, 'map');
  switch (field?.kind) {
    case 'text':
      if (depth === 2) return isPast || holds(content, 'text');
      return depth === 3 && isElement && (isPast || content.kind === 'string');
    case 'set':
      if (depth === 2) return isPast || holds(content, 'map');
      return depth === 3 && !isElement && (isPast || content.kind === 'values');
    case 'value':
      return depth === 2 && (isPast || content.kind === 'values');
    case undefined:
      return false;
  }
}

function holds(content: Change['content'], type: TypeName): boolean {
  return content.kind === 'type' && content.type === type;
}

/** True for the mark that removes or restores a record. It must work even when the document is full. */
function isRemovalMark({ depth, change }: Operation): boolean {
  return depth === 2 && change.key === 'gone';
}

function isAllowed({ collection, depth, field, change }: Operation): boolean {
  if (collection?.kind === 'values') return valuesOf(change).every((value) => fits(collection.schema, value));
  if (field?.kind === 'value') return valuesOf(change).every((value) => fits(field.schema, value));
  // A text area turns it into U+000A, so positions after it would differ between page and document.
  if (field?.kind === 'text') return change.content.kind !== 'string' || !change.content.text.includes('\r');
  if (field?.kind === 'set' && depth === 3) {
    return isId(change.key) && valuesOf(change).every((value) => value === true);
  }
  return true;
}
