import { cards } from '../../shared/collections/card.ts';
import { lanes } from '../../shared/collections/lane.ts';
import type { NewRecord } from '../../shared/schema/collection.ts';
import { command } from '../../shared/schema/command.ts';
import { addRecords, setField } from '../../shared/schema/editor.ts';

/** Adds many cards in one step, which no command of the page does. Returns their ids. */
export const addCards = command('add-card', (step, all: readonly NewRecord<typeof cards.fields>[]) =>
  addRecords(step, cards, all),
);

/** Gives a lane an order key that no command would make. */
export const reorderLane = command('move-lane', (step, id: string, order: string) =>
  step.change(() => setField(step, lanes, id, 'order', order)),
);
