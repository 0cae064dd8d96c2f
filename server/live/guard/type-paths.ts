import * as Y from 'yjs';

/** A Y type of any kind. Yjs does not export this name. */
export type AnyType = Parameters<typeof Y.findRootTypeKey>[0];

/**
 * A Y type that holds items, and its path from the root. During the check of one update, each type has one path object.
 */
export interface TypePath {
  /** The name of the root map. */
  readonly root: string;
  /** Its parent, and its key in it; the key is null for an element of a list. A root has no parent. */
  readonly outer: TypePath | null;
  readonly key: string | null;
  /** The number of parents. */
  readonly depth: number;
  /** Null if the document does not have it and the update creates it. */
  readonly type: AnyType | null;
}

/** The path of a type that is the content of an item under `key` of another type. */
export function pathWithin(outer: TypePath, key: string | null, type: AnyType | null): TypePath {
  return { root: outer.root, outer, key, depth: outer.depth + 1, type };
}

/** The paths of a document's roots. Cached: there are few roots, and finding a root's name is a linear search. */
export class Roots {
  readonly #doc: Y.Doc;
  readonly #known = new Map<AnyType, TypePath>();

  constructor(doc: Y.Doc) {
    this.#doc = doc;
  }

  /** Null if the document has no root of that name. */
  named(name: string): TypePath | null {
    const type = this.#doc.share.get(name);
    return type ? this.of(type) : null;
  }

  of(type: AnyType): TypePath {
    const known = this.#known.get(type);
    if (known) return known;
    const home: TypePath = { root: Y.findRootTypeKey(type), outer: null, key: null, depth: 0, type };
    this.#known.set(type, home);
    return home;
  }
}

/** The paths of the types that one update touches, found by walking up; documents are flat, so the walk is short. */
export class TypePaths {
  readonly #roots: Roots;
  readonly #known = new Map<AnyType | string, TypePath>();

  constructor(roots: Roots) {
    this.#roots = roots;
  }

  ofRoot(name: string): TypePath {
    const root = this.#roots.named(name) ?? this.#known.get(name);
    if (root) return root;
    const home: TypePath = { root: name, outer: null, key: null, depth: 0, type: null };
    this.#known.set(name, home);
    return home;
  }

  of(type: AnyType): TypePath {
    const item = type._item;
    if (item === null) return this.#roots.of(type);
    const known = this.#known.get(type);
    // The parent of a stored item is always a type.
    return known ?? this.within(this.of(item.parent as AnyType), item.parentSub, type);
  }

  /** The path of a stored type under a key of another. */
  within(outer: TypePath, key: string | null, type: AnyType): TypePath {
    const known = this.#known.get(type);
    if (known) return known;
    const home = pathWithin(outer, key, type);
    this.#known.set(type, home);
    return home;
  }
}

/** The keys from the root down to a type; null for an element of a list. Empty for the root itself. */
export function keysOf(home: TypePath): (string | null)[] {
  const keys: (string | null)[] = [];
  for (let at = home; at.outer; at = at.outer) keys.unshift(at.key);
  return keys;
}

/** True if a map has, or ever had, content under a key. */
export function hasKey(home: TypePath, key: string): boolean {
  return home.type !== null && home.type._map.has(key);
}

/** The number of keys that a map has, or ever had. Removed entries keep their key. */
export function keyCount(home: TypePath): number {
  return home.type?._map.size ?? 0;
}
