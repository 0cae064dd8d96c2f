import { createHash, randomBytes } from 'node:crypto';
import { link, open, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import * as v from 'valibot';
import { parseJsonAs } from '../../../shared/json.ts';
import { codeOf } from '../../errors.ts';
import { isFull, unlessMissing } from './disk-error.ts';

/** The folder belongs to a running process. */
export class FolderInUse extends Error {
  override readonly name = 'FolderInUse';
}

/** Size of a lock, padded with spaces, so that a spare one has room for any lock. */
const lockBytes = 512;

/** `started` and `boot` distinguish a process from a later one with the same number (Linux; else empty). */
const holderSchema = v.object({
  pid: v.pipe(v.number(), v.integer(), v.minValue(1)),
  started: v.string(),
  boot: v.string(),
});
type Holder = v.InferOutput<typeof holderSchema>;

export interface FolderLock {
  release(): Promise<void>;
}

/**
 * Locks a folder for this process: two processes appending to one journal would destroy it. A lock left by a killed
 * process is detected and replaced. Rejects with `FolderInUse`.
 */
export async function lockFolder(path: string): Promise<FolderLock> {
  const token = randomBytes(6).toString('hex');
  const mine = JSON.stringify({ ...(await holderOf(process.pid)), token }).padEnd(lockBytes);
  // Written under another name and linked, so that nobody ever reads half a lock.
  const draft = `${path}.${token}`;
  const spare = `${path}.spare`;
  await writeDraft(draft, mine, spare);
  try {
    await take(path, draft);
  } finally {
    await unlink(draft);
  }
  // For the next process, which may find the disk full.
  await writeFile(spare, ' '.repeat(lockBytes), { flag: 'wx', mode: 0o600 }).catch(() => undefined);
  return {
    release: async () => {
      if ((await readLock(path)) === mine) await unlessMissing(unlink(path));
    },
  };
}

/** On a full disk no new file can be written, so it reuses the spare file of the previous process. */
async function writeDraft(draft: string, mine: string, spare: string): Promise<void> {
  try {
    await writeFile(draft, mine, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    await unlessMissing(unlink(draft));
    if (!isFull(error)) throw error;
    // If two processes do this at once, only one rename succeeds.
    if ((await unlessMissing(rename(spare, draft).then(() => true))) === null) throw error;
    const handle = await open(draft, 'r+');
    try {
      await handle.write(mine, 0);
    } finally {
      await handle.close();
    }
  }
}

/**
 * Links the draft if there is no lock, or replaces a stale one. Of all processes that find the same stale lock, only
 * the one with the claim may replace it. The claim is a lock like this one, named by a hash of the stale lock's
 * content, and is removed only after the stale lock.
 */
async function take(path: string, draft: string): Promise<void> {
  while (!(await linkNew(draft, path))) {
    const seen = await readLock(path);
    if (seen === null) continue;
    const holder = parseJsonAs(holderSchema, seen);
    if (holder && (await lives(holder))) throw inUse(path, holder.pid);
    const claim = `${path}.after-${createHash('sha256').update(seen).digest('hex').slice(0, 16)}`;
    await take(claim, draft);
    try {
      // An earlier process may have replaced it before this one had the claim.
      if ((await readLock(path)) !== seen) continue;
      await link(draft, `${draft}.new`);
      await rename(`${draft}.new`, path);
      return;
    } finally {
      await unlink(claim);
    }
  }
}

async function linkNew(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

function readLock(path: string): Promise<string | null> {
  return unlessMissing(readFile(path, 'utf8'));
}

async function lives(holder: Holder): Promise<boolean> {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // EPERM: it runs, as another user.
    if (codeOf(error) !== 'EPERM') return false;
  }
  const now = await holderOf(holder.pid);
  if (now.boot !== holder.boot) return false;
  // Without /proc (another system, or a hidden process), only the number is compared.
  return now.started === '' || now.started === holder.started;
}

async function holderOf(pid: number): Promise<Holder> {
  const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')).trim();
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The second field is the program's name in brackets and may have spaces: count from its end.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // A zombie has already ended; its parent has not collected it yet.
  const started = fields[0] === 'Z' ? 'ended' : (fields[19] ?? '');
  return { pid, started, boot };
}

function inUse(path: string, pid: number): FolderInUse {
  return new FolderInUse(
    `The data folder is in use by process ${pid} (${path}). Stop it, or give this one another DATA_DIR.`,
  );
}
