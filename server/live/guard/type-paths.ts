import * as Y from 'yjs';

/** A type of any kind; Yjs does not export the name. */
export type AnyType = Parameters<typeof Y.findRootTypeKey>[0];

/** A Y type that holds items, and the way to it. While one update is judged, each is one object. */
export interface TypePath {
  /** The name of the root map. */
  readonly root: string;
  /** What it is in, and its key there, null for an element of a list. A root is in nothing. */
  readonly outer: TypePath | null;
  readonly key: string | null;
  /** How many homes it is in. */
  readonly depth: number;
  /** Null where the document does not have it, so that the update that is being looked at makes it. */
  readonly type: AnyType | null;
}

/** The home of a type that is the content of an item under `key` of another home. */
export function pathWithin(outer: TypePath, key: string | null, type: AnyType | null): TypePath {
  return { root: outer.root, outer, key, depth: outer.depth + 1, type };
}

/** The homes of the roots of a document, for as long as it lives: there are few, and their names are far to seek. */
export class Roots {
  readonly #doc: Y.Doc;
  readonly #known = new Map<AnyType, TypePath>();

  constructor(doc: Y.Doc) {
    this.#doc = doc;
  }

  /** Null where the document has no root of that name. */
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

/** The homes that one update touches: found again by walking up, which is as short as documents are flat. */
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
    // The parent of an item that is in the store is always a type.
    return known ?? this.within(this.of(item.parent as AnyType), item.parentSub, type);
  }

  /** The home of a stored type that is under a key of another. */
  within(outer: TypePath, key: string | null, type: AnyType): TypePath {
    const known = this.#known.get(type);
    if (known) return known;
    const home = pathWithin(outer, key, type);
    this.#known.set(type, home);
    return home;
  }
}

/** The keys from the root down to a home, null for an element of a list; none for the root itself. */
export function keysOf(home: TypePath): (string | null)[] {
  const keys: (string | null)[] = [];
  for (let at = home; at.outer; at = at.outer) keys.unshift(at.key);
  return keys;
}

/** Whether a map has, or ever had, something under a key. */
export function hasKey(home: TypePath, key: string): boolean {
  return home.type !== null && home.type._map.has(key);
}

/** Keys that a map has, or ever had: what is removed keeps its key. */
export function keyCount(home: TypePath): number {
  return home.type?._map.size ?? 0;
}
