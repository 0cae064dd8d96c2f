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
import type { Policy, PolicyOperation } from './policy.ts';
import type { Records, TouchedRecord } from './record.ts';

/** What holds on the board just now, whoever acts. */
export interface GuardContext {
  /** The document has reached its hard size. */
  readonly isFull: boolean;
  /** What may be changed for the time being; null: whatever the roles may. */
  readonly policy: Policy | null;
  /** A facilitator restores edits that the server lost; see `Guard.judgeRestored`. */
  readonly isRecovery?: true;
}

/** One change, in the words of the board, who makes it and when: all that a rule may look at. */
export interface Operation extends PolicyOperation {
  readonly when: GuardContext;
}

/** What is forbidden: to whom, what, and when; where `who` or `when` is left out, to everybody, or always. */
export interface Rule {
  /** As in docs/SYNC.md. */
  readonly number: string;
  readonly says: string;
  readonly refusal: Refusal;
  readonly who?: (operation: Operation) => boolean;
  readonly what: (operation: Operation) => boolean;
  readonly when?: (circumstances: GuardContext) => boolean;
}

/** These rules are about who acts. The edits that a facilitator restores were judged when their authors made them. */
const unlessRestored = ({ isRecovery }: GuardContext) => !isRecovery;

/** What may be changed, by whom and when. Each change is judged as it is read; the first rule that is broken is the answer. */
export const rules: readonly Rule[] = [
  {
    number: 'G5',
    says: 'A change is in one of the collections.',
    refusal: 'unknown-root',
    what: ({ change, collection }) => collection === null && change.home.root !== 'meta',
  },
  {
    number: 'G6',
    says: '`meta` and the people are written by the server.',
    refusal: 'server-only',
    // Who people are came in with others' edits and comes back with them; `meta` is as old as the board.
    what: ({ collection, when }) => collection === null || (isServers(collection) && unlessRestored(when)),
  },
  {
    number: 'G7',
    says: 'A role writes only what its powers reach.',
    refusal: 'role',
    what: (operation) => !mayWrite(operation),
  },
  {
    number: 'G8',
    says: 'A record is under an id, a value under a short key of letters, digits and _:-',
    refusal: 'bad-id',
    what: (operation) => operation.depth === 1 && !isEntryKey(operation),
  },
  {
    number: 'G9',
    says: 'A record that is there is neither deleted nor made again; `gone` removes it.',
    refusal: 'record-delete',
    what: (operation) => isRecord(operation) && isReplacing(operation.change) && !isPersonAgain(operation),
  },
  {
    number: 'G10',
    says: 'A record has the fields of its collection.',
    refusal: 'unknown-field',
    what: ({ depth, field, change }) => depth === 2 && change.key !== null && field === null,
  },
  {
    number: 'G11',
    says: 'Some fields are given by the server.',
    refusal: 'server-only',
    what: ({ field }) => field?.kind === 'value' && field.by === 'server',
    when: unlessRestored,
  },
  {
    number: 'G12',
    says: 'An author is who makes the record, or nobody, and is set with the record: it can be claimed by nobody later.',
    refusal: 'not-author',
    what: (operation) =>
      isAuthor(operation) && (isReplacing(operation.change) || isLate(operation) || !isOwnId(operation)),
    when: unlessRestored,
  },
  {
    number: 'G13',
    says: 'A text and a set are made once, with their record: what others write into them would be lost.',
    refusal: 'wrong-type',
    what: ({ depth, field, change }) =>
      depth === 2 && (field?.kind === 'text' || field?.kind === 'set') && isReplacing(change),
  },
  {
    number: 'G14',
    says: 'Each place holds its kind: records are maps, texts bare characters, sets ids, values plain JSON.',
    refusal: 'wrong-type',
    what: (operation) => operation.change.does === 'insert' && !isOfItsKind(operation),
  },
  {
    number: 'G15',
    says: 'A value is one that its field allows, and nothing beside it; a text has no U+000D.',
    refusal: 'bad-value',
    what: (operation) => operation.change.does === 'insert' && !isAllowed(operation),
  },
  {
    number: 'G20',
    says: 'Nothing is added to a document that is full; what is there may be removed, and brought back.',
    refusal: 'document-full',
    what: (operation) => operation.change.does === 'insert' && !isRemovalMark(operation),
    when: ({ isFull }) => isFull,
  },
  {
    number: 'G23',
    says: 'Some fields need a power of their own.',
    refusal: 'role',
    what: ({ membership, field }) =>
      field?.kind === 'value' && isPower(field.by) && !may(membership.role, field.by),
    when: unlessRestored,
  },
];

/**
 * Judged last, when all of an update has been read and has broken no other rule: only then it is known whose a record is
 * that the update makes, since its author may stand behind its other fields.
 */
