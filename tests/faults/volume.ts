import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, open, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A disk that a test can fill, large enough for a data folder. */
export interface Volume {
  readonly folder: string;
  /** Options for starting the server on it. */
  readonly nodeArgs: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Fills the disk to the last byte. */
  fill(): Promise<void>;
  free(): Promise<void>;
  remove(): Promise<void>;
}

/** Enough for a board, its journal, and the megabyte by which the store probes a disk. */
const volumeBytes = 12 << 20;

/** A small file system in memory; null if this user may not mount one. */
export async function mountVolume(): Promise<Volume | null> {
  const root = await mkdtemp(join(tmpdir(), 'resa-volume-'));
  const mounted =
    spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${volumeBytes}`, 'tmpfs', root]).status === 0;
  if (!mounted) {
    await rm(root, { recursive: true });
    return null;
  }
  const ballast = join(root, 'ballast');
  return {
    folder: join(root, 'data'),
    nodeArgs: [],
    env: {},
    fill: () => writeUntilFull(ballast),
    free: () => unlink(ballast),
    async remove() {
      spawnSync('umount', ['-l', root]);
      await rm(root, { recursive: true });
    },
  };
}

/** A folder on this machine's disk, and a fault in the server that makes it full. Works for any user. */
export async function pretendVolume(): Promise<Volume> {
  const root = await mkdtemp(join(tmpdir(), 'resa-volume-'));
  const flag = join(root, 'full');
  const folder = join(root, 'data');
  await mkdir(folder);
  return {
    folder,
    nodeArgs: ['--import', fileURLToPath(new URL('./full-disk.mjs', import.meta.url))],
    env: { FULL_DISK_FLAG: flag },
    fill: () => writeFile(flag, ''),
    free: () => unlink(flag),
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

async function writeUntilFull(path: string): Promise<void> {
  const file = await open(path, 'w');
  try {
    for (let size = 1 << 20; size >= 1; size = size >> 1) await writeBlocks(file, size);
  } finally {
    await file.close();
  }
}

async function writeBlocks(file: Awaited<ReturnType<typeof open>>, size: number): Promise<void> {
  try {
    for (;;) {
      const { bytesWritten } = await file.write(new Uint8Array(size));
      if (bytesWritten < size) return;
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
  }
}
