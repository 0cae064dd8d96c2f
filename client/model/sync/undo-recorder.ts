import * as Y from 'yjs';
import type { DocumentDefinition } from '$shared/schema/document.ts';

/** A Y type of any kind; Yjs does not export the name. */
type AnyType = Parameters<typeof Y.findRootTypeKey>[0];

/** Inserted and deleted ids, as `Y.UndoManager` keeps them. */
type Ids = Y.UndoManager['undoStack'][number];
type IdSet = Ids['insertions'];

/** The changed keys of each shared type. For a text, the key is null. */
type Places = ReadonlyMap<AnyType, ReadonlySet<string | null>>;

/** The changes of one of this person's transactions: enough to undo them. */
export interface Piece {
  readonly ids: Ids;
  readonly places: Places;
  /** When it was made, as a count of transactions. */
  readonly at: number;
}

/**
 * Records this person's changes, and undoes them piece by piece.
 *
 * `Y.UndoManager` does the undoing: it deletes ids, restores ids, and recognises a character that was deleted and
 * restored before. Its own stacks stay empty, because it moves on to the next step if one changes nothing. It is also
 * told to ignore remote changes: it looks for them among the ids on its stacks, and so takes another person's value,
 * overwritten and restored by an undo, for the person's own. Instead, this class records the place of each change by
 * others. Undo leaves alone a place that others have changed since, and everything in a removed record.
 */
export class UndoRecorder {
  readonly #doc: Y.Doc;
  /** The origin of this person's transactions. */
  readonly #origin: object;
  readonly #manager: Y.UndoManager;
  /** The number of transactions so far. */
  #now = 0;
  /** The last time that a key was changed, other than by a piece that can be undone. */
  readonly #changed = new Map<AnyType, Map<string, number>>();
  /** True while there are no pieces, so that changes by others do not matter. */
  #isIdle = true;
  #recorded: Piece | null = null;

  constructor(doc: Y.Doc, origin: object, { collections }: DocumentDefinition) {
    this.#doc = doc;
    this.#origin = origin;
    const roots = Object.keys(collections).map((name) => doc.getMap(name));
    this.#manager = new Y.UndoManager(roots, {
      trackedOrigins: new Set([origin]),
      ignoreRemoteMapChanges: true,
    });
    // Runs after the manager's own listener, which puts the recorded change on one of its stacks.
    doc.on('afterTransaction', this.#note);
  }

  /** Runs an edit as one transaction. Returns its changes; null if it changed nothing. */
  record(edit: () => void): Piece | null {
    return this.#during(() => this.#doc.transact(edit, this.#origin));
  }

  /** Undoes a piece, once, except where others have changed it. Returns what that changed, or null. */
  takeBack(piece: Piece): Piece | null {
    const { ids } = piece;
    const places = this.#livePlaces(piece);
    if (places.size === 0) return null;
    if (countOf({ places }) < countOf(piece)) this.#keepOnly(ids, places);
    this.#manager.undoStack = [ids];
    return this.#during(() => this.#manager.undo());
  }

  /** Forgets the changes of others, because no piece is left that they could affect. */
  forget(): void {
    this.#isIdle = true;
    this.#changed.clear();
  }

  close(): void {
    this.#doc.off('afterTransaction', this.#note);
    this.#manager.destroy();
  }

  #during(run: () => void): Piece | null {
    this.#recorded = null;
    this.#isIdle = false;
    run();
    return this.#recorded;
  }

  #note = (transaction: Y.Transaction) => {
    const { undoStack, redoStack } = this.#manager;
    const origin: unknown = transaction.origin;
    this.#now++;
    if (origin !== this.#origin && origin !== this.#manager) {
      if (!this.#isIdle) this.#noteForeign(transaction);
      return;
    }
    const ids = redoStack.pop() ?? undoStack.pop();
    if (ids) this.#recorded = { ids, places: new Map(transaction.changed), at: this.#now };
  };

  #noteForeign(transaction: Y.Transaction): void {
    for (const [type, keys] of transaction.changed) {
      for (const key of keys) {
        if (key !== null && isNew(transaction, type._map.get(key))) this.#noteChanged(type, key, this.#now);
      }
    }
  }

  #noteChanged(type: AnyType, key: string, at: number): void {
    const times = this.#changed.get(type) ?? new Map<string, number>();
    this.#changed.set(type, times.set(key, Math.max(at, times.get(key) ?? 0)));
  }

  #livePlaces({ places, at }: Piece): Places {
    const live = new Map<AnyType, Set<string | null>>();
    for (const [type, keys] of places) {
      for (const key of keys) {
        const isChanged = key !== null && (this.#changed.get(type)?.get(key) ?? 0) > at;
        const isRemoved = isInRemoved(type, key);
        if (!isChanged && !isRemoved) live.set(type, (live.get(type) ?? new Set<string | null>()).add(key));
        // The current value is no longer the one that an earlier step left there.
        else if (key !== null) this.#noteChanged(type, key, at);
      }
    }
    return live;
  }

  #keepOnly(ids: Ids, places: Places): void {
    this.#doc.transact((transaction) => {
      ids.insertions = idsIn(transaction, ids.insertions, places);
      ids.deletions = idsIn(transaction, ids.deletions, places);
    });
  }
}

