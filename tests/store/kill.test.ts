import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { notes, openStore, temporaryFolder } from './open-store.ts';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

let program: string;

// Node 20 does not run TypeScript, so the program is bundled first (about 0.3 s).
beforeAll(async () => {
  program = await mkdtemp(join(tmpdir(), 'resa-appender-'));
  await build({
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true },
    build: {
      ssr: true,
      outDir: program,
      target: 'node20',
      rolldownOptions: {
        input: { appender: at('./appender.ts'), worker: at('../../server/worker/worker.ts') },
        output: { entryFileNames: '[name].mjs', chunkFileNames: '[name].mjs' },
      },
    },
  });
});

afterAll(() => rm(program, { recursive: true, force: true }));

/** Runs the program until it has acknowledged this many writes, kills it, and returns its output. */
async function writeUntilKilled(
  folder: string,
  round: number,
  acknowledged: number,
): Promise<readonly string[]> {
  const child = spawn(process.execPath, [join(program, 'appender.mjs'), folder, String(round)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  let complained = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (complained += chunk));
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    said += chunk;
    if (said.split('\n').length > acknowledged) child.kill('SIGKILL');
  });
  const signal = await new Promise<string | null>((resolve) => child.on('close', (_code, by) => resolve(by)));
  expect(complained).toBe('');
  expect(signal).toBe('SIGKILL');
  // The last line may be cut, which acknowledges nothing.
  return said.split('\n').slice(0, -1);
}

// Slow, because it waits for the disk: up to 1,500 writes per round are acknowledged one by one, so that a kill may hit
// any of them, or the change of a segment. Each round reads everything acknowledged again.
test('after kill -9 at ten random moments on one folder, all acknowledged data is there', async () => {
  const folder = await temporaryFolder();
  const said: string[] = [];
  for (let round = 1; round <= 10; round++) {
    const acknowledged = 1 + Math.floor(Math.random() * 1500);
    said.push(...(await writeUntilKilled(folder, round, acknowledged)));
    const { store, journalist } = await openStore(folder);
    const rooms = new Map<string, Record<string, unknown>>();
    for (const line of said) {
      const [what, name = '', key = ''] = line.split(' ');
      if (what === 'note') {
        const read = rooms.get(name) ?? notes(await store.load(name));
        rooms.set(name, read);
        expect(read, `round ${round}, killed after ${acknowledged}`).toHaveProperty([key]);
      } else {
        expect((await store.board(name))?.id).toBe(name);
        if (what === 'changed') expect((await store.board(name))?.title).toBe('changed');
      }
    }
    expect(journalist.lines.filter((line) => line.level === 'error')).toEqual([]);
    await store.close();
  }
  expect(said.length).toBeGreaterThan(10);
});
