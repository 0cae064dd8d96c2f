import * as Y from 'yjs';
import { bringTo, openDocument, schemaOf } from '../../../shared/schema/document.ts';
import type { DocumentSchema } from '../../../shared/schema/migration.ts';
import type { ServedDocument } from '../../documents/work.ts';
import { AllWork } from '../../documents/work.ts';
import type { StoredDocument } from '../../store/contract.ts';
import type { Membership } from '../../access/membership.ts';
import type { Exceeded } from '../../../shared/wire/protocol.ts';
import type { Additions } from './allowances.ts';
import type { Pass, Refuse, Verdict } from '../guard/guard.ts';
import { Guard } from '../guard/guard.ts';
import { KnownDeletes } from '../guard/known-deletes.ts';
import type { Policy } from '../guard/policy.ts';
import { structFrom } from '../guard/positions.ts';
import type { PutBack } from '../guard/put-back.ts';
import { deletingUpdate, emptiedUpdate } from '../guard/put-back.ts';
import type { Packet } from '../socket/packets.ts';
import { step1Packet, step2Packet } from '../socket/packets.ts';
import type { Counters } from '../counters.ts';
import {
  maxAnswersKept,
  maxDifferenceBytes,
  maxKeptAnswerBytes,
  structBytes,
  valueBytes,
} from '../limits.ts';

/** Limits how much is added to a document, and what. */
export interface Bounds {
  /** True if the document has reached the size up to which this person may add to it. */
  isFull(membership: Membership): boolean;
  /** What may be changed for now; null for whatever the roles allow. */
  policy(): Policy | null;
  /** Takes what an update adds from its writer's allowance, as `Spend` of the guard. Returns what it would exceed. */
  spend(membership: Membership, since: number, additions: Additions, isKnown: boolean): Exceeded | null;
}

/** A document in memory. It changes in one transaction per tick. What it encodes is kept until the next change. */
export class LiveDocument {
  readonly doc = new Y.Doc();
  readonly guard: Guard;
  /** What the server itself writes into the document. */
  readonly work: AllWork;
  readonly #knownDeletes = new KnownDeletes(this.doc.store);
  readonly #counters: Counters;
  readonly #bounds: Bounds;
  #update: Uint8Array | null = null;
  /** Of the document as it is. Everyone who joins is asked with it. */
  #stateVector: Uint8Array | null = null;
  /** Answers to state vectors, valid for the document as it is, by the bytes of the vector. */
  readonly #answers = new Map<string, Packet>();
  #answerBytes = 0;

  constructor(
    { snapshot, updates, owners }: StoredDocument,
    served: ServedDocument,
    counters: Counters,
    bounds: Bounds,
  ) {
    this.#counters = counters;
    this.#bounds = bounds;
    this.guard = new Guard(this.doc, owners, served);
    openDocument(this.doc, served);
    this.doc.transact(() => {
      if (snapshot) Y.applyUpdate(this.doc, snapshot);
      for (const update of updates) Y.applyUpdate(this.doc, update);
    });
    this.work = new AllWork(this.doc, served);
    this.doc.on('update', (update: Uint8Array) => {
      this.#update = update;
      this.#stateVector = null;
      this.#forgetAnswers();
    });
  }

  /**
   * Judges an update by the guard. `since`: when its sender joined. `isStale`: the sender's document has content that
   * was put back.
   */
  judge(update: Uint8Array, membership: Membership, since: number, isStale = false): Verdict {
    const bounds = this.#bounds;
    const when = {
      isFull: bounds.isFull(membership),
      policy: bounds.policy(),
      refusesEmptied: true,
      isStale,
    };
    return this.guard.judge(update, membership, when, (additions, isKnown) =>
      bounds.spend(membership, since, additions, isKnown),
    );
  }

  /** The clock of a client id: how many of its operations the document has. */
  clockOf(client: number): number {
    return Y.getState(this.doc.store, client);
  }

  /** Removes from an update the deletes that the document already has, a few with each step. */
  withoutKnownDeletes(update: Uint8Array): Generator<undefined, Uint8Array> {
    return this.#knownDeletes.filter(update);
  }

  /** True if nothing that was applied still waits for missing parts. The guard ensures that; this checks it. */
  get isWhole(): boolean {
    return this.doc.store.pendingStructs === null && this.doc.store.pendingDs === null;
  }

  /** Runs one transaction. Returns its changes as one update, or null if it changed nothing. */
  change(edit: () => void): Uint8Array | null {
    this.#update = null;
    this.doc.transact((transaction) => {
      edit();
      // Yjs marks a transaction that applied an update as remote. It would then take our own writes for those of
      // another document with our client id.
      transaction.local = true;
    });
    return this.#update;
  }

  /** Applies an update that passed the guard. Call within `change`. */
  apply(update: Uint8Array, { changes }: Pass): void {
    Y.applyUpdate(this.doc, update);
    this.work.applied((collection) => this.guard.recordsMade(changes, collection));
  }

