import { once } from 'node:events';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { connect } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { Upgrades } from '../../../server/http/upgrade.ts';
import { maxAnswerBytes } from '../../../server/live/limits.ts';
import { openLog } from '../../../server/log.ts';
import { closeCode, controlProtocol } from '../../../shared/wire/protocol.ts';
import type { Joined } from './house.ts';
import { House } from './house.ts';

const own = 'http://127.0.0.1:4040';

let house: House;
let server: Server;
let upgrades: Upgrades;
let port: number;
let board: string;
let links: Record<'facilitator' | 'participant' | 'observer', string>;
let ana: Joined;

beforeEach(async () => {
  house = new House();
  const listener = getRequestListener(house.app.fetch);
  server = createServer((request, response) => void listener(request, response));
  upgrades = new Upgrades(house.app, house.live, openLog('silent'));
  upgrades.attach(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  port = (server.address() as AddressInfo).port;
  ({ board, links } = await house.createBoard());
  ana = await house.join(links.participant, 'Ana');
});

afterEach(async () => {
  upgrades.close();
  await house.live.close();
  await upgrades.drained(0);
  server.closeAllConnections();
  server.close();
});

const dial = (path: string, headers: Record<string, string> = {}, protocols: string[] = []) =>
  new WebSocket(`ws://127.0.0.1:${port}${path}`, protocols, { headers });

/** How an attempt ended: "open", a close code with its reason, or the status and code of a plain HTTP response. */
async function outcome(socket: WebSocket): Promise<string> {
  return new Promise((resolve) => {
    socket.on('unexpected-response', (_request, response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => {
        const { error } = JSON.parse(body) as { error: { code: string } };
        resolve(`${response.statusCode ?? 0} ${error.code}`);
      });
    });
    socket.on('close', (code, reason) => resolve(`${code} ${reason.toString()}`));
    socket.on('error', () => undefined);
    // An admitted socket answers at once. A refused one closes before it would answer.
    socket.on('open', () => socket.send('are you there?'));
    socket.on('message', () => resolve('open'));
  });
}

describe('an upgrade with a token', () => {
  test('joins the room with the token’s membership', async () => {
    expect(await outcome(dial(`/sync/${board}/board?token=${ana.token}`))).toBe('open');
    const [joined] = house.live.joined;
    expect(joined).toMatchObject({ document: 'board', control: false });
    expect(joined?.membership).toMatchObject({ board, person: ana.person, name: 'Ana', role: 'participant' });
  });

  test('gets control frames if it asks for them', async () => {
    const path = `/sync/${board}/board?token=${ana.token}`;
    const asking = dial(path, {}, ['other', controlProtocol]);
    expect(await outcome(asking)).toBe('open');
    expect(asking.protocol).toBe(controlProtocol);
    expect(house.live.joined.map((one) => one.control)).toEqual([true]);
  });

  test('that is invalid, expired or missing is closed with 4401 after the handshake, and joins no room', async () => {
    const path = `/sync/${board}/board`;
    expect(await outcome(dial(path))).toBe('4401 ticket');
    expect(await outcome(dial(`${path}?token=`))).toBe('4401 ticket');
    expect(await outcome(dial(`${path}?token=a.b`))).toBe('4401 ticket');
    expect(await outcome(dial(`${path}?token=${ana.token}x`))).toBe('4401 ticket');
    house.now = ana.expires;
    expect(await outcome(dial(`${path}?token=${ana.token}`))).toBe('4401 ticket');
    expect(house.live.joined).toEqual([]);
  });

  test('that is invalid does not make the server read the board', async () => {
    const looked: string[] = [];
    const look = house.store.board.bind(house.store);
    house.store.board = (id) => {
      looked.push(id);
      return look(id);
    };
    for (const path of ['nowhere', board])
      expect(await outcome(dial(`/sync/${path}/board?token=a.b`))).toBe('4401 ticket');
    expect(looked).toEqual([]);
    expect(await outcome(dial(`/sync/${board}/board?token=${ana.token}`))).toBe('open');
    expect(looked).toEqual([board]);
  });

  test('for another board is closed with 4403, and for an unknown board with 4404', async () => {
    const other = await house.createBoard();
    expect(await outcome(dial(`/sync/${other.board}/board?token=${ana.token}`))).toBe('4403 not-allowed');
    expect(await outcome(dial(`/sync/nowhere/board?token=${ana.token}`))).toBe('4404 no-such-board');
    expect(house.live.joined).toEqual([]);
  });

  test('is closed with 4401 when its link is revoked, and again when it reconnects', async () => {
    const fay = await house.join(links.facilitator, 'Fay');
    const path = `/sync/${board}/board?token=${ana.token}`;
    const socket = dial(path);
    expect(await outcome(socket)).toBe('open');
    const closed = once(socket, 'close') as Promise<[number, Buffer]>;
    const link = house.store.records.get(board)?.links.find((one) => one.role === 'participant');
    await house.send('DELETE', `/api/boards/${board}/links/${link?.id ?? ''}`, undefined, house.as(fay));
    const [code, reason] = await closed;
    expect([code, reason.toString()]).toEqual([closeCode.ticket, 'link-revoked']);
    expect(await outcome(dial(path))).toBe('4401 link-revoked');
  });

  test('is admitted while the store cannot write, because it can still read', async () => {
    house.store.break();
    expect(await outcome(dial(`/sync/${board}/board?token=${ana.token}`))).toBe('open');
  });

  test('is closed with 1013 while the board is full or the server stops', async () => {
    const path = `/sync/${board}/board?token=${ana.token}`;
    house.live.people = 500;
    expect(await outcome(dial(path))).toBe('1013 board-full');
    house.isStopping = true;
    expect(await outcome(dial(path))).toBe('1013 stopping');
  });
});

