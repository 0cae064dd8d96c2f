import * as Y from 'yjs';

/** What an item holds, and a type of any kind; Yjs exports neither name. */
export type Content = Y.Item['content'];
export type AnyType = Parameters<typeof Y.findRootTypeKey>[0];

/** A Y type that holds items, and the way to it. */
export interface Home {
  /** The name of the root map. */
  readonly root: string;
  /** The keys from the root down to the type, null for an element of a list; none for the root itself. */
  readonly keys: readonly (string | null)[];
  /** Null for a root that the document does not have. */
  readonly type: AnyType | null;
  /** Made by the update that is being looked at: nobody else has seen it yet. */
  readonly isFresh: boolean;
}

/** The home of a type that is the content of an item under `key` of another home. */
export function homeWithin(home: Home, key: string | null, type: AnyType, isFresh: boolean): Home {
  return { root: home.root, keys: [...home.keys, key], type, isFresh };
}

/**
 * Knows where each type of a document stands. A type never moves, so each is looked up once and
 * remembered for as long as it lives.
 */
export class Homes {
  readonly #doc: Y.Doc;
  readonly #known = new WeakMap<AnyType, Home>();

  constructor(doc: Y.Doc) {
    this.#doc = doc;
  }

  ofRoot(name: string): Home {
    const type = this.#doc.share.get(name);
    return type ? this.of(type) : { root: name, keys: [], type: null, isFresh: true };
  }

  of(type: AnyType): Home {
    const known = this.#known.get(type);
    if (known) return known;
    const home = this.#find(type);
    this.#known.set(type, home);
    return home;
  }

  #find(type: AnyType): Home {
    const item = type._item;
    if (item === null) return { root: Y.findRootTypeKey(type), keys: [], type, isFresh: false };
    // The parent of an item that is in the store is always a type.
    return homeWithin(this.of(item.parent as AnyType), item.parentSub, type, false);
  }
}

/** Whether a map has, or ever had, something under a key. */
export function hasKey(home: Home, key: string): boolean {
  return home.type !== null && home.type._map.has(key);
}

/** Keys that a map has, or ever had: what is removed keeps its key. */
export function keyCount(home: Home): number {
  return home.type?._map.size ?? 0;
}
