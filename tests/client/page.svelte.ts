import { flushSync } from 'svelte';
import { expect, vi } from 'vitest';
import { WebSocket } from 'ws';
import { Board } from '../../client/model/board.svelte.ts';
import type { SyncStatus } from '../../client/model/sync/status.ts';
import type { Ending } from '../../client/model/sync/ending.ts';
import { KeptEdits } from '../../client/model/sync/kept.svelte.ts';
import { textsIn } from '../../client/model/sync/touched.ts';
import type { House } from '../server/live/harness.ts';
import { board } from '../server/live/harness.ts';

/** A person's page on a real server, without views. It handles refusals as the real page does. */
export class Page {
  readonly kept: KeptEdits;
  readonly endings: Ending[] = [];
  /** The sync statuses in order, each change once. */
  readonly lights: SyncStatus[] = [];
  now: Board;
  readonly #at: { board: string; person: string; origin: string; schema?: number };
  readonly #stop: () => void;

  /** `schema`: the layout that the page knows; this release's by default. */
  constructor(house: House, person: string, schema?: number) {
    vi.stubGlobal('WebSocket', WebSocket);
    const origin = `http://127.0.0.1:${house.port}`;
    this.#at = { board, person, origin, ...(schema !== undefined && { schema }) };
    this.kept = new KeptEdits(this.#at);
    this.now = $state.raw(this.#open());
    this.#stop = $effect.root(() => {
      $effect(() => void this.lights.push(this.now.connection.status));
    });
    flushSync();
  }

  get light(): SyncStatus {
    return this.now.connection.status;
  }

  /** What is shown as lost: the reason and the texts of each loss. */
  get lost(): (readonly [why: string, ...texts: string[]])[] {
    return this.kept.losses.map(
      ({ why, records }) => [why, ...records.flatMap((one) => textsIn(one).map(([, text]) => text))] as const,
    );
  }

  async shows(light: SyncStatus): Promise<void> {
    await vi.waitFor(() => expect(this.light).toBe(light), 5_000);
  }

  /** Stops writing and sending. Pending edits are stored first, as a browser allows on closing a page. */
  close(): void {
    this.#stop();
    this.now.close();
    this.kept.close();
  }

  #open(): Board {
    return new Board(this.#at, { ended: (why) => this.#end(why) }, this.kept);
  }

  #end(why: Ending): void {
    this.endings.push(why);
    if (why.kind === 'refused') this.now.giveUp(why.reason ?? 'unknown');
    else if (why.kind === 'outdated') this.now.giveUp(why.isOlder ? 'fallen-back' : 'outdated');
    else {
      if (why.kind === 'old-page') this.now.showUnsent();
      return;
    }
    this.now.close();
    this.now = this.#open();
  }
}
