import * as callbacks from 'node:fs';
import { constants } from 'node:fs';
import { link, mkdir, open, rename, rmdir, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf } from '../../errors.ts';
import { unlessMissing } from './disk-error.ts';

/** A file open for writing. */
export interface DiskFile {
  /**
   * Writes at a position. Resolves to the number of bytes that are now on disk and survive a power loss. Like the
   * system call, it may write fewer bytes than given.
   */
  write(bytes: Uint8Array, position: number): Promise<number>;
  close(): Promise<void>;
}

/** Disk operations. Tests use this interface to make them fail, or to stop the process between two steps. */
export interface Disk {
  /** Creates a file that does not exist yet. */
  create(path: string): Promise<DiskFile>;
  rename(from: string, to: string): Promise<void>;
  /** Creates a hard link under a name that does not exist yet. */
  link(from: string, to: string): Promise<void>;
  /** Removes a file. A missing file is no error. */
  remove(path: string): Promise<void>;
  /** Creates a folder and its parents, for this user only. Returns false if it existed. */
  makeFolder(path: string): Promise<boolean>;
  /** Removes an empty folder. A missing folder is no error. */
  removeFolder(path: string): Promise<void>;
  /** Makes the names in a folder durable. A created or renamed file is certain to be found only after this. */
  syncFolder(path: string): Promise<void>;
}

export const realDisk: Disk = {
  create: (path) =>
    new Promise((resolve, reject) => {
      callbacks.open(path, createFlags, 0o600, (error, fd) => {
        if (error) reject(error);
        else resolve(new OpenFile(fd));
      });
    }),
  rename,
  link,
  remove: async (path) => {
    await unlessMissing(unlink(path));
  },
  makeFolder,
  removeFolder: async (path) => {
    await unlessMissing(rmdir(path));
  },
  syncFolder: async (path) => {
    const handle = await open(path, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
};

/**
 * On Linux a write to a file opened with this flag is on disk when it returns, with one call on the thread pool instead
 * of two. Elsewhere the flag does not exist, or does not reach the disk's own cache as Node's `fdatasync` does.
 */
const isWriteDurable = process.platform === 'linux';
const createFlags =
  constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (isWriteDurable ? constants.O_DSYNC : 0);

/** Uses Node's callback functions: a FileHandle makes a small write 50 % more expensive. */
class OpenFile implements DiskFile {
  readonly #fd: number;

  constructor(fd: number) {
    this.#fd = fd;
  }

  write(bytes: Uint8Array, position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      callbacks.write(this.#fd, bytes, 0, bytes.byteLength, position, (error, written) => {
        if (error) reject(error);
        else if (isWriteDurable) resolve(written);
        else callbacks.fdatasync(this.#fd, (unsynced) => (unsynced ? reject(unsynced) : resolve(written)));
      });
    });
  }

  close(): Promise<void> {
    return new Promise((resolve, reject) => {
      callbacks.close(this.#fd, (error) => (error ? reject(error) : resolve()));
    });
  }
}

/** Writes all of `bytes` from `position` on, even if the disk takes only a part at a time. */
export async function writeAll(file: DiskFile, bytes: Uint8Array, position: number): Promise<void> {
  let written = 0;
  while (written < bytes.byteLength) {
    const taken = await file.write(bytes.subarray(written), position + written);
    if (taken === 0) throw new Error('The disk took no byte of a write.');
    written += taken;
  }
}

/**
 * Node's `recursive` option loops forever if a parent folder exists but cannot be written, such as /proc: it goes up,
 * finds nothing to create there, and tries again.
 */
async function makeFolder(path: string): Promise<boolean> {
  const modes = { mode: 0o700 };
  try {
    await mkdir(path, modes);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    const above = dirname(path);
    if (codeOf(error) !== 'ENOENT' || above === path) throw error;
    await makeFolder(above);
    await mkdir(path, modes);
  }
  return true;
}
