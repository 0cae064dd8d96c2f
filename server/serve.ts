import { once } from 'node:events';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import type { Site } from './access/origins.ts';
import { siteOf } from './access/origins.ts';
import { createApp } from './app.ts';
import type { Config } from './config.ts';
import { servedDocuments } from './documents/served.ts';
import type { ServedDocument } from './documents/work.ts';
import { codeOf } from './errors.ts';
import type { AppEnv } from './http/parts.ts';
import { answerPlainly, Upgrades } from './http/upgrade.ts';
import { openRooms } from './live/room/rooms.ts';
import { openLog } from './log.ts';
import { Sessions } from './session/sessions.ts';
import { Metrics } from './metrics/metrics.ts';
import { FolderInUse } from './store/disk/folder-lock.ts';
import { openDiskStore } from './store/disk/disk-store.ts';
import type { DemoLink } from './templates/demo-board.ts';
import { ensureDemoBoard } from './templates/demo-board.ts';
import { systemTime } from './time.ts';
import { openWorker } from './worker/worker-client.ts';

export { readConfig } from './config.ts';

/** The server cannot start. The message is one sentence for the person who starts it. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

export interface ServerOptions extends Config {
  /** The folder of the built page; null if another server serves it (development). */
  readonly staticRoot: string | null;
  /** The documents of a board; by default those that this server defines. */
  readonly documents?: readonly ServedDocument[];
}

/** The whole process except its signals: store, rooms, HTTP and sockets. */
export interface ResaServer {
  readonly app: Hono<AppEnv>;
  /** Handles the sockets of `/sync/` on an existing HTTP server. */
  attach(server: Server): void;
  /** @throws StartError if the address cannot be bound */
  listen(): Promise<{ port: number; url: string }>;
  /** Returns the demo board's links. Creates the board if it does not exist. */
  demo(): Promise<DemoLink[]>;
  /** Stops in order: refuses new people, writes the rooms to disk, closes the store. No acknowledged edit is lost. */
  close(): Promise<void>;
}

/**
 * Opens the store and creates the server.
 * @throws StartError if the data folder cannot be used
 */
export async function openServer({
  staticRoot,
  documents = servedDocuments,
  ...config
}: ServerOptions): Promise<ResaServer> {
  const log = openLog(config.logLevel);
  // The store calls back into the rooms, which do not exist yet; set below.
  const pressed = { checkpoint: (_room: string) => Promise.resolve() };
  const worker = openWorker({ log });
  const store = await openDiskStore({
    folder: config.dataDir,
    log,
    worker,
    onPressure: (room) => pressed.checkpoint(room),
  }).catch((error: unknown) => {
    throw startError(`The data folder ${config.dataDir} cannot be used`, error);
  });
  const metrics = new Metrics();
  const sessions = new Sessions({ store, log });
  const live = openRooms({
    store,
    log,
    documents,
    observe: metrics.observe,
    sessions,
    rulesOf: (board) => sessions.rulesOf(board),
  });
  const started = sessions.start(live);
  pressed.checkpoint = (room) => live.checkpoint(room);
  metrics.watch(live, store);
  let site: Site = siteOf(config, config.port);
  let isStopping = false;
  const app = createApp({
    config,
    store,
    live,
    log,
    metrics,
    work: worker,
    documents,
    time: systemTime,
    sessions,
    staticRoot,
    site: () => site,
    isStopping: () => isStopping,
  });
  const upgrades = new Upgrades(app, live, log);
  let listening: Server | null = null;
  let closing: Promise<void> | null = null;

  async function close(): Promise<void> {
    isStopping = true;
    upgrades.close();
    const isFree = listening ? stopListening(listening) : Promise.resolve();
    await live.close(liveMs);
    await upgrades.drained(graceMs);
    listening?.closeAllConnections();
    await isFree;
    await started;
    await sessions.close();
    await store.close();
    await worker.close();
    metrics.close();
    log.info('stopped');
  }

  return {
    app,
    attach: (server) => upgrades.attach(server),
    async listen() {
      const listener = getRequestListener(app.fetch);
      const server = createServer(limits, (request, response) => void listener(request, response));
      upgrades.attach(server);
      server.on('upgrade', (request, socket) => {
        // `Upgrades` answers these, unless the server is stopping.
        if (request.url?.startsWith('/sync/') && !isStopping) return;
        socket.on('error', () => socket.destroy());
        answerPlainly(socket, isStopping ? 503 : 404, '');
      });
      const port = await bind(server, config);
      listening = server;
      site = siteOf(config, port);
      log.info({ port }, 'listening');
      return { port, url: site.url };
    },
    demo: () => ensureDemoBoard(store, systemTime.wall()),
    close: () => (closing ??= close()),
  };
}

/** Part of the 20 s stop for commits, farewells and checkpoints. The rest is for the store and slow clients. */
const liveMs = 12_000;

/** A reachable client answers a close frame at once; an unreachable one never does. */
const graceMs = 1_000;

/** No honest client needs longer to send a header or 64 KiB; a slower one only blocks a connection. */
const limits = { headersTimeout: 15_000, requestTimeout: 30_000 };

async function bind(server: Server, { host, port }: Config): Promise<number> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw startError(`Cannot listen on ${host} port ${port}`, error);
  }
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

async function stopListening(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  await closed;
}

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program uses it; stop that one, or set PORT to another number.',
  EADDRNOTAVAIL: 'this machine has no such address; set HOST to an address of this machine.',
  ENOTFOUND: 'there is no host of that name; set HOST to an address of this machine.',
  EACCES: 'this user has no permission; change PORT, HOST or DATA_DIR.',
  EPERM: 'this user has no permission; change PORT, HOST or DATA_DIR.',
  EROFS: 'it is on a read-only disk; set DATA_DIR to a folder that can be written.',
  ENOSPC: 'the disk is full.',
  ENOENT: 'no folder can be created there; set DATA_DIR to one that can be written.',
  ENOTDIR: 'it is not a folder; set DATA_DIR to one.',
  EEXIST: 'it is not a folder; set DATA_DIR to one.',
};

/** Turns a known cause into one sentence. Any other error is a bug and is returned as it is. */
function startError(what: string, error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if (error instanceof FolderInUse) return new StartError(error.message, { cause: error });
  const reason = reasons[codeOf(error)];
  return reason === undefined ? error : new StartError(`${what}: ${reason}`, { cause: error });
}
