import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isId } from '../../../shared/id.ts';
import { unlessMissing } from './disk-error.ts';
import type { FileContext } from './durable-file.ts';
import { writeWhole } from './durable-file.ts';
import type { Layout } from './layout.ts';

/**
 * Deleted boards: an empty file for each, in a folder of their own. A board is deleted at the moment that file is on
 * disk. Everything else of it (its folder, its records in the journal) counts for nothing after that, and is removed
 * later.
 */
export class Tombstones {
  readonly #layout: Layout;
  readonly #context: FileContext;
  readonly #ids: Set<string>;

  private constructor(layout: Layout, context: FileContext, ids: Set<string>) {
    this.#layout = layout;
    this.#context = context;
    this.#ids = ids;
  }

  /** Reads them, and removes what a killed process left of their boards. */
  static async open(layout: Layout, context: FileContext): Promise<Tombstones> {
    const ids = new Set((await readdir(layout.deleted)).filter(isId));
    const tombstones = new Tombstones(layout, context, ids);
    for (const id of ids) await tombstones.clear(id);
    return tombstones;
  }

  has(board: string): boolean {
    return this.#ids.has(board);
  }

  /** Resolves when the board is deleted for good. If it rejects, the board still exists. */
  async bury(board: string): Promise<void> {
    const { disk } = this.#context;
    await writeWhole(disk, join(this.#layout.deleted, board), '');
    await disk.syncFolder(this.#layout.deleted);
    this.#ids.add(board);
  }

  /** Removes the files of a deleted board. A failure only costs disk space until the next start. */
  async clear(board: string): Promise<void> {
    const { disk, log } = this.#context;
    const folder = this.#layout.boardFolder(board);
    try {
      for (const name of (await unlessMissing(readdir(folder))) ?? []) await disk.remove(join(folder, name));
      await disk.removeFolder(folder);
    } catch (error) {
      log.warn({ board, error: String(error) }, 'files of a deleted board could not be removed yet');
    }
  }
}
