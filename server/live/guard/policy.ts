import type { Collection, ValueCollection } from '../../../shared/schema/collection.ts';
import type { Field } from '../../../shared/schema/field.ts';
import type { Membership } from '../../access/membership.ts';
import type { Change } from './changes.ts';
import type { TouchedRecord } from './record.ts';

/** One change in terms of the board, and its author. A policy sees nothing else. */
export interface PolicyOperation {
  readonly change: Change;
  readonly membership: Pick<Membership, 'person' | 'role'>;
  /** Null if the root is not a collection of the document. */
  readonly collection: Collection | ValueCollection | null;
  /** The depth: 1 is an entry of the collection, 2 a field of a record, 3 inside a field. */
  readonly depth: number;
  /** The field, or the field that contains the change; null if there is no field of that name. */
  readonly field: Field | null;
  /**
   * The record that the change creates or is in; null for a value. Each access looks it up. The author of a record that
   * the update creates is known only after the whole update is read.
   */
  readonly record: TouchedRecord | null;
}

/**
 * Temporary limits on what people may change, narrower than the powers of a role, such as "add, and change your own".
 * Checked for each change of an update after all other rules; one forbidden change refuses the whole update. People who
 * may change the structure are exempt, so that somebody can tidy up. A policy decides from its arguments only, has no
 * state, and must be fast.
 */
export interface Policy {
  allows(operation: PolicyOperation): boolean;
}