export const lastRules: readonly Rule[] = [
  {
    number: 'G22',
    says: 'While a policy is set, whoever may not change the structure changes only what it allows.',
    refusal: 'policy',
    who: ({ membership }) => !may(membership.role, 'structure'),
    what: (operation) => operation.when.policy?.allows(operation) === false,
    when: unlessRestored,
  },
  {
    number: 'G24',
    says: 'In a collection where everybody changes their own, a record is changed by its author.',
    refusal: 'not-author',
    who: ({ membership }) => !may(membership.role, 'structure'),
    what: ({ collection, membership, record }) =>
      collection?.change === 'own' && record?.isNew === false && record.author !== membership.person,
    when: unlessRestored,
  },
];

/** A change in the words of the board. */
class BoardOperation implements Operation {
  readonly change: Change;
  readonly membership: Operation['membership'];
  readonly when: GuardContext;
  readonly collection: Operation['collection'];
  readonly depth: number;
  readonly field: Field | null;
  readonly #records: Records;

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
    return this.#records.of(this.change, this.collection);
  }
}

/** Puts a change into the words of the board. `records`: of the update that it is of. */
export function operationOf(
  definition: DocumentDefinition,
  change: Change,
  membership: Operation['membership'],
  when: GuardContext,
  records: Records,
): Operation {
  return new BoardOperation(definition, change, membership, when, records);
}

/** The first rule of a table that a deed breaks, or null. */
export function brokenRule(operation: Operation, table: readonly Rule[] = rules): Rule | null {
  for (const rule of table) if (isBroken(rule, operation)) return rule;
  return null;
}

function isBroken({ who, what, when }: Rule, operation: Operation): boolean {
  return (!when || when(operation.when)) && (!who || who(operation)) && what(operation);
}

const isServers = ({ add, change }: AnyCollection) => add === 'server' && change === 'server';

/** Whether a role may do this in the collection; whose the record is, is asked later (G24). */
function mayWrite({ collection, change, membership, when }: Operation): boolean {
  if (collection === null || isServers(collection)) return true;
  const needs = writersOf(collection, change);
  return needs === 'server' ? !unlessRestored(when) : may(membership.role, needs);
}

/** Who makes such a change in a collection. */
export function writersOf(collection: AnyCollection, of: Change): Writers {
  const { add, change } = collection;
  // Adding and changing mostly need the same, and then nobody asks which of the two this is.
  if (add === change || isMade(collection, of)) return add;
  return change === 'own' ? ownNeeds(add) : change;
}

/** To change one's own takes what adding takes; where the server adds, what writing takes. */
const ownNeeds = (add: Writers): Power => (add === 'server' ? 'write' : add);

/** Whether the update makes the record or value that a change is about. */
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

/** Whoever joined again after a loss was written anew by then; either entry says the same. */
const isPersonAgain = ({ when, collection, change }: Operation) =>
  when.isRecovery === true && collection !== null && isServers(collection) && change.does === 'insert';

const isAuthor = ({ depth, field }: Operation) =>
  depth === 2 && field?.kind === 'value' && field.by === 'author';

/** Whether a change takes away what was there. What an update both makes and takes back, nobody has seen. */
function isReplacing(change: Change): boolean {
  return change.does === 'insert' ? change.isTaken : !change.isFresh;
}

/** Whether something is put into a record that the update does not make: the document has it already. */
function isLate({ change }: Operation): boolean {
  return change.does === 'insert' && change.home.type !== null;
}

function isOwnId({ change, membership }: Operation): boolean {
  return valuesOf(change).every((value) => value === membership.person || value === '');
}

/** Plain values of an insertion. Values that one person overwrote while offline come as one run of them. */
function valuesOf({ content }: Change): readonly unknown[] {
  return content.kind === 'values' ? content.values : [];
}

function isOfItsKind(operation: Operation): boolean {
  const { collection, depth, field, change } = operation;
  const { content } = change;
  const isElement = change.key === null;
  // What was deleted before it was sent fits wherever the rest would have fitted.
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

/** A record is removed, and brought back, by a mark in it: that must go on when nothing else fits. */
function isRemovalMark({ depth, change }: Operation): boolean {
  return depth === 2 && change.key === 'gone';
}

function isAllowed({ collection, depth, field, change }: Operation): boolean {
  if (collection?.kind === 'values') return valuesOf(change).every((value) => fits(collection.schema, value));
  if (field?.kind === 'value') return valuesOf(change).every((value) => fits(field.schema, value));
  // A text area makes it U+000A, so that every place behind it would be counted differently there and here.
  if (field?.kind === 'text') return change.content.kind !== 'string' || !change.content.text.includes('\r');
  if (field?.kind === 'set' && depth === 3) {
    return isId(change.key) && valuesOf(change).every((value) => value === true);
  }
  return true;
}
