import { maxPeople } from '../../shared/limits.ts';
import type { Role } from '../../shared/roles.ts';
import type { Session } from '../../shared/session/session.ts';
import { roleNow } from '../../shared/session/session.ts';
import type { KnownPerson, LinkRecord } from '../store/contract.ts';

/**
 * The people who have joined a board, present or not, each with the role of their link. The people of a document have
 * roles too, but only if they opened it, and a rebuild forgets them; and a document does not know links.
 */
export class Roster {
  /** In the order of joining. */
  readonly #people: Map<string, KnownPerson>;
  readonly #most: number;

  constructor(people: readonly KnownPerson[], most = maxPeople) {
    this.#people = new Map(people.map((one) => [one.person, one]));
    this.#most = most;
  }

  has(person: string): boolean {
    return this.#people.has(person);
  }

  /** Adds a person, or notes another link that they came by. Returns false if that was known. */
  add({ person, role, link }: KnownPerson, session: Session): boolean {
    if (this.#people.get(person)?.link === link) return false;
    this.#people.set(person, { person, role, link });
    if (this.#people.size > this.#most) this.#forgetOne(person, session);
    return true;
  }

  list(): readonly KnownPerson[] {
    return [...this.#people.values()];
  }

  /** A person's role now; null for somebody who has never joined. */
  roleOf(session: Session, person: string): Role | null {
    const known = this.#people.get(person);
    return known ? roleNow(session, person, known.role) : null;
  }

  /** The people who are facilitators now and may come in: neither they nor their link are kept out. */
  facilitators(session: Session, links: readonly LinkRecord[]): readonly string[] {
    const working = new Set(links.filter(({ revokedAt }) => revokedAt === null).map(({ id }) => id));
    return this.list()
      .filter(({ person, role, link }) => {
        const leads = roleNow(session, person, role) === 'facilitator';
        return leads && working.has(link) && !session.removed.includes(person);
      })
      .map(({ person }) => person);
  }

  /**
   * A program that joins without a device is a new person each time, so the number is limited. Facilitators stay, and
   * so do people whom the session names. If all stay, so does the newcomer: facilitators alone can do that.
   */
  #forgetOne(newcomer: string, session: Session): void {
    for (const { person, role } of this.#people.values()) {
      const isNamed = person in session.roles || session.removed.includes(person);
      if (person === newcomer || role === 'facilitator' || isNamed) continue;
      this.#people.delete(person);
      return;
    }
  }
}
