import { basename } from 'node:path';
import type { JournalDisk, JournalFile } from '../../server/store/disk/journal-disk.ts';
import { realDisk } from '../../server/store/disk/journal-disk.ts';

/** A real disk under the journal that can be told to misbehave. */
export class FaultyDisk implements JournalDisk {
  /** What fails from now on: the sync after a whole write, or a write after half of its bytes (a full disk). */
  failing: 'sync' | 'write' | null = null;
  /** The most bytes that one write takes. */
  mostBytes = Infinity;
  /** While there is a gate, each sync waits for it. */
  gate: Promise<void> | null = null;
  /** What was asked, oldest first: `write 00000001.log`, `sync 00000001.log` ... */
  readonly calls: string[] = [];
  mostBuffers = 0;

  async create(path: string): Promise<JournalFile> {
    const file = await realDisk.create(path);
    const name = basename(path);
    return {
      writev: async (buffers, position) => {
        this.calls.push(`write ${name}`);
        this.mostBuffers = Math.max(this.mostBuffers, buffers.length);
        if (this.failing === 'write') {
          const all = Buffer.concat(buffers);
          await file.writev([all.subarray(0, all.byteLength / 2)], position);
          throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
        }
        return file.writev(this.#cut(buffers), position);
      },
      datasync: async () => {
        this.calls.push(`sync ${name}`);
        await this.gate;
        if (this.failing === 'sync') throw Object.assign(new Error('input/output error'), { code: 'EIO' });
        await file.datasync();
      },
      close: () => file.close(),
    };
  }

  remove(path: string): Promise<void> {
    return realDisk.remove(path);
  }

  syncFolder(path: string): Promise<void> {
    return realDisk.syncFolder(path);
  }

  #cut(buffers: readonly Uint8Array[]): readonly Uint8Array[] {
    let left = this.mostBytes;
    const taken: Uint8Array[] = [];
    for (const buffer of buffers) {
      if (left <= 0) break;
      taken.push(buffer.subarray(0, Math.min(left, buffer.byteLength)));
      left -= buffer.byteLength;
    }
    return taken;
  }
}
