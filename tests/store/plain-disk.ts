import type { Disk, DiskFile } from '../../server/store/disk/disk.ts';
import { realDisk } from '../../server/store/disk/disk.ts';

/** The real disk, as a base for tests that change one of its steps. */
export class PlainDisk implements Disk {
  create(path: string): Promise<DiskFile> {
    return realDisk.create(path);
  }

  rename(from: string, to: string): Promise<void> {
    return realDisk.rename(from, to);
  }

  link(from: string, to: string): Promise<void> {
    return realDisk.link(from, to);
  }

  remove(path: string): Promise<void> {
    return realDisk.remove(path);
  }

  makeFolder(path: string): Promise<boolean> {
    return realDisk.makeFolder(path);
  }

  removeFolder(path: string): Promise<void> {
    return realDisk.removeFolder(path);
  }

  syncFolder(path: string): Promise<void> {
    return realDisk.syncFolder(path);
  }
}
