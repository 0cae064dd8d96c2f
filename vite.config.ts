import { svelte } from '@sveltejs/vite-plugin-svelte';
import type * as http from 'node:http';
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { promisify } from 'node:util';
import type { Plugin } from 'vite';
import type * as Serve from './server/serve.ts';
import { build } from 'vite';
import { defineConfig } from 'vitest/config';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const unit = (name: string, folder: string, more = {}) => ({
  extends: true as const,
  test: { name, environment: 'node', include: [`tests/${folder}/**/*.test.ts`], ...more },
});

/** That plugins take most of the time of a small build is no news; as a warning it only alarms. */
const checks = { pluginTimings: false };

/**
 * What is needed before a page can be used comes in two scripts, not in twenty: what every page has, and
 * what a board has. All else is split as it is imported.
 */
const chunks = [
  {
    name: 'base',
    priority: 2,
    test: /node_modules\/(svelte|esm-env|clsx|valibot)\/|preload-helper|client\/(main|App|router|views\.ts|text\/[a-z-]+\.(svelte\.)?ts|ui\/(Icon|IconButton|Button|button|MenuButton|Avatar|initials|Tabs|Toasts|toasts|timers|icons|Shape|shapes|floating|place)\.|model\/(api|device)|views\/(notice|lobby\/(Mark|Masthead|LanguageMenu|language-items)))|shared\/(id|roles|limits|board\/person-colors)\.ts/,
  },
  {
    name: 'board',
    test: /node_modules\/(yjs|lib0|y-protocols|y-websocket|fractional-indexing)\/|client\/(model\/(board|connection|records|stacks|shelves|presence|pointers|backoff|hindrance|marks|pulse|wake|seat-renewal|text-binding|undo|undo-recorder|slices|answer-parts|unsaved|offline|ending|edit-rows|edit-sorting|fit|kept|lost|open-pages|touched)\.|views\/(text\/|map\/(?!drag|Menus|Overlays|[A-Za-z]+Dialog)|board\/(?!Help|Lost|LossDialog|lost-words|add-again)))|shared\/(board\/(?!person-colors)|commands|queries|presence|pointer|protocol|order-key)/,
  },
];

export default defineConfig({
  root: at('./client'),
  plugins: [
    svelte({ configFile: false, compilerOptions: { runes: true } }),
    precompress(),
    startFile(),
    workerFromSource(),
    devServer(),
  ],
  resolve: { alias: { $shared: at('./shared') } },
  builder: {},
  // The origin check knows one address: on another port than the one said, the page would be refused.
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
    reporters: ['default', at('./tests/closing-line.ts')],
    projects: [
      unit('shared', 'shared'),
      unit('server', 'server', { testTimeout: 20_000 }),
      unit('store', 'store', { testTimeout: 60_000 }),
      unit('work', 'work', { testTimeout: 60_000 }),
      unit('convergence', 'convergence', { testTimeout: 120_000 }),
      unit('faults', 'faults', { testTimeout: 120_000, hookTimeout: 60_000 }),
      unit('e2e', 'e2e', { testTimeout: 60_000, hookTimeout: 60_000, fileParallelism: false }),
      {
        extends: true,
        // The tests run in Node, also where the page is meant to: a server of their own needs the real `ws`.
        resolve: { conditions: ['browser'], alias: { ws: at('./node_modules/ws/wrapper.mjs') } },
        test: {
          name: 'client',
          environment: 'happy-dom',
          include: ['tests/client/**/*.test.ts'],
          setupFiles: [at('./tests/client/english.ts')],
        },
      },
    ],
  },
});

/** Lays a .br and a .gz beside each text file of the page, so that the server never compresses. */
function precompress(): Plugin {
  const brotli = promisify(brotliCompress);
  const zip = promisify(gzip);
  return {
    name: 'precompress',
    apply: 'build',
    applyToEnvironment: (environment) => environment.name === 'client',
    async writeBundle({ dir }) {
      if (!dir) return;
      for (const entry of await readdir(dir, { recursive: true })) {
        if (!/\.(js|css|html|svg|json)$/.test(entry)) continue;
        const bytes = await readFile(`${dir}/${entry}`);
        await writeFile(
          `${dir}/${entry}.br`,
          await brotli(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
        );
        await writeFile(`${dir}/${entry}.gz`, await zip(bytes, { level: 9 }));
      }
    },
  };
}

/**
 * `dist/server/main.js`, which starts the server. It is no module, since Node's thread pool takes its size once,
 * when it is first used, and reading a module uses it. Four threads, as they are by default, can all be busy
 * with files and compression while the journal waits for one.
 */
function startFile(): Plugin {
  const source = "process.env.UV_THREADPOOL_SIZE ??= '16';\nimport('./server.mjs');\n";
  return {
    name: 'start-file',
    apply: 'build',
    applyToEnvironment: (environment) => environment.name === 'ssr',
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: 'main.js', source });
      this.emitFile({ type: 'asset', fileName: 'package.json', source: '{ "type": "commonjs" }\n' });
    },
  };
}

/** Builds the entry of the worker thread for those who run the server from its sources, this one and the tests: Node 20 reads no TypeScript. */
function workerFromSource(): Plugin {
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
  const folder = at('./node_modules/.cache/resa');
  const draft = `${folder}/${process.pid}`;
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: at('./server/worker/worker.ts'),
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

/** Runs the server inside Vite's own process, on Vite's own port; restarts it when its code changes. */
function devServer(): Plugin {
  return {
    name: 'dev-server',
    apply: 'serve',
    async configureServer(vite) {
      if (process.env.VITEST) return;
      const { openServer, readConfig } = (await vite.ssrLoadModule(at('./server/serve.ts'))) as typeof Serve;
      const { getRequestListener } = await import('@hono/node-server');
      const port = vite.config.server.port;
      const config = { ...readConfig({ PORT: String(port), ...process.env }), staticRoot: null };
      const server = await openAfterLast(() => openServer(config));
      const listener = getRequestListener(server.app.fetch);
      if (vite.httpServer) server.attach(vite.httpServer as http.Server);
      vite.httpServer?.once('close', () => void server.close());
      vite.watcher.add([at('./server'), at('./shared')]);
      let isRestarting = false;
      vite.watcher.on('change', (file) => {
        if (isRestarting || !(file.startsWith(at('./server')) || file.startsWith(at('./shared')))) return;
        isRestarting = true;
        void server
          .close()
          .then(() => vite.restart())
          .finally(() => (isRestarting = false));
      });
      vite.middlewares.use((request, response, next) => {
        if (/^\/(api|healthz|readyz|metrics)/.test(request.url ?? '')) void listener(request, response);
        else next();
      });
    },
  };
}

/** Kept on the process: Vite loads this file anew for each restart. */
const running: typeof globalThis & {
  resaDevServer?: Promise<Serve.ResaServer>;
  resaWorker?: Promise<void>;
} = globalThis;

/** Opens a server when the one before it is closed: Vite makes the next before it ends the last, and the data folder takes one. */
function openAfterLast(open: () => Promise<Serve.ResaServer>): Promise<Serve.ResaServer> {
  const last = running.resaDevServer;
  const next = (async () => {
    // One that could not be opened has nothing to close.
    const server = await last?.catch(() => null);
    await server?.close();
    return open();
  })();
  running.resaDevServer = next;
  return next;
}
