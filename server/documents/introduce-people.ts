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

/** Keeps in a document's `people` who somebody is that has come. */
export class IntroducePeople implements ServerWork {
  readonly #doc: Y.Doc;
  readonly #purge: PurgePeople;

  constructor(doc: Y.Doc, definition: DocumentDefinition) {
    this.#doc = doc;
    this.#purge = new PurgePeople(doc, definition);
  }

  /**
   * Writes who someone is into the board, as their membership says; changes nothing where it stands there already. Whoever has
   * changed name or colour too often today keeps those that stand there.
   * On a board that knows as many as it can, those who are not present and are named by no record make room
   * for a newcomer: nothing shows them any more, and who comes back is written again. Returns false where there is
   * no room; the newcomer is then not written. For a facilitator there is room as long as there are keys: somebody must
   * be able to tidy up.
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
    // A deleted key stays in the document as a mark, so the keys that ever were have a bound too.
    if (root._map.size >= maxRecords * (leads ? pastEntries : 1)) return false;
    if (root.size >= maxPeople) this.#purge.run(terms);
    return leads || root.size < maxPeople;
  }
}

/** See `IntroducePeople`. */
export const introducePeople = (doc: Y.Doc, definition: DocumentDefinition): ServerWork =>
  new IntroducePeople(doc, definition);