  /**
   * Applies an update that the guard refused without its content: all of its clocks are in the document afterwards, so
   * that what its sender writes next fits. What only adds is *taken out*: applied and deleted in the same transaction,
   * so that Yjs forgets it before it encodes. Anything else is *emptied*: its clocks are stored as collected, and what
   * it deletes stays. Returns null, and does nothing, if the sender may not add even that. Call within `change`.
   */
  putBack(
    update: Uint8Array,
    verdict: Refuse & { readonly putBack: PutBack },
    membership: Membership,
    since: number,
  ): 'taken-out' | 'emptied' | null {
    const { isAddition, clocks, additions } = verdict.putBack;
    const isKnown = this.guard.owners.hasWritten(membership.person);
    const maySpend = (what: Additions) => this.#bounds.spend(membership, since, what, isKnown) === null;
    const isTakenOut = isAddition && maySpend(additions);
    // What stays of emptied clocks is too little to count, but for new client ids.
    const { clients } = additions;
    if (!isTakenOut && clients > 0 && !maySpend({ clients, records: 0, keys: 0, bytes: 0 })) return null;
    this.guard.tookBack(verdict);
    if (isTakenOut) {
      Y.applyUpdate(this.doc, update);
      Y.applyUpdate(this.doc, deletingUpdate(clocks));
      return 'taken-out';
    }
    if (clocks.length > 0) Y.applyUpdate(this.doc, emptiedUpdate(clocks));
    return 'emptied';
  }

  /** Applies an update that the server made. Call within `change`. */
  applyOwn(update: Uint8Array): void {
    Y.applyUpdate(this.doc, update);
    this.guard.changedByServer();
    this.work.opened();
  }

  /** The version of the document's layout. */
  get schema(): number {
    return schemaOf(this.doc);
  }

  /** Migrates the document to a layout, as an edit of the server. Returns that edit as one update, or null if none. */
  bringTo(schema: DocumentSchema): Uint8Array | null {
    const update = this.change(() => bringTo(schema, this.doc));
    this.guard.changedByServer();
    return update;
  }

  /** The clock of the server's own client id. It rises when the server writes. */
  get ownClock(): number {
    return this.clockOf(this.doc.clientID);
  }

  /** The state vector of the document, encoded. */
  stateVector(): Uint8Array {
    return (this.#stateVector ??= Y.encodeStateVector(this.doc));
  }

  step1(): Packet {
    return step1Packet(this.stateVector());
  }

  /**
   * What a document with this state vector lacks, as sync step 2. Returns `large` if that is so much that the stored
   * state is the better answer, and null if the vector is malformed.
   */
  answer(stateVector: Uint8Array): Packet | 'large' | null {
    const key = keyOf(stateVector);
    const known = key === null ? undefined : this.#answers.get(key);
    if (known) return known;
    try {
      if (lacksMore(this.doc.store, Y.decodeStateVector(stateVector), maxDifferenceBytes)) return 'large';
      const answer = step2Packet(Y.encodeStateAsUpdate(this.doc, stateVector));
      this.#counters.differencesEncoded++;
      if (key !== null) this.#keep(key, answer);
      return answer;
    } catch {
      return null;
    }
  }

  #keep(key: string, answer: Packet): void {
    const bytes = key.length + answer.length;
    if (bytes > maxKeptAnswerBytes) return;
    if (this.#answers.size >= maxAnswersKept || this.#answerBytes + bytes > maxKeptAnswerBytes)
      this.#forgetAnswers();
    this.#answers.set(key, answer);
    this.#answerBytes += bytes;
  }

  #forgetAnswers(): void {
    this.#answers.clear();
    this.#answerBytes = 0;
  }

  close(): void {
    this.doc.destroy();
  }
}

/** True if what a document with this state vector lacks takes more than `most` bytes, not counting the delete set. */
function lacksMore(store: Y.Doc['store'], has: ReadonlyMap<number, number>, most: number): boolean {
  let bytes = 0;
  for (const [client, structs] of store.clients) {
    const from = has.get(client) ?? 0;
    if (from >= Y.getState(store, client)) continue;
    for (let i = structFrom(structs, 0, from); i < structs.length; i++) {
      bytes += bytesOf(structs[i]);
      if (bytes > most) return true;
    }
  }
  return false;
}

function bytesOf(struct: Y.Item | Y.GC | undefined): number {
  const content = struct instanceof Y.Item ? struct.content : null;
  if (content instanceof Y.ContentString) return structBytes + content.str.length;
  return content instanceof Y.ContentAny ? valueBytes : structBytes;
}

/** A state vector as a map key; null if it is too large to keep. */
function keyOf(vector: Uint8Array): string | null {
  if (vector.length > maxKeptAnswerBytes) return null;
  return Buffer.from(vector.buffer, vector.byteOffset, vector.length).toString('latin1');
}

/** The state vector of an empty document. */
export const emptyStateVector = Uint8Array.of(0);

/** True if a state vector is that of an empty document. */
export function hasNothing(stateVector: Uint8Array): boolean {
  return stateVector.length === 1 && stateVector[0] === 0;
}
