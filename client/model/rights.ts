import type { Power } from '$shared/roles.ts';
import type { AnyCollection } from '$shared/schema/collection.ts';

/** What a person does to records, as a session's policy tells it apart. */
export type Operation = 'add' | 'edit' | 'move' | 'remove' | 'mark';

/** A place on the map: of a record that is not there yet, or where records go. */
export interface PlaceOnMap {
  readonly lane: string;
  readonly phase: string;
}

/** What the session forbids this person now, beyond the role. */
export interface Rights {
  /** Why this may not be done to these records now, in words; null if it may. */
  refusal(
    operation: Operation,
    of: AnyCollection,
    ids?: readonly string[],
    place?: PlaceOnMap,
  ): string | null;
  /** True if the person's role has this power, and the session takes it away for now. */
  bars(power: Power): boolean;
}
