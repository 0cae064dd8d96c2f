import { mkdir, rename, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { build } from 'vite';
import { checks } from './checks.ts';

/** Kept on the process, because Vite loads this file again on each restart. */
const running: typeof globalThis & { resaWorker?: Promise<void> } = globalThis;

const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/**
 * Builds the worker thread's entry for servers that run from source, here and in the tests: Node 20 does not run
 * TypeScript.
 */
export function workerFromSource(): Plugin {
  return {
    name: 'worker-from-source',
    apply: 'serve',
    async configureServer() {
      // The tests have a server for each project; one worker build is enough for all.
      if (process.env.VITEST) await (running.resaWorker ??= buildWorker());
      else await buildWorker();
    },
  };
}

async function buildWorker(): Promise<void> {
  const folder = at('node_modules/.cache/resa');
  const draft = `${folder}/${process.pid}`;
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: at('server/worker/worker.ts'),
      outDir: draft,
      target: 'node20',
      rolldownOptions: { checks, output: { entryFileNames: 'worker.mjs' } },
    },
  });
  // Written in one step, because others may be running the old file.
  await mkdir(folder, { recursive: true });
  await rename(`${draft}/worker.mjs`, `${folder}/worker.mjs`);
  await rm(draft, { recursive: true });
}
