import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { isId } from '../../../shared/id.ts';
import { parseJsonAs } from '../../../shared/json.ts';
import { roles } from '../../../shared/roles.ts';
import { agendaAnswerSchema, logLineSchema } from '../../../shared/session/view.ts';
import { sessionSchema } from '../../../shared/session/session.ts';
import { sessionRefusals } from '../../../shared/session/transitions.ts';
import type { SessionRecord, StoredSession } from '../contract.ts';
import type { BoardFiles } from './board-file.ts';
import { unlessMissing } from './disk-error.ts';
import type { FileContext } from './durable-file.ts';
import { DurableFile, writeWhole } from './durable-file.ts';
import { KeyedMutex } from './keyed-mutex.ts';
import type { Layout } from './layout.ts';
import type { Tombstones } from './tombstones.ts';

const recordSchema = v.object({
  /** On a disk that does not distinguish `A` from `a`, the file may belong to another board. */
  board: v.string(),
  agenda: agendaAnswerSchema,
  session: sessionSchema,
  people: v.array(v.object({ person: v.string(), role: v.picklist(roles), link: v.string() })),
  log: v.array(logLineSchema),
  answers: v.array(
    v.union([
      v.object({ id: v.string(), version: v.number() }),
      v.object({ id: v.string(), refused: v.picklist(sessionRefusals) }),
    ]),
  ),
}) satisfies v.GenericSchema<unknown, SessionRecord>;

const nothing: StoredSession = { record: null, isBehind: false };

/**
 * `session.json` of each board: session, agenda, people, log and answers in one file, so that they change in one step.
 * A board whose timer runs has an empty file in `timers/` too, which lists these boards at start without reading their
 * folders. That file is on disk before the timer is, so it may be left over, but is never missing.
 */
export class SessionFiles {
  readonly #layout: Layout;
  readonly #context: FileContext;
  readonly #boards: BoardFiles;
  readonly #tombstones: Tombstones;
  /** The boards with a file in `timers/`. */
  readonly #timed: Set<string>;
  readonly #turns = new KeyedMutex();

  private constructor(
    layout: Layout,
    context: FileContext,
    { boards, tombstones }: { boards: BoardFiles; tombstones: Tombstones },
    timed: Set<string>,
  ) {
    this.#layout = layout;
    this.#context = context;
    this.#boards = boards;
    this.#tombstones = tombstones;
    this.#timed = timed;
  }

  static async open(
    layout: Layout,
    context: FileContext,
    others: { boards: BoardFiles; tombstones: Tombstones },
  ): Promise<SessionFiles> {
    const names = (await unlessMissing(readdir(layout.timers))) ?? [];
    const timed = new Set(names.filter(isId));
    const files = new SessionFiles(layout, context, others, timed);
    for (const id of timed) if (others.tombstones.has(id)) await files.#unmark(id);
    return files;
  }

  async read(board: string): Promise<StoredSession> {
    const there = await this.#boards.read(board);
    return this.#turns.run(board, async () => {
      const stored = there ? await this.#read(board) : nothing;
      // Left over by a process that was killed after the timer had ended.
      if (stored.record?.session.timer.state !== 'running') await this.#unmark(board);
      return stored;
    });
  }

  async keep(board: string, record: SessionRecord): Promise<void> {
    const there = await this.#boards.read(board);
    await this.#turns.run(board, async () => {
      if (!there || this.#tombstones.has(board)) throw new Error(`There is no board ${board}.`);
      const isTimed = record.session.timer.state === 'running';
      if (isTimed) await this.#mark(board);
      await this.#file(board).replace(JSON.stringify({ board, ...record }) + '\n');
      if (!isTimed) await this.#unmark(board);
    });
  }

  timed(): Promise<readonly string[]> {
    return Promise.resolve([...this.#timed]);
  }

  /** Deletes a board by `bury` while none of its files is written. */
  leave(board: string, bury: () => Promise<void>): Promise<void> {
    return this.#turns.run(board, async () => {
      await bury();
      await this.#unmark(board);
    });
  }

  idle(): Promise<void> {
    return this.#turns.idle();
  }

  async #read(board: string): Promise<StoredSession> {
    let isBehind = false;
    const record = await this.#file(board).read(decodeSession, () => {
      isBehind = true;
    });
    if (record === null) return { record, isBehind };
    const { board: owner, ...stored } = record;
    return owner === board ? { record: stored, isBehind } : nothing;
  }

  #file(board: string): DurableFile {
    return new DurableFile(this.#layout.sessionFile(board), this.#context);
  }

  async #mark(board: string): Promise<void> {
    if (this.#timed.has(board)) return;
    const { disk } = this.#context;
    const { folder, timers } = this.#layout;
    const path = join(timers, board);
    if (await disk.makeFolder(timers)) await disk.syncFolder(folder);
    // A write that failed halfway may have left it.
    await disk.remove(path);
    await writeWhole(disk, path, '');
    await disk.syncFolder(timers);
    this.#timed.add(board);
  }

  /** A file that stays costs one look at the next start. */
  async #unmark(board: string): Promise<void> {
    if (!this.#timed.delete(board)) return;
    const { disk, log } = this.#context;
    await disk
      .remove(join(this.#layout.timers, board))
      .catch((error: unknown) =>
        log.warn({ board, error: String(error) }, 'the mark of a timer could not be removed yet'),
      );
  }
}

/** Null if the bytes are not a complete session. */
function decodeSession(bytes: Uint8Array): v.InferOutput<typeof recordSchema> | null {
  return parseJsonAs(recordSchema, new TextDecoder().decode(bytes)) ?? null;
}
