import * as v from 'valibot';
import * as Y from 'yjs';
import type { Collection, ValueCollection } from '../../shared/schema/collection.ts';
import { parseValue } from '../../shared/schema/collection.ts';
import type { DocumentDefinition } from '../../shared/schema/document.ts';
import { isEqual } from '../../shared/schema/equal.ts';
import { rootOf } from '../../shared/schema/read.ts';
import type { ValueField } from '../../shared/schema/field.ts';
import { openPresent, openWhole } from './states.ts';

/** How much was removed or restored. */
export interface RemovalCounts {
  /** Records that these people created or restored; now removed. */
  readonly records: number;
  /** Records of others that these people removed; now restored. */
  readonly returned: number;
  /** Values of value collections: reset to the version, or deleted. */
  readonly values: number;
  /** Plain fields in records of others: reset to the version. */
  readonly fields: number;
  /** Members removed from sets. */
  readonly members: number;
  /** Texts from which characters were removed. */
  readonly texts: number;
}

export interface Removal {
  /** Null if there is nothing to remove. */
  readonly update: Uint8Array | null;
  readonly removed: RemovalCounts;
}

/**
 * Creates the update that removes what some people added to a document since one of its versions: everything written
 * under their client ids that the version does not have. It is an edit like any other, and merges with concurrent
 * edits.
 *
 * Yjs records who wrote something, but not who deleted it. So characters, values and members that these people deleted
 * do not come back; an earlier version has them.
 * @param current the state as one Yjs update
 * @param version the state since which their work is removed, as one Yjs update; it may have an older layout
 * @param clients the Yjs client ids of these people
 * @throws if one of the states is not a whole document, or has a layout other than this program's
 */
export function removeAdded(
  definition: DocumentDefinition,
  current: Uint8Array,
  version: Uint8Array,
  clients: readonly number[],
): Removal {
  const now = openPresent(current, definition);
  const then = openWhole(version, definition);
  try {
    const removing = new Removing(new Additions(then, clients));
    let update: Uint8Array | null = null;
    now.on('update', (made: Uint8Array) => (update = made));
    now.transact(() => {
      for (const of of Object.values(definition.collections)) {
        if (of.kind === 'records') removing.fromRecords(of, rootOf(now, of), rootOf(then, of));
        else removing.fromValues(of, rootOf(now, of), rootOf(then, of));
      }
    });
    return { update, removed: removing.counts };
  } finally {
    now.destroy();
    then.destroy();
  }
}

/** Finds what some client ids have written since a version. */
class Additions {
  /** By client id: the first clock that the version does not have. */
  readonly #since: ReadonlyMap<number, number>;

  constructor(version: Y.Doc, clients: readonly number[]) {
    this.#since = new Map(clients.map((client) => [client, Y.getState(version.store, client)]));
  }

  /**
   * The offset of their additions in an item, which may have characters from before and after; null if there are none.
   */
  startIn({ id, length }: Y.Item): number | null {
    const since = this.#since.get(id.client);
    return since === undefined || id.clock + length <= since ? null : Math.max(0, since - id.clock);
  }

  /** True if the value of a map item is theirs. */
  has(item: Y.Item): boolean {
    return this.startIn(item) !== null;
  }
}

/** Removes additions from a document, within a transaction. */
class Removing {
  readonly #additions: Additions;
  readonly counts = { records: 0, returned: 0, values: 0, fields: 0, members: 0, texts: 0 };

  constructor(additions: Additions) {
    this.#additions = additions;
  }

  fromRecords(of: Collection, now: Y.Map<unknown>, then: Y.Map<unknown>): void {
    for (const [id, item] of liveItems(now)) {
      const record = now.get(id);
      if (!(record instanceof Y.Map)) continue;
      if (this.#additions.has(item)) this.#setGone(record, true);
      else this.#fromRecord(of, record, then.get(id));
    }
  }

  fromValues(of: ValueCollection, now: Y.Map<unknown>, then: Y.Map<unknown>): void {
    for (const [key, item] of liveItems(now)) {
      if (!this.#additions.has(item)) continue;
      const before = parseValue(of, then.get(key));
      if (isEqual(now.get(key), before)) continue;
      if (before === null) now.delete(key);
      else now.set(key, before);
      this.counts.values++;
    }
  }

  /** @param wanted the record in the version; not a map if the version does not have it */
  #fromRecord(of: Collection, record: Y.Map<unknown>, wanted: unknown): void {
    const then = wanted instanceof Y.Map ? wanted : null;
    for (const [name, item] of liveItems(record)) {
      const field = of.fields[name];
      switch (field?.kind) {
        case 'text':
          this.#fromText(record.get(name));
          break;
        case 'set':
          this.#fromSet(record.get(name), then?.get(name));
          break;
        case 'value':
          if (!this.#additions.has(item)) break;
          // Without the record in the version, the earlier value is unknown; for a removal it must have been "not
          // removed".
          if (name === 'gone') this.#setGone(record, then !== null && isGone(then));
          else if (then) this.#putBack(record, then, name, field);
      }
    }
  }

  #putBack(record: Y.Map<unknown>, then: Y.Map<unknown>, name: string, field: ValueField<unknown>): void {
    const before = then.get(name);
    if (isEqual(record.get(name), before)) return;
    if (v.is(field.schema, before)) record.set(name, before);
    else record.delete(name);
    this.counts.fields++;
  }

  #setGone(record: Y.Map<unknown>, gone: boolean): void {
    if (isGone(record) === gone) return;
    record.set('gone', gone);
    if (gone) this.counts.records++;
    else this.counts.returned++;
  }

  #fromSet(set: unknown, before: unknown): void {
    if (!(set instanceof Y.Map)) return;
    for (const [id, item] of liveItems(set)) {
      if (!this.#additions.has(item) || (before instanceof Y.Map && before.has(id))) continue;
      set.delete(id);
      this.counts.members++;
    }
  }

  #fromText(text: unknown): void {
    if (!(text instanceof Y.Text)) return;
    const runs = this.#runsIn(text);
    // From the end, so that earlier positions stay valid.
    for (const { at, length } of runs.reverse()) text.delete(at, length);
    if (runs.length > 0) this.counts.texts++;
  }

  /** The positions of their characters in a text. */
  #runsIn(text: Y.Text): { at: number; length: number }[] {
    const runs: { at: number; length: number }[] = [];
    let at = 0;
    for (let item = text._start; item !== null; item = item.right) {
      if (item.deleted || !item.countable) continue;
      const start = this.#additions.startIn(item);
      if (start !== null) runs.push({ at: at + start, length: item.length - start });
      at += item.length;
    }
    return runs;
  }
}

/** The items with the current values of a map, by key. */
function liveItems({ _map }: Y.Map<unknown>): [string, Y.Item][] {
  return [..._map].filter(([, item]) => !item.deleted);
}

const isGone = (record: Y.Map<unknown>) => record.get('gone') === true;
