import type { DiskFile } from '../../server/store/disk/disk.ts';
import { PlainDisk } from './plain-disk.ts';

/**
 * A real disk that reports each step before it is taken, and the middle of each write: moments at which a process can
 * die.
 */
export class SteppingDisk extends PlainDisk {
  /** Called at each moment, with the next step. */
  onStep: (next: string) => void = () => undefined;

  override async create(path: string): Promise<DiskFile> {
    this.onStep(`create ${path}`);
    const file = await super.create(path);
    return {
      write: async (bytes, position) => {
        this.onStep(`write ${path}`);
        const half = Math.floor(bytes.byteLength / 2);
        if (half === 0) return file.write(bytes, position);
        await file.write(bytes.subarray(0, half), position);
        this.onStep(`write the rest of ${path}`);
        return half + (await file.write(bytes.subarray(half), position + half));
      },
      close: () => file.close(),
    };
  }

  override rename(from: string, to: string): Promise<void> {
    this.onStep(`rename ${from}`);
    return super.rename(from, to);
  }

  override link(from: string, to: string): Promise<void> {
    this.onStep(`link ${from}`);
    return super.link(from, to);
  }

  override remove(path: string): Promise<void> {
    this.onStep(`remove ${path}`);
    return super.remove(path);
  }

  override removeFolder(path: string): Promise<void> {
    this.onStep(`remove folder ${path}`);
    return super.removeFolder(path);
  }

  override syncFolder(path: string): Promise<void> {
    this.onStep(`sync ${path}`);
    return super.syncFolder(path);
  }
}
