import { randomBytes } from 'node:crypto';
import { access, open, readFile, readdir, rename, unlink } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import type { StoreLog } from './log.ts';

/** What files need of the world around them. */
export interface FileContext {
  readonly log: StoreLog;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Marks this process's temporary files: the folder is locked, so those of any other are left-overs. */
const run = randomBytes(4).toString('hex');
let written = 0;

/**
 * A file that is replaced whole, never in part, with its previous copy kept beside it
 * (`board.json`, `board.previous.json`). One that does not read is set aside, and the copy serves.
 */
export class DurableFile {
  readonly #path: string;
  readonly #previous: string;
  readonly #context: FileContext;

  constructor(path: string, context: FileContext) {
    const ending = extname(path);
    this.#path = path;
    this.#previous = path.slice(0, path.length - ending.length) + '.previous' + ending;
    this.#context = context;
  }

  /** Reads the newest copy that `parse` accepts (null: it is damaged); null where there is none. */
  async read<T>(parse: (bytes: Uint8Array) => T | null): Promise<T | null> {
    const current = await this.#readCopy(this.#path, parse);
    if (current !== null) return current;
    const previous = await this.#readCopy(this.#previous, parse);
    if (previous !== null)
      this.#context.log.warn({ file: this.#path }, 'the previous copy of a file is used');
    return previous;
  }

  /** Resolves when the new content is on disk; when it rejects, the old content still serves. */
  async replace(content: Uint8Array | string): Promise<void> {
    const temporary = `${this.#path}.${run}-${written++}.tmp`;
    try {
      await writeWhole(temporary, content);
      await unlessMissing(rename(this.#path, this.#previous));
      await rename(temporary, this.#path);
    } catch (error) {
      await unlink(temporary).catch(() => undefined);
      throw error;
    }
    await syncFolder(dirname(this.#path));
  }

  async #readCopy<T>(path: string, parse: (bytes: Uint8Array) => T | null): Promise<T | null> {
    const bytes = await unlessMissing(readFile(path));
    if (bytes === null) return null;
    const parsed = parse(bytes);
    if (parsed !== null) return parsed;
    const aside = await setAside(path, 'corrupt', this.#context.now());
    this.#context.log.error({ file: path, aside }, 'a damaged file was set aside');
    return null;
  }
}

/** Writes a new file and waits until the disk has it. */
export async function writeWhole(path: string, content: Uint8Array | string): Promise<void> {
  const handle = await open(path, 'wx', 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes the names in a folder durable: a file that was created or renamed is only then sure to be found. */
export async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Renames a file out of the way, over nothing that is there. Returns its new name. */
export async function setAside(path: string, why: string, time: number): Promise<string> {
  const aside = await freeName(`${path}.${why}-${time}`);
  await rename(path, aside);
  await syncFolder(dirname(path));
  return basename(aside);
}

/** The name itself, or the first with a number behind it that no file bears. */
export async function freeName(path: string): Promise<string> {
  for (let n = 1, name = path; ; name = `${path}-${++n}`) {
    if ((await unlessMissing(access(name).then(() => true))) === null) return name;
  }
}

/** Removes what a process that was killed while writing has left in a folder. */
export async function sweepTemporary(folder: string): Promise<void> {
  for (const name of (await unlessMissing(readdir(folder))) ?? []) {
    const owner = /\.([0-9a-f]{8})-\d+\.tmp$/.exec(name)?.[1];
    if (owner !== undefined && owner !== run) await unlessMissing(unlink(join(folder, name)));
  }
}

/** Null where the file or the folder is not there. */
export async function unlessMissing<T>(operation: Promise<T>): Promise<T | null> {
  try {
    return await operation;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/** The system's name for what went wrong (ENOSPC, EIO ...); empty for other errors. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
