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
 * Old versions that go when one is kept, at most. In the long run one goes for each that comes, so two keep up. A clock
 * that is years ahead makes all look old; by the time that it is set right, few have gone.
 */
const mostThinned = 2;

/** More versions than a room ever has while the clocks agree (`retention.ts`). Past this the wall clock is believed. */
const mostVersions = 600;

/**
 * The states of documents that are kept: a file each, and a list for each room. A version is a second name of
 * the room's snapshot at that time, which is replaced and never changed: it takes room only once the snapshot
 * is another. What is done to one room here is done in turn, by whoever calls.
 */
export class Versions {
  readonly #layout: Layout;
  readonly #context: FileContext;
  readonly #steadyWall: () => number;

  /** `steadyWall`: milliseconds since 1970 by a clock that nobody sets while the process runs. */
  constructor(layout: Layout, context: FileContext, steadyWall: () => number) {
    this.#layout = layout;
    this.#context = context;
    this.#steadyWall = steadyWall;
  }

  /** Newest first. */
  async list(room: Room): Promise<readonly VersionRecord[]> {
    return newestFirst((await this.#open(room)).data);
  }

  /** Keeps the room's snapshot as it is on disk. Old ones that retention does not want any more go. */
  async keep(room: Room, { kind, name, person }: VersionLabel): Promise<VersionRecord> {
    const { disk, now, log } = this.#context;
    const list = await this.#open(room);
    const snapshot = this.#layout.snapshot(room);
    const at = now();
    // The time stands in the id too: whoever finds the file without the list knows when it was.
    const record = { id: `${at.toString(36)}-${newId(6)}`, at, kind, name, person };
    const path = this.#layout.version(room, record.id);
    await disk.link(snapshot, path);
    await disk.syncFolder(dirname(path));
    const kept = { ...record, bytes: (await stat(path)).size };
    const all = [...list.data, kept];
    // By the earlier of two times: what only a step of the wall clock makes look old stays.
    const today = all.length > mostVersions ? at : Math.min(at, this.#steadyWall());
    const thinned = outdated(all, today).slice(0, mostThinned);
    const gone = new Set(thinned.map(({ id }) => id));
    list.data = all.filter(({ id }) => !gone.has(id));
    await list.write();
    for (const id of gone) {
      await disk
        .remove(this.#layout.version(room, id))
        .catch((error: unknown) =>
          log.warn({ room: room.name, error: String(error) }, 'an old version stays'),
        );
    }
    return kept;
  }

  /** Null where it is not kept, or is damaged. */
  async read(room: Room, id: string): Promise<Uint8Array | null> {
    const snapshot = await this.#snapshot(room, id);
    return snapshot && inflate(snapshot.state);
  }

  /** Whose each client id was by then; empty where the version is not kept, or is damaged. */
  async owners(room: Room, id: string): Promise<Snapshot['owners']> {
    return (await this.#snapshot(room, id))?.owners ?? new Map<number, string>();
  }

  /** Null where it is not kept, or is damaged: that is told, and it is no longer listed. */
  async #snapshot(room: Room, id: string): Promise<Snapshot | null> {
    const list = await this.#open(room);
    if (!list.data.some((version) => version.id === id)) return null;
    const snapshot = await readOr(this.#layout.version(room, id), decodeSnapshot, this.#context);
    if (snapshot) return snapshot;
    list.data = list.data.filter((version) => version.id !== id);
    await list
      .write()
      .catch((error: unknown) =>
        this.#context.log.warn({ error: String(error) }, 'a lost version stays listed'),
      );
    return null;
  }

  /**
   * Reads the list. A file that it does not name is of a process that was killed between the file and the list,
   * or of a list that was lost: it comes back as an automatic version, which goes when its time has come.
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
    // The list is in the order in which they were made; of these only the times are known.
    list.data.push(...found.sort((a, b) => a.at - b.at));
    return list;
  }

  /** The ids of the version files that there are. */
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
