import type * as http from 'node:http';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import type * as Serve from '../../server/serve.ts';

const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** Runs the server inside Vite's process, on Vite's port, and restarts it when its code changes. */
export function devServer(): Plugin {
  return {
    name: 'dev-server',
    apply: 'serve',
    async configureServer(vite) {
      if (process.env.VITEST) return;
      const { openServer, readConfig } = (await vite.ssrLoadModule(at('server/serve.ts'))) as typeof Serve;
      const { getRequestListener } = await import('@hono/node-server');
      const port = vite.config.server.port;
      const config = { ...readConfig({ PORT: String(port), ...process.env }), staticRoot: null };
      const server = await openAfterLast(() => openServer(config));
      const listener = getRequestListener(server.app.fetch);
      if (vite.httpServer) server.attach(vite.httpServer as http.Server);
      vite.httpServer?.once('close', () => void server.close());
      vite.watcher.add([at('server'), at('shared')]);
      let isRestarting = false;
      vite.watcher.on('change', (file) => {
        if (isRestarting || !(file.startsWith(at('server')) || file.startsWith(at('shared')))) return;
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

/** Kept on the process, because Vite loads this file again on each restart. */
const running: typeof globalThis & {
  resaDevServer?: Promise<Serve.ResaServer>;
} = globalThis;

/**
 * Opens a server after the previous one has closed. On a restart Vite creates the next one first, and the data folder
 * can have only one.
 */
function openAfterLast(open: () => Promise<Serve.ResaServer>): Promise<Serve.ResaServer> {
  const last = running.resaDevServer;
  const next = (async () => {
    // A server that failed to open has nothing to close.
    const server = await last?.catch(() => null);
    await server?.close();
    return open();
  })();
  running.resaDevServer = next;
  return next;
}
