import type { Refusal } from '../../../shared/wire/protocol.ts';
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
   * The record that the change creates or is in, as it was before the update; null for a value. Looked up on first
   * access, once per record and update. The author of a record that the update creates is known only after the whole
   * update is read.
   */
  readonly record: TouchedRecord | null;
  /** True if the document has this record of a collection, and it is not removed. */
  isThere(collection: string, id: string): boolean;
  /** True if the document has this record of a collection, not removed, and a field locks it. */
  isLocked(collection: string, id: string): boolean;
}

/** The rule that a change breaks, and the reason that its author gets. */
export interface BrokenPolicy {
  readonly reason: Refusal;
  /** As in docs/SYNC.md. */
  readonly rule: string;
}

/**
 * Temporary limits on what people may change, narrower than the powers of a role, such as "add, and change your own".
 * Checked for each change of an update after all other rules. People who may change the structure are exempt, so that
 * somebody can tidy up. A policy decides from its arguments only, has no state, and must be fast.
 */
export interface Policy {
  /** Returns the rule that a change breaks, or null if the change is allowed. */
  broken(operation: PolicyOperation): BrokenPolicy | null;
}
