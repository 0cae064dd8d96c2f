import { maxProofMarks, readClockMark } from '$shared/wire/protocol.ts';

/** More client ids than a page sees in a day. Beyond this, the one marked longest ago is dropped. */
const mostClients = 1_000;

interface Kept {
  readonly clock: number;
  readonly mark: string;
}

/**
 * The furthest clock mark for each Yjs client id that this page knows. The server signs marks, so they prove what it
 * had on disk if it ever loses edits.
 */
export class KeptMarks {
  readonly #own: number;
  readonly #kept = new Map<number, Kept>();
  /**
   * The first mark that names the page's own client id. If two people show such a mark, the earlier one proves the
   * owner.
   */
  #first: string | null = null;

  /** `own`: the page's own client id. */
  constructor(own: number) {
    this.#own = own;
  }

  /** Keeps a mark as the server sent it: `<payload>.<signature>`. */
  keep(mark: string): void {
    for (const { client, clock } of readClockMark(decode(mark.split('.')[0] ?? ''))?.clocks ?? []) {
      if (client === this.#own) this.#first ??= mark;
      // A server that fell back marks the same id at an earlier clock, which proves nothing.
      if ((this.#kept.get(client)?.clock ?? 0) > clock) continue;
      this.#kept.delete(client);
      this.#kept.set(client, { clock, mark });
    }
    for (const client of this.#kept.keys()) {
      if (this.#kept.size <= mostClients) break;
      this.#kept.delete(client);
    }
  }

  /**
   * The marks that prove to a server with this state vector who owns the page's client id, and that the server has lost
   * edits, if it has. Newest first.
   */
  proof(state: ReadonlyMap<number, number>): readonly string[] {
    const ahead = [...this.#kept].filter(([client, { clock }]) => clock > (state.get(client) ?? 0));
    const marks = [
      ...(this.#first === null ? [] : [this.#first]),
      ...ahead.reverse().map(([, { mark }]) => mark),
    ];
    return [...new Set(marks)].slice(0, maxProofMarks);
  }
}

/** Decodes base64url; an empty text if it is malformed. */
function decode(text: string): string {
  try {
    return atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  } catch {
    return '';
  }
}
