import * as Y from 'yjs';
import { bringTo, openDocument, schemaOf } from '../../../shared/schema/document.ts';
import type { DocumentSchema } from '../../../shared/schema/migration.ts';
import type { ServedDocument } from '../../documents/work.ts';
import { AllWork } from '../../documents/work.ts';
import type { StoredDocument } from '../../store/contract.ts';
import type { Membership } from '../../access/membership.ts';
import type { Exceeded } from '../../../shared/wire/protocol.ts';
import type { Additions } from './allowances.ts';
import type { Pass, Verdict } from '../guard/guard.ts';
import { Guard } from '../guard/guard.ts';
import { KnownDeletes } from '../guard/known-deletes.ts';
import type { Policy } from '../guard/policy.ts';
import { structFrom } from '../guard/positions.ts';
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

/** What bounds how much comes into a document, and of what kind. */
export interface Bounds {
  /** Whether the document has the size up to which this person may add to it. */
  isFull(membership: Membership): boolean;
  /** What may be changed for the time being; null: whatever the roles may. */
  policy(): Policy | null;
  /** Takes what an update adds from what its writer may add; as `Spend` of the guard. */
  spend(membership: Membership, since: number, additions: Additions, isKnown: boolean): Exceeded | null;
}

/** A document in memory, as the room sees it: changed in one transaction a tick, and encoded once a version. */
export class LiveDocument {
  readonly doc = new Y.Doc();
  readonly guard: Guard;
  /** What the server itself writes. */
  readonly work: AllWork;
  readonly #knownDeletes = new KnownDeletes(this.doc.store);
  readonly #counters: Counters;
  readonly #bounds: Bounds;
  #update: Uint8Array | null = null;
  /** Of the document as it is: everyone who joins is asked by it. */
  #stateVector: Uint8Array | null = null;
  /** The answers to state vectors that hold for the document as it is, by the vector's bytes. */
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

  /** `since`: since when its sender is here. */
  judge(update: Uint8Array, membership: Membership, since: number): Verdict {
    const bounds = this.#bounds;
    const when = { isFull: bounds.isFull(membership), policy: bounds.policy() };
    return this.guard.judge(update, membership, when, (additions, isKnown) =>
      bounds.spend(membership, since, additions, isKnown),
    );
  }

  /** How many clocks of a client id it has. */
  clockOf(client: number): number {
    return Y.getState(this.doc.store, client);
  }

  /** Takes the deletes out of an update that the document has; a little with each step. */
  withoutKnownDeletes(update: Uint8Array): Generator<undefined, Uint8Array> {
    return this.#knownDeletes.filter(update);
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

  /** Applies an update that the guard has let through; within `change`. */
  apply(update: Uint8Array, { changes }: Pass): void {
    Y.applyUpdate(this.doc, update);
    this.work.applied((collection) => this.guard.recordsMade(changes, collection));
  }

  /** Applies an update of the server's own making; within `change`. */
  applyOwn(update: Uint8Array): void {
    Y.applyUpdate(this.doc, update);
    this.guard.changedByServer();
    this.work.opened();
  }

  /** The version of its layout. */
  get schema(): number {
    return schemaOf(this.doc);
  }

  /** Brings it to a layout, as an edit of the server's own. Returns that as one update; null where it has it already. */
  bringTo(schema: DocumentSchema): Uint8Array | null {
    const update = this.change(() => bringTo(schema, this.doc));
    this.guard.changedByServer();
    return update;
  }

  /** The clock of the server's own client id: it rises when the server writes. */
  get ownClock(): number {
    return this.clockOf(this.doc.clientID);
  }

  /** Which updates the document has, as clients say it. */
  stateVector(): Uint8Array {
    return (this.#stateVector ??= Y.encodeStateVector(this.doc));
  }

  step1(): Packet {
    return step1Packet(this.stateVector());
  }

  /**
   * What a document of this state vector lacks, as sync step 2; `large` where that is so much that the stored state is
   * the better answer, and null where the vector is malformed.
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

/** Whether what a document of this state vector lacks takes more than so many bytes, its delete set aside. */
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

/** A state vector as a key; null where it is too large to be kept. */
function keyOf(vector: Uint8Array): string | null {
  if (vector.length > maxKeptAnswerBytes) return null;
  return Buffer.from(vector.buffer, vector.byteOffset, vector.length).toString('latin1');
}

/** The state vector of a client that has nothing at all. */
export const emptyStateVector = Uint8Array.of(0);

/** Whether a state vector says that. */
export function hasNothing(stateVector: Uint8Array): boolean {
  return stateVector.length === 1 && stateVector[0] === 0;
}
