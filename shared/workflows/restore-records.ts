import type { CellAt } from '../collections/card.ts';
import { cards } from '../collections/card.ts';
import type { Collection } from '../schema/collection.ts';
import { command } from '../schema/command.ts';
import { setField, setGone } from '../schema/editor.ts';
import { readRecord } from '../schema/read.ts';

/** A record, by its collection and id. */
export interface RecordAt {
  readonly of: Collection;
  readonly id: string;
}

/**
 * Restores removed records as they were, as one step of undo.
 * @param into a cell for those that are cards, if their own is no longer on the map. They keep their order.
 */
export const restoreRecords = command(
  'restore-record',
  (step, records: readonly RecordAt[], into: CellAt | null = null) =>
    step.changeEach(records, ({ of, id }) => {
      setGone(step, of, id, false);
      if (into === null || of.name !== cards.name) return;
      const order = readRecord(step.doc, cards, id)?.place.order;
      if (order !== undefined) setField(step, cards, id, 'place', { ...into, order });
    }),
);
