import { readdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Low } from 'lowdb';
import * as v from 'valibot';
import { idSchema } from '../../../shared/schema/field.ts';
import { newId } from '../../../shared/id.ts';
import type { VersionLabel, VersionRecord } from '../contract.ts';
import type { FileContext } from './durable-file.ts';
import { readOr } from './durable-file.ts';
import { DurableJson } from './durable-json.ts';
import type { Layout, Room } from './layout.ts';
import { fileName } from './layout.ts';
import { unlessMissing } from './disk-error.ts';
import { outdated } from './retention.ts';
import type { Snapshot } from './snapshot.ts';
import { decodeSnapshot, inflate } from './snapshot.ts';

const listSchema = v.array(
  v.looseObject({
    id: idSchema,
    at: v.number(),
    kind: v.picklist(['automatic', 'named', 'before-restore']),
    name: v.string(),
    person: v.string(),
    bytes: v.number(),
  }),
) satisfies v.GenericSchema<unknown, VersionRecord[]>;

type List = Low<VersionRecord[]>;

/**
 * Old versions removed each time one is added, at most. In the long run one is removed for each new one, so two are
 * enough. If the clock is years ahead, all versions look old; few are removed before somebody corrects it.
 */
const mostThinned = 2;

/** More versions than a room has while the clocks agree (`retention.ts`). Above this the wall clock is trusted. */
const mostVersions = 600;

/**
 * Stored states of documents: one file each, and a list per room. A version is a hard link to the room's snapshot,
 * which is replaced and never changed, so it costs disk only after the next snapshot. The caller runs operations on one
 * room in order.
 */
export class Versions {
  readonly #layout: Layout;
  readonly #context: FileContext;
  readonly #steadyWall: () => number;

  /** `steadyWall`: milliseconds since 1970, by a clock that nobody sets while the process runs. */
  constructor(layout: Layout, context: FileContext, steadyWall: () => number) {
    this.#layout = layout;
    this.#context = context;
    this.#steadyWall = steadyWall;
  }

  /** Newest first. */
  async list(room: Room): Promise<readonly VersionRecord[]> {
    return newestFirst((await this.#open(room)).data);
  }

  /** Adds the room's snapshot on disk as a version, and removes old ones by retention. */
  async keep(room: Room, { kind, name, person }: VersionLabel): Promise<VersionRecord> {
    const { disk, now, log } = this.#context;
    const list = await this.#open(room);
    const snapshot = this.#layout.snapshot(room);
    const at = now();
    // The id includes the time, so that it is known even if the list is lost.
    const record = { id: `${at.toString(36)}-${newId(6)}`, at, kind, name, person };
    const path = this.#layout.version(room, record.id);
    await disk.link(snapshot, path);
    await disk.syncFolder(dirname(path));
    const kept = { ...record, bytes: (await stat(path)).size };
    const all = [...list.data, kept];
    // By the earlier of two times: a version that looks old only because the wall clock was set stays.
    const today = all.length > mostVersions ? at : Math.min(at, this.#steadyWall());
    const thinned = outdated(all, today).slice(0, mostThinned);
    const gone = new Set(thinned.map(({ id }) => id));
    list.data = all.filter(({ id }) => !gone.has(id));
    await list.write();
    for (const id of gone) {
      await disk
        .remove(this.#layout.version(room, id))
        .catch((error: unknown) =>
          log.warn({ room: room.name, error: String(error) }, 'an old version could not be removed'),
        );
    }
    return kept;
  }

  /** Null if there is none, or it is damaged. */
  async read(room: Room, id: string): Promise<Uint8Array | null> {
    const snapshot = await this.#snapshot(room, id);
    return snapshot && inflate(snapshot.state);
  }

  /** The owners of client ids at that time; empty if there is no such version, or it is damaged. */
  async owners(room: Room, id: string): Promise<Snapshot['owners']> {
    return (await this.#snapshot(room, id))?.owners ?? new Map<number, string>();
  }

  /** Null if there is none, or it is damaged. A damaged one is logged and removed from the list. */
  async #snapshot(room: Room, id: string): Promise<Snapshot | null> {
    const list = await this.#open(room);
    if (!list.data.some((version) => version.id === id)) return null;
    const snapshot = await readOr(this.#layout.version(room, id), decodeSnapshot, this.#context);
    if (snapshot) return snapshot;
    list.data = list.data.filter((version) => version.id !== id);
    await list
      .write()
      .catch((error: unknown) =>
        this.#context.log.warn({ error: String(error) }, 'a lost version could not be removed from the list'),
      );
    return null;
  }

  /**
   * Reads the list. A version file that is not listed comes from a process that was killed between the two writes, or
   * from a lost list. It becomes an automatic version, which retention removes later.
   */
  async #open(room: Room): Promise<List> {
    const adapter = new DurableJson<VersionRecord[]>(this.#layout.versions(room), listSchema, this.#context);
    const list = new Low<VersionRecord[]>(adapter, []);
    await list.read();
    const known = new Set(list.data.map(({ id }) => id));
    const found: VersionRecord[] = [];
    for (const id of await this.#files(room)) {
      if (known.has(id)) continue;
      const { size } = await stat(this.#layout.version(room, id));
      const at = parseInt(id, 36);
      found.push({ id, at, kind: 'automatic', name: '', person: '', bytes: size });
    }
    // The list is in the order of creation; for these only the times are known.
    list.data.push(...found.sort((a, b) => a.at - b.at));
    return list;
  }

  /** The ids of all version files. */
  async #files(room: Room): Promise<readonly string[]> {
    const names = (await unlessMissing(readdir(this.#layout.boardFolder(room.board)))) ?? [];
    const [start, end] = [`${fileName(room)}.`, '.version'];
    return names
      .filter((name) => name.startsWith(start) && name.endsWith(end))
      .map((name) => name.slice(start.length, -end.length))
      .filter((id) => /^[0-9a-z]+-[0-9a-z]{6}$/.test(id));
  }
}

function newestFirst(versions: readonly VersionRecord[]): readonly VersionRecord[] {
  return [...versions].sort((a, b) => b.at - a.at);
}
