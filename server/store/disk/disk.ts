import * as callbacks from 'node:fs';
import { constants } from 'node:fs';
import { link, mkdir, open, rename, rmdir, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf } from '../../errors.ts';
import { unlessMissing } from './disk-error.ts';

/** A file that is written. */
export interface DiskFile {
  /**
   * Writes at a position, and resolves to how many bytes are on disk now, power loss or not. As the system's
   * own, it may take fewer than it was given.
   */
  write(bytes: Uint8Array, position: number): Promise<number>;
  close(): Promise<void>;
}

/** What is done to the disk: the seam at which tests let it fail, or stop the process between two steps. */
export interface Disk {
  /** Makes a file that is not there yet. */
  create(path: string): Promise<DiskFile>;
  rename(from: string, to: string): Promise<void>;
  /** Gives a file a second name that nothing bears yet. */
  link(from: string, to: string): Promise<void>;
  /** Removes a file; one that is not there is no error. */
  remove(path: string): Promise<void>;
  /** Makes a folder and those above it, for this user alone. False where it was there. */
  makeFolder(path: string): Promise<boolean>;
  /** Removes an empty folder; one that is not there is no error. */
  removeFolder(path: string): Promise<void>;
  /** Makes the names in a folder durable: a file that was created or renamed is only then sure to be found. */
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
 * On Linux a write to a file opened so is on disk when it returns: one visit to the thread pool, not two.
 * Elsewhere the flag is missing, or does not reach the disk's own cache as Node's `fdatasync` does.
 */
const isWriteDurable = process.platform === 'linux';
const createFlags =
  constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (isWriteDurable ? constants.O_DSYNC : 0);

/** The callback functions of Node: a FileHandle costs half as much again for a small write. */
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

/** Writes all of `bytes` from `position` on, however little the disk takes at a time. */
export async function writeAll(file: DiskFile, bytes: Uint8Array, position: number): Promise<void> {
  let written = 0;
  while (written < bytes.byteLength) {
    const taken = await file.write(bytes.subarray(written), position + written);
    if (taken === 0) throw new Error('The disk took no byte of a write.');
    written += taken;
  }
}

/**
 * Node's own `recursive` never ends where a folder is there but takes none in, as /proc: it goes up, finds
 * nothing to make there, and tries again for ever.
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
