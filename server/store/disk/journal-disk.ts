import { open, unlink } from 'node:fs/promises';
import { syncFolder, unlessMissing } from './durable-file.ts';

/** A file that the journal writes. `writev` may write less than it was given, as the system's does. */
export interface JournalFile {
  writev(buffers: readonly Uint8Array[], position: number): Promise<{ readonly bytesWritten: number }>;
  datasync(): Promise<void>;
  close(): Promise<void>;
}

/** What the journal asks of the disk: the seam at which tests let it fail. */
export interface JournalDisk {
  /** Makes a file that is not there yet. */
  create(path: string): Promise<JournalFile>;
  /** Removes a file; one that is not there is no error. */
  remove(path: string): Promise<void>;
  syncFolder(path: string): Promise<void>;
}

export const realDisk: JournalDisk = {
  create: (path) => open(path, 'wx', 0o600),
  remove: async (path) => {
    await unlessMissing(unlink(path));
  },
  syncFolder,
};

/** The system takes at most 1024 buffers a call (IOV_MAX). */
const maxBuffers = 1024;

/** Writes all of `buffers` from `position` on, however little the system takes at a time. */
export async function writeAll(
  file: JournalFile,
  buffers: readonly Uint8Array[],
  position: number,
): Promise<void> {
  let rest = buffers;
  let at = position;
  while (rest.length > 0) {
    const { bytesWritten } = await file.writev(rest.slice(0, maxBuffers), at);
    if (bytesWritten === 0) throw new Error('The disk took no byte of a write.');
    at += bytesWritten;
    rest = without(rest, bytesWritten);
  }
}

function without(buffers: readonly Uint8Array[], written: number): readonly Uint8Array[] {
  let left = written;
  let first = 0;
  for (let whole = buffers[first]; whole && left >= whole.byteLength; whole = buffers[++first]) {
    left -= whole.byteLength;
  }
  const part = buffers[first];
  return part && left > 0 ? [part.subarray(left), ...buffers.slice(first + 1)] : buffers.slice(first);
}
