import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest';
import { Chance, seed } from './chance.ts';
import { makeBoard } from './invited.ts';
import { ServerProcess, temporaryFolder } from './server-process.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: ServerProcess;

beforeAll(async () => {
  folder = await temporaryFolder();
  server = await ServerProcess.start({ folder: folder.path });
});
afterAll(async () => {
  await server.kill();
  await folder.remove();
});

/** Sends bytes to the port. Returns the status of the first answer, or null if the server closed without one. */
async function said(bytes: Uint8Array | string, { hangUp = false } = {}): Promise<number | null> {
  const socket = connect(server.port, '127.0.0.1');
  let answer = '';
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    answer += chunk;
    if (answer.includes('\r\n')) socket.destroy();
  });
  socket.write(bytes);
  if (hangUp) socket.end();
  await once(socket, 'close');
  const status = /^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1];
  return status === undefined ? null : Number(status);
}

async function stillServes(): Promise<void> {
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  expect(server.isAlive).toBe(true);
  expect(server.errors).toEqual([]);
}

const to = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nHost: x\r\n${more}\r\n`;
const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\n';
const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n';
const body = (text: string, more = '') =>
  `POST /api/boards HTTP/1.1\r\nHost: x\r\n${more}Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;

const noises: [string, Uint8Array | string, number][] = [
  ['not HTTP', 'hello\r\n\r\n', 400],
  ['an endless header', `GET / HTTP/1.1\r\nX: ${'x'.repeat(100_000)}`, 431],
  [
    'two content lengths',
    'POST /api/join HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd',
    400,
  ],
  [
    'a content length and chunked encoding',
    'POST /api/join HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    400,
  ],
  ['an invalid path', to('http://[/'), 400],
  ['half a character, which the page answers with "not found"', to('/b/%E0%A4%A'), 200],
  ['a path out of the folder', to('/assets/..%2f..%2f..%2fetc%2fpasswd'), 404],
  ['a zero byte', to('/assets/%00'), 404],
  ['invalid JSON', body('{"title":'), 400],
  ['JSON of another schema', body('[1,2,3]'), 422],
  ['deeply nested JSON', body(`{"title":${'['.repeat(20_000)}`), 400],
  ['a large body', body(JSON.stringify({ title: 'm'.repeat(1 << 20) })), 413],
  ['an admin route without an admin key', to('/api/admin/rooms', 'Authorization: Bearer x\r\n'), 404],
  ['metrics without a key', to('/metrics', 'Authorization: Bearer x\r\n'), 404],
  ['versions of a board without a membership', to('/api/boards/x/versions'), 401],
  ['an upgrade of an unknown path', to('/nowhere', upgrade + key), 404],
  ['an upgrade without a key', to('/sync/a/board', upgrade), 400],
  [
    'an upgrade with another WebSocket version',
    to('/sync/a/board', `${upgrade}Sec-WebSocket-Key: x\r\nSec-WebSocket-Version: 7\r\n`),
    400,
  ],
  ['an upgrade of an invalid address', to('/sync/%zz/..', upgrade + key), 404],
];

test.for(noises)('%s: gets its status, and the process continues', async ([, bytes, status]) => {
  expect(await said(bytes)).toBe(status);
  await stillServes();
});

test('random bytes, alone and in every part of a request: no response, or an error', async () => {
  onTestFailed(() => console.error(`SEED=${seed} runs this again`));
  const chance = new Chance(seed);
  const noise = () => Buffer.from(chance.bytes(1 + chance.below(300))).toString('latin1');
  for (let round = 0; round < 60; round++) {
    const bytes = [
      noise(),
      `GET /${noise()} HTTP/1.1\r\nHost: x\r\n\r\n`,
      to('/api/boards/x', `Authorization: Bearer ${noise()}\r\n`),
      to('/sync/a/board', `${upgrade}${key}Cookie: seat-a=${noise()}\r\n`),
      body(noise()),
      to(`/sync/a/board?token=${encodeURIComponent(noise())}`, upgrade),
    ][round % 6];
    const status = await said(Buffer.from(bytes ?? '', 'latin1'), { hangUp: true });
    // A socket that is not admitted is opened and closed with its code (101). Everything else is refused.
    expect([null, 101, 400, 401, 404, 422, 431]).toContain(status);
  }
  await stillServes();
  expect((await makeBoard(server.url)).board).not.toBe('');
});
