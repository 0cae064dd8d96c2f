import { untrack } from 'svelte';
import type { AgendaItem } from '$shared/session/agenda.ts';
import type { Answer } from '../api/request.ts';
import { readAgenda, writeAgenda } from '../api/session.ts';

/** The server's routes of the agenda; tests pass their own. */
export interface AgendaRoutes {
  readonly readAgenda: typeof readAgenda;
  readonly writeAgenda: typeof writeAgenda;
}

/** Wait before the agenda is asked for again after a failure. */
const retryMs = 3_000;

/**
 * The agenda of a board. It is fetched while something on the screen shows it, and again when the server has another
 * version.
 */
export class AgendaModel {
  /** The items in order; null until they have been read. */
  items: readonly AgendaItem[] | null = $state.raw(null);
  /** The version of `items`; null until they have been read. */
  version: number | null = $state(null);

  readonly #board: string;
  readonly #self: string;
  readonly #routes: AgendaRoutes;
  /** The version that the server has. 0: there is no agenda. */
  #newest = 0;
  #watchers = 0;
  #isReading = false;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(board: string, self: string, routes: AgendaRoutes = { readAgenda, writeAgenda }) {
    this.#board = board;
    this.#self = self;
    this.#routes = routes;
  }

  /** The server has this version. */
  receive(version: number): void {
    this.#newest = version;
    untrack(() => void this.#read());
  }

  /** Something shows the agenda from now on. Returns a function for when it no longer does. */
  show(): () => void {
    this.#watchers++;
    untrack(() => void this.#read());
    return () => {
      this.#watchers--;
      if (this.#watchers === 0) clearTimeout(this.#retry);
    };
  }

  /** Replaces the agenda. The code is `agenda-moved` if somebody else has changed it since it was read. */
  async write(items: readonly AgendaItem[]): Promise<Answer<number>> {
    const answer = await this.#routes.writeAgenda(this.#board, this.#self, items, this.version ?? 0);
    if (answer.ok) {
      this.items = items;
      this.version = answer.value;
    } else if (answer.code === 'agenda-moved') await this.refresh();
    return answer;
  }

  /** Reads the agenda again, whatever version is known. */
  async refresh(): Promise<void> {
    const answer = await this.#routes.readAgenda(this.#board, this.#self, this.version);
    if (!answer.ok || answer.value === null) return;
    this.items = answer.value.items;
    this.version = answer.value.version;
  }

  async #read(): Promise<void> {
    clearTimeout(this.#retry);
    if (this.#watchers === 0 || this.#isReading || this.version === this.#newest) return;
    this.#isReading = true;
    const asked = this.#newest;
    await this.refresh();
    this.#isReading = false;
    if (this.version === this.#newest || this.#watchers === 0) return;
    // Another version came meanwhile; or the request has failed, or another server is behind.
    if (asked !== this.#newest) return this.#read();
    this.#retry = setTimeout(() => void this.#read(), retryMs);
  }
}
