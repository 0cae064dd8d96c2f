import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createBuilder } from 'vite';
import { WebSocket } from 'ws';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const built = join(root, `node_modules/.cache/resa-main-test-${process.pid}`);
const running = new Set<ChildProcess>();
let folder = '';

beforeAll(async () => {
  const environments = { ssr: { build: { outDir: join(built, 'server') } } };
  const builder = await createBuilder({
    root,
    configFile: join(root, 'vite.config.ts'),
    logLevel: 'error',
    environments,
  });
  const { ssr } = builder.environments;
  if (!ssr) throw new Error('vite.config.ts builds no server.');
  await builder.build(ssr);
  await mkdir(join(built, 'client'), { recursive: true });
  await writeFile(join(built, 'client/index.html'), '<!doctype html><title>Resa</title>');
}, 60_000);
afterAll(() => rm(built, { recursive: true }));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'resa-main-'));
});
afterEach(async () => {
  for (const child of running) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

/** The process as a person starts it, on any free port. */
function start(args: string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [join(built, 'server/main.js'), ...args], {
    env: { PATH: process.env.PATH, PORT: '0', DATA_DIR: folder, LOG_LEVEL: 'warn', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  const lines: string[] = [];
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  const ended = once(child, 'close').then(([code]) => {
    running.delete(child);
    return { code: code as number | null, complaint };
  });
  const output = createInterface({ input: child.stdout });
  const until = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      output.on('line', (line) => {
        lines.push(line);
        const found = pattern.exec(line);
        if (found) resolve(found[1] ?? line);
      });
      void ended.then((end) => reject(new Error(`It ended (${end.code}): ${end.complaint}`)));
    });
  return { child, lines, until, ended };
}

const json = async (url: string, body?: unknown) => {
  const answer = await fetch(url, body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) });
  return (await answer.json()) as Record<string, string>;
};

const linksIn = (lines: string[]) => lines.flatMap((line) => /(?<=: +)http\S+#\S+/.exec(line)?.[0] ?? []);

describe('the process', () => {
  test('serves the demo board by three links, which are the same after a restart', async () => {
    const first = start(['demo']);
    await first.until(/Ctrl\+C/);
    const links = linksIn(first.lines);
    expect(links.length).toBe(3);
    const url = new URL(links[0] ?? '').origin;
    expect(await (await fetch(`${url}/`)).text()).toContain('<title>Resa</title>');
    const roles: (string | undefined)[] = [];
    for (const link of links) roles.push((await json(`${url}/api/invitation`, { link })).role);
    expect(roles).toEqual(['facilitator', 'participant', 'observer']);
    const ana = await json(`${url}/api/join`, { link: links[0], name: 'Ana' });
    expect(ana).toMatchObject({ board: 'lovtag', title: 'A day with Lövtåg', start: 'map' });
    first.child.kill('SIGTERM');
    expect(await first.ended).toEqual({ code: 0, complaint: '' });

    const second = start(['demo']);
    await second.until(/Ctrl\+C/);
    const secrets = (all: string[]) => all.map((link) => link.split('#')[1]);
    expect(secrets(linksIn(second.lines))).toEqual(secrets(links));
    second.child.kill('SIGTERM');
    expect((await second.ended).code).toBe(0);
  });

  test('without `demo` prints its address only', async () => {
    const server = start([]);
    const url = await server.until(/^Resa is at (http:\/\/127\.0\.0\.1:\d+)$/);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    server.child.kill('SIGINT');
    expect((await server.ended).code).toBe(0);
    expect(server.lines).toEqual([`Resa is at ${url}`]);
  });

  test('closes sockets with 1012 and exits on SIGTERM', async () => {
    const server = start(['demo']);
    await server.until(/Ctrl\+C/);
    const [link] = linksIn(server.lines);
    const url = new URL(link ?? '').origin;
    const { token = '', board = '' } = await json(`${url}/api/join`, { link, name: 'Ana' });
    const socket = new WebSocket(`${url.replace('http', 'ws')}/sync/${board}/board?token=${token}`);
    await once(socket, 'message');
    const closed = once(socket, 'close') as Promise<[number]>;
    server.child.kill('SIGTERM');
    expect((await closed)[0]).toBe(1012);
    expect(await server.ended).toEqual({ code: 0, complaint: '' });
  });

  test('exits although a client never answers the close', async () => {
    const server = start(['demo']);
    await server.until(/Ctrl\+C/);
    const [link] = linksIn(server.lines);
    const url = new URL(link ?? '').origin;
    const { token = '', board = '' } = await json(`${url}/api/join`, { link, name: 'Ana' });
    const socket = new WebSocket(`${url.replace('http', 'ws')}/sync/${board}/board?token=${token}`);
    socket.on('error', () => undefined);
    await once(socket, 'message');
    socket.pause();
    server.child.kill('SIGTERM');
    expect((await server.ended).code).toBe(0);
    socket.terminate();
  });
});

describe('if it cannot start, it prints the reason in one sentence', () => {
  test('an invalid setting', async () => {
    const { ended } = start([], { PORT: 'http' });
    const sentence = 'PORT must be a whole number from 0 to 65535, but is "http"; for example PORT=4040.\n';
    expect(await ended).toEqual({ code: 1, complaint: sentence });
  });

  test('a port in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { code, complaint } = await start([], { PORT: String(port) }).ended;
    other.close();
    expect(code).toBe(1);
    expect(complaint).toBe(
      `Cannot listen on 127.0.0.1 port ${port}: another program uses it; stop that one, or set PORT to another number.\n`,
    );
  });

  test('a data folder in use by another process', async () => {
    const first = start([]);
    await first.until(/^Resa is at/);
    const { code, complaint } = await start([]).ended;
    expect(code).toBe(1);
    expect(complaint).toMatch(
      new RegExp(`^The data folder is in use by process ${first.child.pid ?? 0} .*\\n$`),
    );
  });

  // Without /proc, the folder can be created, or is refused for another reason.
  test.runIf(process.platform === 'linux')('a data folder that cannot be created', async () => {
    const { code, complaint } = await start([], { DATA_DIR: '/proc/nope' }).ended;
    expect(code).toBe(1);
    expect(complaint).toMatch(
      /^The data folder \/proc\/nope cannot be used: no folder can be created there; .*\n$/,
    );
  });

  test('a data folder that is a file', async () => {
    const file = join(folder, 'data');
    await writeFile(file, '');
    const { code, complaint } = await start([], { DATA_DIR: file }).ended;
    expect(code).toBe(1);
    expect(complaint).toMatch(
      /^The data folder .* cannot be used: it is not a folder; set DATA_DIR to one\.\n$/,
    );
  });
});
