import * as Y from 'yjs';
import { isWhole } from './whole.ts';

/**
 * Checks whether updates fit a document before they are applied. An update whose base is missing would stay in the
 * document, neither shown nor sent, and the server would refuse it on every reconnect.
 */
export class FittingRoom {
  readonly #doc: Y.Doc;
  /** A copy of the document with every update that fitted so far. Made on first use. */
  #copy: Y.Doc | null = null;
  readonly #taken: Uint8Array[] = [];

  constructor(doc: Y.Doc) {
    this.#doc = doc;
  }

  /** True if the document, with the updates that fitted before, has everything that this one builds on. */
  fits(update: Uint8Array): boolean {
    const copy = (this.#copy ??= this.#makeCopy());
    try {
      // Checked first, because a copy that takes an update without its base must be made again.
      if (!hasBase(copy, update) || wasPutBack(copy, update)) return false;
      Y.applyUpdate(copy, update);
      if (isWhole(copy)) {
        this.#taken.push(update);
        return true;
      }
    } catch {
      // Truncated, or not written by Yjs. It may have changed half of the copy.
    }
    this.close();
    return false;
  }

  close(): void {
    this.#copy?.destroy();
    this.#copy = null;
  }

  #makeCopy(): Y.Doc {
    const copy = new Y.Doc();
    for (const update of [Y.encodeStateAsUpdate(this.#doc), ...this.#taken]) Y.applyUpdate(copy, update);
    return copy;
  }
}

/** True if the bytes decode as an update. */
export function isUpdate(bytes: Uint8Array): boolean {
  try {
    Y.decodeUpdate(bytes);
    return true;
  } catch {
    return false;
  }
}

/**
 * The texts that an update inserts, one per run. This is all that an update which fits no document can tell.
 * @throws if the bytes are not an update
 */
export function textsInserted(update: Uint8Array): string[] {
  const runs: { client: number; end: number; text: string }[] = [];
  for (const struct of Y.decodeUpdate(update).structs) {
    if (!(struct instanceof Y.Item) || !(struct.content instanceof Y.ContentString)) continue;
    const { client, clock } = struct.id;
    const last = runs.at(-1);
    if (last && last.client === client && last.end === clock) {
      last.text += struct.content.str;
      last.end += struct.length;
    } else runs.push({ client, end: clock + struct.length, text: struct.content.str });
  }
  return runs.map(({ text }) => text).filter((text) => text.trim() !== '');
}

/**
 * True if the document has clocks of an update without their content, because the server put it back. Applying it would
 * only do what it deletes.
 */
function wasPutBack({ store }: Y.Doc, update: Uint8Array): boolean {
  return Y.decodeUpdate(update).structs.some((struct) => {
    if (!(struct instanceof Y.Item) || struct.content instanceof Y.ContentDeleted) return false;
    const { client, clock } = struct.id;
    const structs = clock < Y.getState(store, client) ? (store.clients.get(client) ?? []) : [];
    return structs.length > 0 && structs[Y.findIndexSS(structs, clock)] instanceof Y.GC;
  });
}

/** True if a document has all structs that an update continues, is next to, is inside of, or deletes. */
function hasBase(doc: Y.Doc, update: Uint8Array): boolean {
  const { structs, ds } = Y.decodeUpdate(update);
  const ends = new Map<number, number>();
  const endOf = (client: number) => ends.get(client) ?? Y.getState(doc.store, client);
  for (const { id, length, constructor } of structs) {
    if (constructor === Y.Skip) continue;
    if (id.clock > endOf(id.client)) return false;
    ends.set(id.client, Math.max(endOf(id.client), id.clock + length));
  }
  const isThere = (id: Y.ID) => id.clock < endOf(id.client);
  for (const struct of structs) {
    if (!(struct instanceof Y.Item)) continue;
    for (const base of [struct.origin, struct.rightOrigin, struct.parent]) {
      if (base instanceof Y.ID && !isThere(base)) return false;
    }
  }
  for (const [client, ranges] of ds.clients) {
    for (const { clock, len } of ranges) if (clock + len > endOf(client)) return false;
  }
  return true;
}