/** Joins what was typed without a pause into one piece. None if all of it was deleted again. */
export function joined([first]: readonly Piece[], next: Piece): readonly Piece[] {
  if (!first) return [next];
  const insertions = Y.mergeDeleteSets([first.ids.insertions, next.ids.insertions]);
  const deletions = Y.mergeDeleteSets([first.ids.deletions, next.ids.deletions]);
  if (Y.equalDeleteSets(insertions, deletions)) return [];
  const places = new Map(first.places);
  for (const [type, keys] of next.places) places.set(type, new Set([...(places.get(type) ?? []), ...keys]));
  return [{ ids: Object.assign(next.ids, { insertions, deletions }), places, at: first.at }];
}

/** The number of places that a piece has changed: fields, members, values and texts. */
export function countOf({ places }: Pick<Piece, 'places'>): number {
  let count = 0;
  for (const keys of places.values()) count += keys.size;
  return count;
}

/** The number of places of a piece that `taken` did not undo. */
export function countLeft({ places }: Piece, taken: Piece | null): number {
  let count = 0;
  for (const [type, keys] of places) {
    for (const key of keys) if (!taken?.places.get(type)?.has(key)) count++;
  }
  return count;
}

/** True if a place is in a removed record. The removal mark itself does not count: it is a place of its own. */
function isInRemoved(type: AnyType, key: string | null): boolean {
  let record: AnyType | null = null;
  // A stored item always has a type as its parent.
  for (let at = type; at._item !== null; at = at._item.parent as AnyType) record = at;
  if (!(record instanceof Y.Map) || (record === type && key === 'gone')) return false;
  return record.get('gone') === true;
}

/**
 * True if a transaction has set or deleted the value under a key now. A change that lost against another does not
 * count.
 */
function isNew({ beforeState, deleteSet }: Y.Transaction, item: Y.Item | undefined): boolean {
  if (!item) return false;
  const isAdded = item.id.clock >= (beforeState.get(item.id.client) ?? 0);
  return isAdded || (item.deleted && Y.isDeleted(deleteSet, item.id));
}

/** The ids of a set that are in certain places. */
function idsIn(transaction: Y.Transaction, ids: IdSet, places: Places): IdSet {
  const left: IdSet = Y.createDeleteSet();
  Y.iterateDeletedStructs(transaction, ids, (struct) => {
    if (!(struct instanceof Y.Item) || !places.get(struct.parent as AnyType)?.has(struct.parentSub)) return;
    const { client, clock } = struct.id;
    const ranges = left.clients.get(client) ?? [];
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- Yjs does not export the class, which is two numbers
    ranges.push({ clock, len: struct.length });
    left.clients.set(client, ranges);
  });
  return left;
}
