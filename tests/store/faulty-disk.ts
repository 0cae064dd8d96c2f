import { basename } from 'node:path';
import type { DiskFile } from '../../server/store/disk/disk.ts';
import { PlainDisk } from './plain-disk.ts';

/** A real disk with faults on request. */
export class FaultyDisk extends PlainDisk {
  /**
   * What fails from now on: `write` fails after half of the bytes (a full disk); `sync` writes all bytes, but reports
   * that they did not reach the disk.
   */
  failing: 'sync' | 'write' | null = null;
  /** True if it creates no files from now on. */
  refusesFiles = false;
  /** The most bytes that one write takes. */
  mostBytes = Infinity;
  /** While there is a gate, each write waits for it. */
  gate: Promise<void> | null = null;
  /** The requested writes, oldest first, by file name. */
  readonly writes: string[] = [];

  override async create(path: string): Promise<DiskFile> {
    if (this.refusesFiles) throw fullDisk();
    const file = await super.create(path);
    const name = basename(path);
    return {
      write: async (bytes, position) => {
        this.writes.push(name);
        await this.gate;
        if (this.failing === 'write') {
          await file.write(bytes.subarray(0, bytes.byteLength / 2), position);
          throw fullDisk();
        }
        const taken = await file.write(bytes.subarray(0, this.mostBytes), position);
        if (this.failing === 'sync') throw Object.assign(new Error('input/output error'), { code: 'EIO' });
        return taken;
      },
      close: () => file.close(),
    };
  }
}

function fullDisk(): Error {
  return Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
}
