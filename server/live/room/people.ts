import type * as Y from 'yjs';
import { buildRecord } from '../../../shared/schema/collection.ts';
import { collections } from '../../../shared/documents.ts';
import { idsNamed } from '../../../shared/schema/references.ts';
import { rootOf, storedRecord } from '../../../shared/schema/read.ts';
import { people } from '../../../shared/collections/person.ts';
import { PlainEditor, setField } from '../../../shared/schema/editor.ts';
import { maxPeople, maxRecords } from '../../../shared/limits.ts';
import { may } from '../../../shared/roles.ts';
import type { Membership } from '../../access/membership.ts';
import { pastEntries, searchPause } from '../limits.ts';

/** On what terms somebody is written into the board. */
export interface Terms {
  /** Who is here. */
  present(): ReadonlySet<string>;
  /** Takes one of those who may be written today for the first time; false where there is none left. */
  admit(): boolean;
  /** Takes one of the times that this person's name and colour may change today; false where there is none left. */
  rename(): boolean;
  /** Charges the newcomer for the server's own time, in milliseconds. */
  charge(ms: number): void;
  /** Milliseconds, by the clock of the room. */
  now(): number;
}

/** Who stands in a board's `people`, and who of them makes room for others. */
export class People {
  readonly #doc: Y.Doc;
  /** Those whom a record names; null where the document has changed since they were looked for. */
  #named: ReadonlySet<string> | null = null;
  /** Not before this time are they looked for again. */
  #searchAt = -Infinity;

  constructor(doc: Y.Doc) {
    this.#doc = doc;
    doc.on('update', () => (this.#named = null));
  }

  /**
   * Writes who someone is into the board, as their membership says; changes nothing where it stands there already. Whoever has
   * changed name or colour too often today keeps those that stand there.
   * On a board that knows as many as it can, those who are not present and are named by no record make room
   * for a newcomer: nothing shows them any more, and who comes back is written again. Returns false where there is
   * no room; the newcomer is then not written. For a facilitator there is room as long as there are keys: somebody must
   * be able to tidy up.
   */
  introduce({ person, name, color, role }: Membership, terms: Terms): boolean {
    const doc = this.#doc;
    const stored = storedRecord(doc, people, person);
    if (!stored) {
      const leads = may(role, 'structure');
      if (!this.#makePlace(leads, terms) || (!leads && !terms.admit())) return false;
      rootOf(doc, people).set(person, buildRecord(people, { name, color, role }));
      return true;
    }
    const isRenamed = stored.get('name') !== name || stored.get('color') !== color;
    const fields = isRenamed && terms.rename() ? { name, color, role } : { role };
    const editor = new PlainEditor(doc, '');
    for (const [field, value] of Object.entries(fields)) setField(editor, people, person, field, value);
    return true;
  }

  /** All who can go, go at once: the search reads the whole board, which is too much for each newcomer. */
  #makePlace(leads: boolean, terms: Terms): boolean {
    const root = rootOf(this.#doc, people);
    // A deleted key stays in the document as a mark, so the keys that ever were have a bound too.
    if (root._map.size >= maxRecords * (leads ? pastEntries : 1)) return false;
    if (root.size < maxPeople) return true;
    const named = this.#findNamed(root, terms);
    if (named) {
      const staying = terms.present();
      for (const person of [...root.keys()])
        if (!staying.has(person) && !named.has(person)) root.delete(person);
    }
    return leads || root.size < maxPeople;
  }

  /** Whom a record names that is not removed; null where it is too early to look for them again. */
  #findNamed(root: Y.Map<unknown>, terms: Terms): ReadonlySet<string> | null {
    // What this transaction has done so far is not told yet.
    const isChanging = (this.#doc._transaction?.changed.size ?? 0) > 0;
    if (this.#named && !isChanging) return this.#named;
    if (terms.now() < this.#searchAt) return null;
    const began = performance.now();
    this.#named = idsNamed(this.#doc, Object.values(collections), people.name);
    const tookMs = performance.now() - began;
    this.#searchAt = terms.now() + tookMs * searchPause;
    terms.charge(tookMs);
    return this.#named;
  }
}