describe('an upgrade of a page', () => {
  const cookie = () => `seat-${ana.person}=${ana.token}`;

  test('is admitted by its cookie and our own origin', async () => {
    expect(
      await outcome(dial(`/sync/${board}/board?seat=${ana.person}`, { cookie: cookie(), origin: own })),
    ).toBe('open');
    expect(
      await outcome(dial(`/sync/${board}/board`, { cookie: cookie(), origin: 'http://localhost:4040' })),
    ).toBe('open');
    expect(house.live.joined.map((one) => one.membership.person)).toEqual([ana.person, ana.person]);
  });

  test('uses the membership that `?seat=` names', async () => {
    const cleo = await house.join(links.observer, 'Cleo');
    const jar = `${cookie()}; seat-${cleo.person}=${cleo.token}`;
    expect(
      await outcome(dial(`/sync/${board}/board?seat=${cleo.person}`, { cookie: jar, origin: own })),
    ).toBe('open');
    expect(house.live.joined[0]?.membership.role).toBe('observer');
    expect(await outcome(dial(`/sync/${board}/board?seat=nobody`, { cookie: jar, origin: own }))).toBe(
      '4401 ticket',
    );
  });

  test('of a foreign origin gets no socket, with cookie or with token', async () => {
    for (const origin of ['https://evil.example', 'null', `http://127.0.0.1:${port}`]) {
      expect(await outcome(dial(`/sync/${board}/board`, { cookie: cookie(), origin }))).toBe('403 origin');
      expect(await outcome(dial(`/sync/${board}/board?token=${ana.token}`, { origin }))).toBe('403 origin');
    }
  });

  test('a cookie without an origin does not count', async () => {
    expect(await outcome(dial(`/sync/${board}/board`, { cookie: cookie() }))).toBe('4401 ticket');
  });
});

