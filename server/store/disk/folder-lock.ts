import { createHash, randomBytes } from 'node:crypto';
import { link, open, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import * as v from 'valibot';
import { parseJsonAs } from '../../../shared/json.ts';
import { codeOf } from '../../errors.ts';
import { isFull, unlessMissing } from './disk-error.ts';

/** The folder belongs to a process that lives. */
export class FolderInUse extends Error {
  override readonly name = 'FolderInUse';
}

/** What a lock takes, filled up with spaces: so a spare one has room for any. */
const lockBytes = 512;

/** `started` and `boot` tell a process from a later one that was given the same number (Linux; else empty). */
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
 * Takes a folder for this process alone: two that append to one journal would destroy it. What a
 * killed process left is seen through and replaced. Rejects with `FolderInUse`.
 */
export async function lockFolder(path: string): Promise<FolderLock> {
  const token = randomBytes(6).toString('hex');
  const mine = JSON.stringify({ ...(await holderOf(process.pid)), token }).padEnd(lockBytes);
  // Written elsewhere and linked, so that nobody ever reads half a lock.
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

/** On a full disk there is room for no new file but in the one that the process before has left for that. */
async function writeDraft(draft: string, mine: string, spare: string): Promise<void> {
  try {
    await writeFile(draft, mine, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    await unlessMissing(unlink(draft));
    if (!isFull(error)) throw error;
    // Of two who come at once one gets it.
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
 * Puts the draft in the place of nothing, or of a stale lock. Of all who find the same stale lock one
 * may replace it: who holds the claim that is named after its content, which is a lock like this one,
 * and is given up only when the stale lock is gone.
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
      // Who came first may have replaced it before we held the claim.
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
    // EPERM: it lives, under another user.
    if (codeOf(error) !== 'EPERM') return false;
  }
  const now = await holderOf(holder.pid);
  if (now.boot !== holder.boot) return false;
  // Where /proc does not show it (another system, a hidden process), the number alone has to do.
  return now.started === '' || now.started === holder.started;
}

async function holderOf(pid: number): Promise<Holder> {
  const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')).trim();
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The second field is the program's name in brackets and may hold spaces: count from behind it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // A zombie is dead already, only not yet buried by its parent.
  const started = fields[0] === 'Z' ? 'ended' : (fields[19] ?? '');
  return { pid, started, boot };
}

function inUse(path: string, pid: number): FolderInUse {
  return new FolderInUse(
    `The data folder is in use by process ${pid} (${path}). Stop it, or give this one another DATA_DIR.`,
  );
}
