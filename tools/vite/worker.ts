import { mkdir, rename, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { build } from 'vite';
import { checks } from './checks.ts';

/** Kept on the process: Vite loads this file anew for each restart. */
const running: typeof globalThis & { resaWorker?: Promise<void> } = globalThis;

const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** Builds the entry of the worker thread for those who run the server from its sources, this one and the tests: Node 20 reads no TypeScript. */
export function workerFromSource(): Plugin {
  return {
    name: 'worker-from-source',
    apply: 'serve',
    async configureServer() {
      // The tests have a server for each project, and one worker is enough for all.
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
  // In one step, for others may be running it.
  await mkdir(folder, { recursive: true });
  await rename(`${draft}/worker.mjs`, `${folder}/worker.mjs`);
  await rm(draft, { recursive: true });
}
