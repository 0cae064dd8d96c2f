import * as v from 'valibot';
import { newId } from '$shared/id.ts';

/** An open page answers at once. A page that the browser has frozen does not, and counts as closed. */
const patienceMs = 400;

const messageSchema = v.variant('kind', [
  v.object({ kind: v.literal('ask') }),
  v.object({ kind: v.literal('here'), page: v.string() }),
]);
type Message = v.InferOutput<typeof messageSchema>;

/**
 * Tells which pages of this browser that have the board are still open. An open page sends its own edits from the
 * device. The edits of a closed page are for the next page.
 */
export class OpenPages {
  /** Identifies this page. */
  readonly id = newId();
  readonly #channel: BroadcastChannel | null;
  /** Called for each page that answers, while a question is out. */
  #answered: ((page: string) => void) | null = null;

  constructor(board: string) {
    this.#channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel(`resa-board-${board}`) : null;
    if (this.#channel) this.#channel.onmessage = ({ data }: MessageEvent<unknown>) => this.#receive(data);
  }

  /** Returns which of these pages are open. One question at a time. */
  async among(pages: Iterable<string>): Promise<ReadonlySet<string>> {
    const asked = new Set(pages);
    const open = new Set<string>();
    if (asked.size === 0 || !this.#channel) return open;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, patienceMs);
      this.#answered = (page) => {
        if (asked.has(page)) open.add(page);
        if (open.size < asked.size) return;
        clearTimeout(timer);
        resolve();
      };
      this.#post({ kind: 'ask' });
    });
    this.#answered = null;
    return open;
  }

  close(): void {
    this.#channel?.close();
  }

  #receive(data: unknown): void {
    const message = v.safeParse(messageSchema, data);
    if (!message.success) return;
    if (message.output.kind === 'ask') this.#post({ kind: 'here', page: this.id });
    else this.#answered?.(message.output.page);
  }

  #post(message: Message): void {
    this.#channel?.postMessage(message);
  }
}
