import * as Y from 'yjs';
import type { DocumentDefinition } from '$shared/schema/document.ts';

/** A Y type of any kind; Yjs does not export the name. */
type AnyType = Parameters<typeof Y.findRootTypeKey>[0];

/** Ids that were put in and ids that were deleted, as `Y.UndoManager` keeps them. */
type Ids = Y.UndoManager['undoStack'][number];
type IdSet = Ids['insertions'];

/** Keys of maps, by map; the letters of a text are under null. */
type Places = ReadonlyMap<AnyType, ReadonlySet<string | null>>;

/** What one transaction of this person changed: enough to take it back. */
export interface Piece {
  readonly ids: Ids;
  readonly places: Places;
  /** When it was made, in transactions counted. */
  readonly at: number;
}

/**
 * Records what this person changes, and takes it back piece by piece.
 *
 * Taking back is left to `Y.UndoManager`: it deletes ids and brings ids back, and knows a letter again that
 * was deleted and brought back before. Its own stacks stay empty, since it pops on to the next step where one
 * changes nothing. It is also told to ignore remote changes: it looks for them among the ids that its stacks
 * hold, and so takes a value of somebody else, overwritten and brought back by an undo, for the person's own.
 * Instead, each change by somebody else is noted here with its place. A place that somebody else has changed
 * since is left as it is, and so is everything in a record that is removed.
 */
export class UndoRecorder {
  readonly #doc: Y.Doc;
  /** The origin of this person's transactions. */
  readonly #origin: object;
  readonly #manager: Y.UndoManager;
  /** Transactions counted. */
  #now = 0;
  /** When a key was changed last other than by a piece that can be taken back. */
  readonly #changed = new Map<AnyType, Map<string, number>>();
  /** Whether there is any piece for which others' changes matter. */
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
    // After the manager's own listener, which has put what it recorded on one of its stacks.
    doc.on('afterTransaction', this.#note);
  }

  /** Runs an edit as one transaction. Returns what it changed; null where it changed nothing. */
  record(edit: () => void): Piece | null {
    return this.#during(() => this.#doc.transact(edit, this.#origin));
  }

  /** Takes a piece back, as far as nobody else has changed it, once. Returns what that changed, or null. */
  takeBack(piece: Piece): Piece | null {
    const { ids } = piece;
    const places = this.#livePlaces(piece);
    if (places.size === 0) return null;
    if (countOf({ places }) < countOf(piece)) this.#keepOnly(ids, places);
    this.#manager.undoStack = [ids];
    return this.#during(() => this.#manager.undo());
  }

  /** Forgets what others have changed, as no piece is left that it could matter for. */
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
        // What stays now is no longer what an earlier step has left there.
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

/** What was typed without a pause, as one piece; none where all of it was deleted again. */
export function joined([first]: readonly Piece[], next: Piece): readonly Piece[] {
  if (!first) return [next];
  const insertions = Y.mergeDeleteSets([first.ids.insertions, next.ids.insertions]);
  const deletions = Y.mergeDeleteSets([first.ids.deletions, next.ids.deletions]);
  if (Y.equalDeleteSets(insertions, deletions)) return [];
  const places = new Map(first.places);
  for (const [type, keys] of next.places) places.set(type, new Set([...(places.get(type) ?? []), ...keys]));
  return [{ ids: Object.assign(next.ids, { insertions, deletions }), places, at: first.at }];
}

/** How many places a piece has changed: fields, members, values and texts. */
export function countOf({ places }: Pick<Piece, 'places'>): number {
  let count = 0;
  for (const keys of places.values()) count += keys.size;
  return count;
}

/** In how many places of a piece nothing was taken back by `taken`. */
export function countLeft({ places }: Piece, taken: Piece | null): number {
  let count = 0;
  for (const [type, keys] of places) {
    for (const key of keys) if (!taken?.places.get(type)?.has(key)) count++;
  }
  return count;
}

/** Whether a place is in a record that is removed. The mark that removes it is not: it is a place itself. */
function isInRemoved(type: AnyType, key: string | null): boolean {
  let record: AnyType | null = null;
  // The parent of an item that is in the store is always a type.
  for (let at = type; at._item !== null; at = at._item.parent as AnyType) record = at;
  if (!(record instanceof Y.Map) || (record === type && key === 'gone')) return false;
  return record.get('gone') === true;
}

/** Whether a transaction has put what is under a key now, or has deleted it: a change that lost is none. */
function isNew({ beforeState, deleteSet }: Y.Transaction, item: Y.Item | undefined): boolean {
  if (!item) return false;
  const isAdded = item.id.clock >= (beforeState.get(item.id.client) ?? 0);
  return isAdded || (item.deleted && Y.isDeleted(deleteSet, item.id));
}

/** Those ids of a set that are in certain places. */
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
