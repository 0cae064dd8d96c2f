import { randomBytes } from 'node:crypto';
import { access, readFile, readdir } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { unlessMissing } from './disk-error.ts';
import type { Disk } from './disk.ts';
import { writeAll } from './disk.ts';
import type { StoreLog } from './log.ts';

/** Dependencies. */
export interface FileContext {
  readonly disk: Disk;
  readonly log: StoreLog;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Marks this process's temporary files. The folder is locked, so those of other processes are left over. */
const run = randomBytes(4).toString('hex');
let written = 0;

/**
 * A file that is always replaced as a whole, with its previous copy next to it (`board.json`, `board.previous.json`).
 * An unreadable file is set aside, and the copy is used.
 */
export class DurableFile {
  readonly #path: string;
  readonly #previous: string;
  readonly #context: FileContext;

  constructor(path: string, context: FileContext) {
    this.#path = path;
    this.#previous = previousOf(path);
    this.#context = context;
  }

  /**
   * Reads the newest copy that `parse` accepts (it returns null for a damaged one); null if there is none. Calls
   * `fellBack` if that is not the newest one ever written.
   */
  async read<T>(
    parse: (bytes: Uint8Array<ArrayBuffer>) => T | null,
    fellBack: () => void = () => {},
  ): Promise<T | null> {
    let damaged = 0;
    const noticing = (bytes: Uint8Array<ArrayBuffer>) => {
      const parsed = parse(bytes);
      if (parsed === null) damaged++;
      return parsed;
    };
    const current = await readOr(this.#path, noticing, this.#context);
    if (current !== null) return current;
    const previous = await readOr(this.#previous, noticing, this.#context);
    if (previous !== null)
      this.#context.log.warn({ file: this.#path }, 'the previous copy of a file is used');
    // Also if an earlier process set the newest copy aside.
    if (previous !== null || damaged > 0) fellBack();
    return previous;
  }

  /**
   * Resolves when the new content is on disk. If it rejects, the old content is still in use. The file exists at every
   * moment: a copy of the folder made meanwhile has the old or the new content.
   */
  async replace(content: Uint8Array | string): Promise<void> {
    const { disk } = this.#context;
    const temporary = `${this.#path}.${run}-${written++}.tmp`;
    const copy = `${this.#path}.${run}-${written++}.tmp`;
    try {
      await writeWhole(disk, temporary, content);
      if ((await unlessMissing(disk.link(this.#path, copy).then(() => true))) === true) {
        await disk.rename(copy, this.#previous);
        // Renaming keeps both names if they were links to the same file.
        await disk.remove(copy);
      }
      await disk.rename(temporary, this.#path);
    } catch (error) {
      await disk.remove(temporary).catch(() => undefined);
      throw error;
    }
    await disk.syncFolder(dirname(this.#path));
  }
}

/** The path of a file's previous copy. */
export function previousOf(path: string): string {
  const ending = extname(path);
  return path.slice(0, path.length - ending.length) + '.previous' + ending;
}

/** Reads a file. If `parse` does not accept it, sets it aside, logs that, and returns null. */
export async function readOr<T>(
  path: string,
  parse: (bytes: Uint8Array<ArrayBuffer>) => T | null,
  context: FileContext,
): Promise<T | null> {
  const bytes = await unlessMissing(readFile(path));
  if (bytes === null) return null;
  const parsed = parse(bytes);
  if (parsed !== null) return parsed;
  const aside = await setAside(path, 'corrupt', context);
  context.log.error({ file: path, aside }, 'a damaged file was set aside');
  return null;
}

/** Writes a new file. Resolves when it is on disk. */
export async function writeWhole(disk: Disk, path: string, content: Uint8Array | string): Promise<void> {
  const file = await disk.create(path);
  try {
    await writeAll(file, typeof content === 'string' ? Buffer.from(content) : content, 0);
  } finally {
    await file.close();
  }
}

/** Renames a file to a free name. Returns that name. */
export async function setAside(path: string, why: string, { disk, now }: FileContext): Promise<string> {
  const aside = await freeName(`${path}.${why}-${now()}`);
  await disk.rename(path, aside);
  await disk.syncFolder(dirname(path));
  return basename(aside);
}

/** The name itself, or with the first number after it that is free. */
export async function freeName(path: string): Promise<string> {
  for (let n = 1, name = path; ; name = `${path}-${++n}`) {
    if ((await unlessMissing(access(name).then(() => true))) === null) return name;
  }
}

/** Removes the temporary files of a process that was killed while writing. */
export async function sweepTemporary(folder: string, disk: Disk): Promise<void> {
  for (const name of (await unlessMissing(readdir(folder))) ?? []) {
    const owner = /\.([0-9a-f]{8})-\d+\.tmp$/.exec(name)?.[1];
    if (owner !== undefined && owner !== run) await disk.remove(join(folder, name));
  }
}
