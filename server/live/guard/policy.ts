import type { Collection, ValueCollection } from '../../../shared/schema/collection.ts';
import type { Field } from '../../../shared/schema/field.ts';
import type { Membership } from '../../access/membership.ts';
import type { Change } from './changes.ts';
import type { TouchedRecord } from './record.ts';

/** One change in the words of the board, and who makes it: all that a policy may look at. */
export interface PolicyOperation {
  readonly change: Change;
  readonly membership: Pick<Membership, 'person' | 'role'>;
  /** Null where the root is none of the document's collections. */
  readonly collection: Collection | ValueCollection | null;
  /** How deep it goes: 1 an entry of the collection, 2 a field of a record, 3 inside a field. */
  readonly depth: number;
  /** The field that it is, or is in; null where there is none of that name. */
  readonly field: Field | null;
  /**
   * The record that it makes, or is in; null for a value. Looked up each time. Whose a record is that the update makes is
   * known when all of it has been read.
   */
  readonly record: TouchedRecord | null;
}

/**
 * What may be changed on a board for the time being, narrower than the powers of a role: "add, and change one's own".
 * It is asked about each change of an update, after all other rules have let it pass, and one that it does not allow has
 * the whole update refused. Whoever may change the structure is not bound by it and never asked about: somebody must be
 * able to tidy up. It answers from what it is given, keeps nothing, and takes next to no time.
 */
export interface Policy {
  allows(operation: PolicyOperation): boolean;
}
