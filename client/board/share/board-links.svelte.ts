import type { Role } from '$shared/roles.ts';
import type { LinkFacts } from '../../model/api/links.ts';
import { listLinks, makeLink, revokeLink } from '../../model/api/links.ts';
import { forgetLink, isLinkSaved, linksOf, markLinkSaved, rememberLink } from '../../model/device/links.ts';
import { membershipOn } from '../../model/device/visits.ts';
import { errorText } from '../../text/errors.ts';
import type { LinkRow } from './rows.ts';
import { linkRows } from './rows.ts';

/** The links of a board: what the server lists, and the secrets that this device knows. */
export class BoardLinks {
  readonly #board: string;
  #kept = $state.raw(linksOf(''));
  /** Null until the server has answered. Only people who may invite ask for it. */
  #facts: readonly LinkFacts[] | null = $state.raw(null);
  /** Whether this device has copied the facilitator link. */
  saved = $state(false);
  /** The server's last error, as a message; empty if there is none. */
  wrong = $state('');

  constructor(board: string) {
    this.#board = board;
    this.#kept = linksOf(board);
    this.saved = isLinkSaved(board);
  }

  /** Whether the server has sent the list. */
  get known(): boolean {
    return this.#facts !== null;
  }

  /** The links of a role. Links that can be copied come first. */
  of(role: Role): readonly LinkRow[] {
    if (this.#facts !== null) return linkRows(role, this.#facts, this.#kept);
    return this.#kept
      .filter((link) => link.role === role)
      .map(({ link }) => ({ id: null, link, createdAt: null }));
  }

  /** The link to show for a role; null if this device knows none. */
  linkOf(role: Role): string | null {
    return this.of(role)[0]?.link ?? null;
  }

  async read(): Promise<void> {
    const answer = await listLinks(this.#board, this.#membership);
    if (answer.ok) this.#facts = answer.value;
    else this.wrong = errorText(answer);
  }

  async make(role: Role): Promise<void> {
    this.wrong = '';
    const answer = await makeLink(this.#board, this.#membership, role);
    if (!answer.ok) {
      this.wrong = errorText(answer);
      return;
    }
    rememberLink({ board: this.#board, role, link: answer.value.link, id: answer.value.id });
    this.#kept = linksOf(this.#board);
    await this.read();
  }

  async revoke(row: LinkRow): Promise<void> {
    this.wrong = '';
    if (row.id === null) return;
    const answer = await revokeLink(this.#board, this.#membership, row.id);
    if (!answer.ok) {
      this.wrong = errorText(answer);
      return;
    }
    for (const link of this.#kept) if (link.link === row.link) forgetLink(link);
    this.#kept = linksOf(this.#board);
    await this.read();
  }

  /** Records that a link was copied. The page stops reminding of the facilitator link. */
  copied(role: Role): void {
    if (role !== 'facilitator') return;
    markLinkSaved(this.#board);
    this.saved = true;
  }

  get #membership(): string {
    return membershipOn(this.#board) ?? '';
  }
}
