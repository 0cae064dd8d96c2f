import type { Connection } from '../socket/connection.ts';
import type { Vetted } from './vetting.ts';

/** The presence of one client id, as last received from the connection that holds it. */
export interface Slot {
  readonly client: number;
  readonly person: string;
  readonly connection: Connection;
  readonly clock: number;
  /** Encoded once, with the person's id written into it, as every receiver gets it. */
  readonly entry: Uint8Array;
  /** The person that this one follows; empty for nobody. */
  readonly follows: string;
  readonly vetted: Vetted;
  /** Set while the slot waits for a connection that broke without a close frame: stops the wait. */
  readonly stopGrace: (() => void) | null;
}

/** What `classify` needs to know of a connection. */
export interface Sender {
  readonly membership: { readonly person: string };
}

/** A client id that has left: its last clock, and the person who had it. */
export interface Departed {
  readonly clock: number;
  readonly person: string;
}

/**
 * What a presence entry is to a room (rules P1, P3, P6 and P7 of docs/SYNC.md):
 * - `own`: from the connection that holds the slot: a newer state, or a farewell.
 * - `echo`: nothing newer than the slot. Stock clients send back everything that they hear.
 * - `return`: a person takes a client id of their own back or over. They had it before, or still have it on another
 *   connection.
 * - `foreign`: not the sender's to change, because the client id is another person's or the farewell another socket's.
 * - `new`: a state under a client id that the room does not know.
 */
export type EntryKind = 'own' | 'echo' | 'return' | 'foreign' | 'new';

/**
 * Classifies an entry that arrives on the connection `from`. Allocates nothing: a crowd echoes thousands of entries
 * per second.
 * @param slot the slot of the entry's client id, if it is present
 * @param departed what is remembered of the client id, if it has left
 * @param isFarewell true if the entry's state is null
 */
export function classify(
  slot: (Pick<Slot, 'clock' | 'person' | 'stopGrace'> & { readonly connection: Sender }) | undefined,
  departed: Departed | undefined,
  from: Sender,
  clock: number,
  isFarewell: boolean,
): EntryKind {
  if (slot) {
    if (slot.connection === from && (isFarewell || clock > slot.clock)) return 'own';
    const isAwaited = slot.stopGrace !== null;
    // A returning client repeats its last state under the same clock.
    if (clock < slot.clock || (clock === slot.clock && !isAwaited)) return 'echo';
  }
  if (isFarewell) return 'foreign';
  const known = slot ?? departed;
  if (!known) return 'new';
  return known.person === from.membership.person ? 'return' : 'foreign';
}
