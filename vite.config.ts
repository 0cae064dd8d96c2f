import { svelte } from '@sveltejs/vite-plugin-svelte';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import LongestFirst from './tests/longest-first.ts';
import { firstFiles } from './tools/vite/first-files.ts';
import { checks } from './tools/vite/checks.ts';
import { chunks } from './tools/vite/chunks.ts';
import { devServer } from './tools/vite/dev-server.ts';
import { drawnInBrowser, laterLibraries, plainModules } from './tools/vite/page-libraries.ts';
import { precompress } from './tools/vite/precompress.ts';
import { startFile } from './tools/vite/start-file.ts';
import { workerFromSource } from './tools/vite/worker.ts';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The tests of one folder, which gives them its name. */
const unit = (name: string, more = {}) => ({
  extends: true as const,
  test: { name, environment: 'node', include: [`tests/${name}/**/*.test.ts`], ...more },
});

const testProjects = [
  unit('shared', { testTimeout: 30_000 }),
  unit('server', { testTimeout: 60_000 }),
  unit('store', { testTimeout: 60_000 }),
  unit('worker', { testTimeout: 60_000 }),
  unit('convergence', { testTimeout: 120_000 }),
  unit('faults', { testTimeout: 120_000, hookTimeout: 60_000 }),
  unit('e2e', { testTimeout: 60_000, hookTimeout: 60_000 }),
  {
    extends: true as const,
    // The tests run in Node, also where the page is meant to: a server of their own needs the real `ws`.
    resolve: { conditions: ['browser'], alias: { ws: at('./node_modules/ws/wrapper.mjs') } },
    test: {
      name: 'client',
      environment: 'happy-dom',
      testTimeout: 30_000,
      include: ['tests/client/**/*.test.ts'],
      setupFiles: [at('./tests/client/english.ts')],
    },
  },
];

export default defineConfig({
  root: at('./client'),
  plugins: [
    svelte({ configFile: false, compilerOptions: { runes: true } }),
    plainModules(),
    laterLibraries(),
    drawnInBrowser(),
    firstFiles(),
    precompress(),
    startFile(),
    workerFromSource(),
    devServer(),
  ],
  resolve: { alias: { $shared: at('./shared') } },
  builder: {},
  // `strictPort`: the origin check accepts one address only, so on another port the server would refuse the page.
  server: { host: '127.0.0.1', port: Number(process.env.PORT ?? 4040), strictPort: true },
  environments: {
    client: {
      build: {
        outDir: at('./dist/client'),
        emptyOutDir: true,
        target: 'es2023',
        assetsInlineLimit: 0,
        rolldownOptions: { checks, output: { codeSplitting: { groups: chunks } } },
      },
    },
    ssr: {
      build: {
        ssr: true,
        outDir: at('./dist/server'),
        emptyOutDir: true,
        copyPublicDir: false,
        sourcemap: true,
        target: 'node20',
        rolldownOptions: {
          input: { server: at('./server/main.ts'), worker: at('./server/worker/worker.ts') },
          output: { entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' },
          checks,
        },
      },
    },
  },
  test: {
    root: at('.'),
    // Two files at a time on two cores, where Vitest would run one: much of the time is spent waiting.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    sequence: { sequencer: LongestFirst },
    reporters: ['default', at('./tests/closing-line.ts')],
    projects: testProjects,
  },
});
