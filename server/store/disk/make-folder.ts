import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf } from './durable-file.ts';

/**
 * Makes a folder and those above it, for this user alone. Node's own `recursive` never ends where a folder is
 * there but takes none in, as /proc: it goes up, finds nothing to make there, and tries again for ever.
 */
export async function makeFolder(path: string): Promise<void> {
  const modes = { mode: 0o700 };
  try {
    await mkdir(path, modes);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return;
    const above = dirname(path);
    if (codeOf(error) !== 'ENOENT' || above === path) throw error;
    await makeFolder(above);
    await mkdir(path, modes);
  }
}
