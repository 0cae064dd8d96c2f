import type * as Y from 'yjs';
import { buildRecord } from '../../shared/schema/collection.ts';
import type { DocumentDefinition } from '../../shared/schema/document.ts';
import { rootOf, storedRecord } from '../../shared/schema/read.ts';
import { people } from '../../shared/collections/person.ts';
import { PlainEditor, setField } from '../../shared/schema/editor.ts';
import { maxPeople, maxRecords } from '../../shared/limits.ts';
import { may } from '../../shared/roles.ts';
import type { Membership } from '../access/membership.ts';
import { pastEntries } from '../live/limits.ts';
import { PurgePeople } from './purge-people.ts';
import type { ServerWork, Terms } from './work.ts';

/** Writes the people who join into a document's `people`. */
export class IntroducePeople implements ServerWork {
  readonly #doc: Y.Doc;
  readonly #purge: PurgePeople;

  constructor(doc: Y.Doc, definition: DocumentDefinition) {
    this.#doc = doc;
    this.#purge = new PurgePeople(doc, definition);
  }

  /**
   * Writes a person into the document by their membership; changes nothing if the entry is up to date. A person who
   * changed name or colour too often today keeps the old ones. If the document has as many people as it can, absent
   * people whom no record names are removed to make room for a newcomer: nothing shows them any more, and they are
   * written again when they come back. Returns false, without writing, if there is no room. For a facilitator there is
   * room while keys are left, because somebody must be able to tidy up.
   */
  joined({ person, name, color, role }: Membership, terms: Terms): boolean {
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

  #makePlace(leads: boolean, terms: Terms): boolean {
    const root = rootOf(this.#doc, people);
    // A deleted key stays in the document, so the number of keys ever used is limited too.
    if (root._map.size >= maxRecords * (leads ? pastEntries : 1)) return false;
    if (root.size >= maxPeople) this.#purge.run(terms);
    return leads || root.size < maxPeople;
  }
}

/** See `IntroducePeople`. */
export const introducePeople = (doc: Y.Doc, definition: DocumentDefinition): ServerWork =>
  new IntroducePeople(doc, definition);
