import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { unlessMissing } from './disk-error.ts';
import type { FileContext } from './durable-file.ts';
import { setAside, writeWhole } from './durable-file.ts';

const secretBytes = 32;

/** Reads the installation's secret, or creates it. A damaged one is replaced: people join again by their link. */
export async function openSecret(path: string, context: FileContext): Promise<Uint8Array> {
  const stored = await unlessMissing(readFile(path));
  if (stored?.byteLength === secretBytes) return stored;
  if (stored) {
    const aside = await setAside(path, 'corrupt', context);
    context.log.error({ aside }, 'the secret was damaged and is replaced; all sessions end');
  }
  const secret = randomBytes(secretBytes);
  await writeWhole(context.disk, path, secret);
  await context.disk.syncFolder(dirname(path));
  return secret;
}
