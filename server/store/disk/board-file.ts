import { access, readdir } from 'node:fs/promises';
import { Low } from 'lowdb';
import * as v from 'valibot';
import { idSchema } from '../../../shared/schema/field.ts';
import { isId } from '../../../shared/id.ts';
import { idlePolicyNames } from '../../../shared/session/policy.ts';
import { roles } from '../../../shared/roles.ts';
import { startViews } from '../../../shared/views.ts';
import type { BoardRecord } from '../contract.ts';
import { BoardExists } from '../contract.ts';
import { unlessMissing } from './disk-error.ts';
import type { FileContext } from './durable-file.ts';
import { previousOf, sweepTemporary } from './durable-file.ts';
import { DurableJson } from './durable-json.ts';
import type { Layout } from './layout.ts';
import type { Tombstones } from './tombstones.ts';
import { KeyedMutex } from './keyed-mutex.ts';

/** Loose, so that fields of a newer version survive a change by this one. */
const boardSchema = v.looseObject({
  id: idSchema,
  title: v.string(),
  template: v.string(),
  language: v.string(),
  start: v.picklist(startViews),
  createdAt: v.number(),
  links: v.array(
    v.looseObject({
      id: idSchema,
      role: v.picklist(roles),
      hash: v.string(),
      createdAt: v.number(),
      revokedAt: v.nullable(v.number()),
    }),
  ),
  // Defaults for records older than these fields: the first generation, and not frozen.
  generation: v.optional(v.number(), 1),
  frozen: v.optional(v.boolean(), false),
  schema: v.exactOptional(v.number()),
  idle: v.exactOptional(v.picklist(idlePolicyNames)),
}) satisfies v.GenericSchema<unknown, BoardRecord>;

/** Boards whose record is cached in memory: a few kilobytes each, and a workshop day has a few dozen. */
const maxOpen = 256;

type Stored = Low<BoardRecord | null>;

/** `board.json` of each board, opened on demand. Operations on one board run in order. */
export class BoardFiles {
  readonly #layout: Layout;
  readonly #context: FileContext;
  readonly #tombstones: Tombstones;
  readonly #turns = new KeyedMutex();
  /** The least recently used first. Operations run in order, so any entry may be dropped at any time. */
  readonly #open = new Map<string, Stored>();

  constructor(layout: Layout, context: FileContext, tombstones: Tombstones) {
    this.#layout = layout;
    this.#context = context;
    this.#tombstones = tombstones;
  }

  read(id: string): Promise<BoardRecord | null> {
    if (!isId(id)) return Promise.resolve(null);
    return this.#turns.run(id, async () => (await this.#reach(id)).data);
  }

  /** `before` writes everything that must exist before the board does. */
  create(record: BoardRecord, before: () => Promise<void>): Promise<void> {
    const { id } = v.parse(boardSchema, record);
    return this.#turns.run(id, async () => {
      const stored = await this.#reach(id);
      if (stored.data) throw new BoardExists(`There is already a board ${id}.`);
      if (this.#tombstones.has(id))
        throw new BoardExists(`There was a board ${id} before; its id is not used again.`);
      const { disk } = this.#context;
      if (await disk.makeFolder(this.#layout.boardFolder(id))) await disk.syncFolder(this.#layout.boards);
      await before();
      await write(stored, record);
      this.#keep(id, stored);
    });
  }

  change(id: string, change: (now: BoardRecord) => BoardRecord): Promise<BoardRecord | null> {
    if (!isId(id)) return Promise.resolve(null);
    return this.#turns.run(id, async () => {
      const stored = await this.#reach(id);
      if (!stored.data) return null;
      const next = v.parse(boardSchema, change(stored.data));
      if (next.id !== id) throw new Error(`A board keeps its id: ${id} cannot become ${next.id}.`);
      await write(stored, next);
      return next;
    });
  }

  /** Removes the board after `bury` has ensured that it does not come back. Returns false if there is none. */
  remove(id: string, bury: () => Promise<void>): Promise<boolean> {
    if (!isId(id)) return Promise.resolve(false);
    return this.#turns.run(id, async () => {
      if (!(await this.#reach(id)).data) return false;
      await bury();
      this.#open.delete(id);
      return true;
    });
  }

  /** The ids of all boards. */
  async list(): Promise<readonly string[]> {
    const names = (await readdir(this.#layout.boards)).filter(isId);
    const there = await Promise.all(names.map(async (id) => ((await this.#isThere(id)) ? [id] : [])));
    return there.flat();
  }

  idle(): Promise<void> {
    return this.#turns.idle();
  }

  async #reach(id: string): Promise<Stored> {
    const open = this.#open.get(id);
    if (open) {
      this.#keep(id, open);
      return open;
    }
    await sweepTemporary(this.#layout.boardFolder(id), this.#context.disk);
    const adapter = new DurableJson<BoardRecord | null>(
      this.#layout.boardFile(id),
      boardSchema,
      this.#context,
    );
    const stored = new Low<BoardRecord | null>(adapter, null);
    await stored.read();
    // On a disk that does not distinguish `A` from `a`, the file may belong to another board.
    if (stored.data && (stored.data.id !== id || this.#tombstones.has(id))) stored.data = null;
    // Missing boards are not cached: requests for many of them must not evict existing ones.
    if (stored.data) this.#keep(id, stored);
    return stored;
  }

  async #isThere(id: string): Promise<boolean> {
    if (this.#tombstones.has(id)) return false;
    if (this.#open.has(id)) return true;
    const file = this.#layout.boardFile(id);
    const found = [file, previousOf(file)].map((path) => unlessMissing(access(path).then(() => true)));
    return (await Promise.all(found)).includes(true);
  }

  #keep(id: string, stored: Stored): void {
    this.#open.delete(id);
    this.#open.set(id, stored);
    const oldest = this.#open.keys().next();
    if (this.#open.size > maxOpen && !oldest.done) this.#open.delete(oldest.value);
  }
}

/** Readers see what is on disk: a failed write is undone in memory. */
async function write(stored: Stored, next: BoardRecord): Promise<void> {
  const before = stored.data;
  stored.data = next;
  try {
    await stored.write();
  } catch (error) {
    stored.data = before;
    throw error;
  }
}
