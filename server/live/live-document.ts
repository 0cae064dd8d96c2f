import * as Y from 'yjs';
import { openRoots } from '../../shared/board/document.ts';
import type { StoredDocument } from '../store/contract.ts';
import { Guard } from './guard/guard.ts';
import { Numbering } from './numbering.ts';
import type { Tally } from './tally.ts';
import { step1Frame, step2Frame } from './wire.ts';

/** A document in memory, as the room sees it: changed in one transaction a tick, encoded once a version. */
export class LiveDocument {
  readonly doc = new Y.Doc();
  readonly guard = new Guard(this.doc);
  readonly numbering = new Numbering(this.doc);
  readonly #tally: Tally;
  #update: Uint8Array | null = null;
  /** The full state as a frame, shared by all who join; null until asked for, and after each change. */
  #stateFrame: Uint8Array | null = null;

  constructor(stored: StoredDocument, tally: Tally) {
    this.#tally = tally;
    openRoots(this.doc);
    this.doc.transact(() => {
      if (stored.snapshot) Y.applyUpdate(this.doc, stored.snapshot);
      for (const update of stored.updates) Y.applyUpdate(this.doc, update);
    });
    this.doc.on('update', (update: Uint8Array) => {
      this.#update = update;
      this.#stateFrame = null;
    });
  }

  /** Whether all that was ever applied found its place. The guard sees to it; nobody may rely on it unseen. */
  get isWhole(): boolean {
    return this.doc.store.pendingStructs === null && this.doc.store.pendingDs === null;
  }

  /** Runs one transaction. Returns what it changed as one update, or null where it changed nothing. */
  change(edit: () => void): Uint8Array | null {
    this.#update = null;
    this.doc.transact((transaction) => {
      edit();
      // Yjs calls a transaction that applied an update foreign, and takes our own writes in it for those
      // of a stranger with our client id.
      transaction.local = true;
    });
    return this.#update;
  }

  /** Applies a client's update; within `change`, and only after the guard has let it through. */
  apply(update: Uint8Array): void {
    Y.applyUpdate(this.doc, update);
  }

  /** The clock of the server's own client id: it rises when the server writes. */
  get ownClock(): number {
    return Y.getState(this.doc.store, this.doc.clientID);
  }

  encode(): Uint8Array {
    this.#tally.statesEncoded++;
    return Y.encodeStateAsUpdate(this.doc);
  }

  step1(): Uint8Array {
    return step1Frame(Y.encodeStateVector(this.doc));
  }

  /** The answer to a client's state vector, or null where that is malformed. */
  step2(stateVector: Uint8Array): Uint8Array | null {
    if (stateVector.length === 1 && stateVector[0] === 0) {
      this.#tally.statesSent++;
      return (this.#stateFrame ??= step2Frame(this.encode()));
    }
    try {
      return step2Frame(Y.encodeStateAsUpdate(this.doc, stateVector));
    } catch {
      return null;
    }
  }

  close(): void {
    this.doc.destroy();
  }
}
