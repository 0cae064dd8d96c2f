import type { Clock } from '../clock.ts';
import type { Observer } from '../contract.ts';
import type { Counters } from '../counters.ts';
import type { LargeMessages } from '../socket/large-messages.ts';
import type { Unread } from '../socket/unread.ts';
import type { TimeSlicedQueue } from '../time-sliced-queue.ts';
import type { Allowances } from './allowances.ts';
import type { MigratingContext } from './migrating.ts';
import type { PutBackLimits } from './put-back-limits.ts';

/** Dependencies that all rooms share. */
export interface RoomContext extends MigratingContext {
  readonly clock: Clock;
  readonly counters: Counters;
  readonly observe: Observer;
  /** The large answers of all rooms: a few per turn of the event loop. */
  readonly largeAnswers: TimeSlicedQueue;
  /** The memory budget for large answers to the server's own sync requests. */
  readonly largeMessages: LargeMessages;
  readonly unreadDifferences: Unread;
  /** What people may add to documents for good. */
  readonly allowances: Allowances;
  readonly putBackLimits: PutBackLimits;
  /** An update of a person was refused by a rule. */
  readonly refused: (board: string, person: string, rule: string) => void;
  readonly maxDocumentBytes: number;
}
