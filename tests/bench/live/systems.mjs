// The measured servers, each started as its own process in the way of its documentation.
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { program as resa, startProgram, temporaryFolder } from '../server.mjs';
import * as dialects from './dialects.mjs';
import { awareness, compact } from './pointers.mjs';
import { boardRooms, handRooms } from './rooms.mjs';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const preload = ['--expose-gc', '--import', new URL('./on-signal.mjs', import.meta.url).href];
export const peersFolder = at('../peers');
const yWebsocket = at('../peers/node_modules/@y/websocket-server/src/server.js');

/** The sub-protocol by which our page requests acknowledgements and pointer frames. */
const ownProtocol = 'resa.1';

/**
 * `keeps`: documents survive the process. `acknowledges`: people are told when their edits are on disk. `isOurs`:
 * compared with the others. `isFloor`: knows no documents, so there is nothing to agree on at the end.
 */
export const systems = {
  /** With clients that speak our page's protocol. */
  resa: {
    keeps: true,
    isOurs: true,
    acknowledges: true,
    pointers: compact,
    start: (given) => startResa(given, ownProtocol),
  },
  /** With clients that speak the protocol of any `y-websocket` client. */
  'resa-stock': { keeps: true, isOurs: true, start: (given) => startResa(given, null) },
  'y-websocket': {
    start: ({ env }) => startYWebsocket(env),
  },
  'y-websocket+leveldb': {
    keeps: true,
    start: ({ folder, env }) => startYWebsocket({ ...env, YPERSISTENCE: join(folder, 'leveldb') }),
  },
  hocuspocus: {
    start: ({ env }) => startHocuspocus(env),
  },
  'hocuspocus+sqlite': {
    keeps: true,
    start: ({ folder, env }) => startHocuspocus({ ...env, SQLITE: join(folder, 'hocuspocus.sqlite') }),
  },
  relay: { isFloor: true, start: ({ env }) => startFloor({ ...env, WINDOW_MS: '0' }) },
  'relay 5 ms': { isFloor: true, start: ({ env }) => startFloor({ ...env, WINDOW_MS: '5' }) },
  'relay 16 ms': { isFloor: true, start: ({ env }) => startFloor({ ...env, WINDOW_MS: '16' }) },
};

/**
 * Starts a system on a data folder, by default a new one. With `profileTo`, takes a CPU profile between two calls of
 * `profile`, and writes it to that file.
 * @returns the properties of the system, and `port`, `pid` (whose CPU time and memory count), `rooms`, `stop` and
 * `kill`
 */
export async function startSystem(name, { folder, port = 0, profileTo = null, env = {} } = {}) {
  const system = systems[name];
  const where = folder ?? (await temporaryFolder());
  const running = await system.start({
    folder: where,
    port,
    env: profileTo ? { ...env, BENCH_PROFILE: profileTo } : env,
  });
  const signal = () => process.kill(running.pid, 'SIGUSR2');
  let isProfiled = false;
  return {
    name,
    keeps: system.keeps ?? false,
    isOurs: system.isOurs ?? false,
    isFloor: system.isFloor ?? false,
    acknowledges: system.acknowledges ?? false,
    pointers: system.pointers ?? awareness,
    folder: where,
    ...running,
    profile: async () => {
      if (!profileTo) return;
      signal();
      // The profile of a long run takes a while to write, and is lost if the server ends before.
      if (isProfiled) while (!existsSync(profileTo)) await pause(50);
      isProfiled = true;
      await pause(100);
    },
    /** Makes it collect garbage, so that only memory in use is left. */
    collect: async () => {
      for (let i = 0; i < 2 && !profileTo; i++) {
        signal();
        await pause(150);
      }
    },
  };
}

async function startResa({ folder, port, env }, protocol) {
  if (!existsSync(resa)) throw new Error(`There is no built server at ${resa}: run \`npm run build\` first.`);
  const program = await startProgram([...preload, resa], /^Resa is at (\S+)$/, {
    PORT: String(port),
    DATA_DIR: folder,
    LOG_LEVEL: process.env.BENCH_LOG_LEVEL ?? 'error',
    CREATE_PER_MINUTE: '1000000',
    JOIN_PER_MINUTE: '1000000',
    PEOPLE_PER_BOARD: '100000',
    ...env,
  });
  const { said: url } = program;
  return { ...program, port: Number(new URL(url).port), url, rooms: boardRooms(url, protocol) };
}

async function startYWebsocket(env) {
  const port = await freePort();
  const program = await startProgram([...preload, yWebsocket], /^running at (.*)$/, {
    HOST: '127.0.0.1',
    PORT: String(port),
    ...env,
  });
  const room = (name) => ({ path: `/${name}`, dialect: () => dialects.yjs });
  return { ...program, port, rooms: handRooms(port, room) };
}

async function startHocuspocus(env) {
  const port = await freePort();
  const program = await startProgram(
    [...preload, join(peersFolder, 'hocuspocus.mjs')],
    /^listening at (.*)$/,
    {
      PORT: String(port),
      ...env,
    },
  );
  const room = (name) => ({ path: '/', dialect: () => dialects.hocuspocus(name) });
  return { ...program, port, rooms: handRooms(port, room) };
}

async function startFloor(env) {
  const program = await startProgram([...preload, at('./floor.mjs')], /^listening at (.*)$/, env);
  const port = Number(program.said);
  const room = (name) => ({ path: `/${name}`, dialect: () => dialects.yjs });
  return { ...program, port, rooms: handRooms(port, room) };
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