describe('an invalid address', () => {
  test.each([
    ['/sync/trip/draft', '404 no-such-document'],
    ['/sync/trip/__proto__', '404 no-such-document'],
    ['/sync/tr%00ip/board', '404 no-such-document'],
    ['/sync/..%2f..%2fetc/board', '404 no-such-document'],
    [`/sync/${'x'.repeat(65)}/board`, '404 no-such-document'],
    ['/sync/trip', '404 not-found'],
    ['/sync/trip/board/more', '404 no-such-document'],
    ['/sync//board', '404 not-found'],
  ])('%s gets %s', async (path, expected) => {
    expect(await outcome(dial(path))).toBe(expected);
  });

  test('outside of /sync/ is left to other listeners', async () => {
    const elsewhere = new Promise<string>((resolve) => {
      server.on('upgrade', (request, socket) => {
        if (!request.url?.startsWith('/hmr')) return;
        socket.destroy();
        resolve('seen by the other');
      });
    });
    dial('/hmr').on('error', () => undefined);
    expect(await elsewhere).toBe('seen by the other');
  });
});

test('connection attempts of one address are limited by rate', async () => {
  const attempt = () => house.app.request('/sync/trip/board');
  for (let i = 0; i < 1_200; i++) await attempt();
  expect((await attempt()).status).toBe(429);
  house.now += 1_000;
  expect((await attempt()).status).toBe(426);
});

test('a refusal before the handshake is a plain HTTP response', async () => {
  const plainAnswer = async (path: string, more = '') => {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${more}\r\n`,
    );
    await once(socket, 'close');
    return answer;
  };
  const body = '{"error":{"code":"not-found","message":"There is nothing at this address."}}';
  expect(await plainAnswer('/sync/trip')).toBe(
    `HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  const origin =
    '{"error":{"code":"origin","message":"This server does not accept requests from pages of this origin."}}';
  expect(await plainAnswer(`/sync/${board}/board`, 'Origin: https://evil.example\r\n')).toBe(
    `HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${origin.length}\r\n\r\n${origin}`,
  );
});

describe('a misbehaving client', () => {
  const raw = async (): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return socket;
  };
  const head = (path: string) =>
    `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`;

  test.each([
    ['/sync/../healthz', 'internal'],
    ['/sync/../api/boards/trip/links', 'ticket'],
    ['/sync/../nowhere', '404 Not Found'],
  ])('that leaves /sync/ by %s is refused with %s', async (path, reason) => {
    const socket = await raw();
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')));
    socket.write(head(path));
    await expect.poll(() => answer).toContain(reason);
    expect(house.live.joined).toEqual([]);
    socket.destroy();
  });

  test('that resets during admission affects nobody else', async () => {
    for (let i = 0; i < 20; i++) {
      const socket = await raw();
      socket.write(head(`/sync/${board}/board?token=${ana.token}`));
      socket.resetAndDestroy();
    }
    expect(await outcome(dial(`/sync/${board}/board?token=${ana.token}`))).toBe('open');
  });

  test('without a valid handshake gets 400', async () => {
    const socket = await raw();
    socket.write(head(`/sync/${board}/board?token=${ana.token}`).replace(/Sec-WebSocket-Key: .*\r\n/, ''));
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 400 /);
    socket.destroy();
  });

  test('with a frame above every limit is closed with 1009', async () => {
    const socket = dial(`/sync/${board}/board?token=${ana.token}`);
    await once(socket, 'open');
    const closed = once(socket, 'close') as Promise<[number]>;
    socket.on('error', () => undefined);
    socket.send(new Uint8Array(maxAnswerBytes + 1));
    expect((await closed)[0]).toBe(1009);
  });
});

test('a socket that is reset while the server closes causes no error', async () => {
  const client = connect(port, '127.0.0.1');
  await once(client, 'connect');
  client.write(
    `GET /sync/${board}/board?token=${ana.token} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`,
  );
  await once(client, 'data');
  upgrades.close();
  const drained = upgrades.drained(60_000);
  client.resetAndDestroy();
  await expect(drained).resolves.toBeUndefined();
});

test('when the server closes, sockets that do not answer are terminated', async () => {
  const socket = dial(`/sync/${board}/board?token=${ana.token}`);
  expect(await outcome(socket)).toBe('open');
  const closed = once(socket, 'close');
  upgrades.close();
  await upgrades.drained(10);
  await closed;
});
