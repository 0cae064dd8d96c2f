import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { House, refusal, refusalText } from './house.ts';

describe('creating a board', () => {
  test('returns three links with their secrets in the fragment; the record has only hashes', async () => {
    const house = new House();
    const response = await house.send('POST', '/api/boards', {
      title: 'Trip',
      template: 'project',
      language: 'sv',
    });
    expect(response.status).toBe(201);
    const made = (await response.json()) as { board: string; links: Record<string, string> };
    const secrets = Object.values(made.links).map((link) => link.split('#')[1] ?? '');
    expect(Object.keys(made.links)).toEqual(['facilitator', 'participant', 'observer']);
    for (const link of Object.values(made.links)) {
      expect(link).toMatch(/^http:\/\/127\.0\.0\.1:4040\/join#[a-z0-9]{14}\.[A-Za-z0-9_-]{32}$/);
    }
    const stored = JSON.stringify(house.store.records.get(made.board));
    for (const secret of secrets) expect(stored).not.toContain(secret.split('.')[1]);
    expect(JSON.parse(stored)).toMatchObject({
      title: 'Trip',
      template: 'project',
      language: 'sv',
      start: 'map',
    });
    const doc = new Y.Doc();
    Y.applyUpdate(doc, house.store.documents.get(`${made.board}/board`)?.snapshot ?? new Uint8Array());
    expect(doc.getMap('phases').size).toBe(3);
  });

  test('uses the project template in English by default', async () => {
    const house = new House();
    const { board } = (await (await house.send('POST', '/api/boards', { title: 'Trip' })).json()) as {
      board: string;
    };
    expect(house.store.records.get(board)).toMatchObject({
      template: 'project',
      language: 'en',
      start: 'map',
    });
  });

  test('requires the key if the server has one', async () => {
    const house = new House({ CREATE_KEY: 'open-sesame-1' });
    const attempt = (authorization?: string) =>
      house.send(
        'POST',
        '/api/boards',
        { title: 'Trip' },
        authorization === undefined ? {} : { authorization },
      );
    expect(await refusal(await attempt())).toEqual([401, 'create-key']);
    expect(await refusal(await attempt('Bearer open-sesame-2'))).toEqual([401, 'create-key']);
    expect(await refusal(await attempt('Basic open-sesame-1'))).toEqual([401, 'create-key']);
    expect((await attempt('Bearer open-sesame-1')).status).toBe(201);
  });

  test('is limited by rate; the response says when to retry, and the retry succeeds', async () => {
    const house = new House();
    for (let i = 0; i < 20; i++)
      expect((await house.send('POST', '/api/boards', { title: 'Trip' })).status).toBe(201);
    const late = await house.send('POST', '/api/boards', { title: 'Trip' });
    expect(late.headers.get('retry-after')).toBe('20');
    expect(await refusal(late)).toEqual([429, 'rate']);
    house.now += 20_000;
    expect((await house.send('POST', '/api/boards', { title: 'Trip' })).status).toBe(201);
    expect((await house.send('POST', '/api/boards', { title: 'Trip' })).status).toBe(429);
  });

  test('is counted by the client of a trusted proxy, otherwise by the address of the socket', async () => {
    const from = (house: House, address: string) =>
      house.send(
        'POST',
        '/api/boards',
        { title: 'Trip', template: 'ideas' },
        { 'x-forwarded-for': `${address}, 10.0.0.1` },
      );
    const proxied = new House({ TRUST_PROXY: 'true' });
    const bare = new House();
    for (let i = 0; i < 20; i++) {
      await from(proxied, '192.0.2.1');
      await from(bare, '192.0.2.1');
    }
    expect((await from(proxied, '192.0.2.1')).status).toBe(429);
    expect((await from(proxied, '192.0.2.2')).status).toBe(201);
    expect((await from(bare, '192.0.2.2')).status).toBe(429);
  });

  test('is refused while the disk fails or the server stops', async () => {
    const house = new House();
    house.store.break();
    expect(await refusal(await house.send('POST', '/api/boards', { title: 'Trip' }))).toEqual([503, 'store']);
    house.store.mend();
    house.isStopping = true;
    expect(await refusal(await house.send('POST', '/api/boards', { title: 'Trip' }))).toEqual([
      503,
      'stopping',
    ]);
    expect(house.store.records.size).toBe(0);
  });

  test('a disk failure during the request is reported as one', async () => {
    const house = new House();
    house.store.createBoard = () => {
      house.store.break();
      return Promise.reject(new Error('ENOSPC: the title was Trip'));
    };
    const answer = await house.send('POST', '/api/boards', { title: 'Trip' });
    expect(await refusal(answer)).toEqual([503, 'store']);
  });

  test('an unexpected error is reported without its message', async () => {
    const house = new House();
    house.store.createBoard = () => Promise.reject(new Error('Trip is broken'));
    const answer = await house.send('POST', '/api/boards', { title: 'Trip' });
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain('Trip');
  });
});

describe('a board', () => {
  test('returns its details and the person’s own membership', async () => {
    const house = new House();
    const { board, links } = await house.createBoard({ title: 'Trip', language: 'ar' });
    const ben = await house.join(links.observer, 'Ben');
    const answer = await house.send('GET', `/api/boards/${board}`, undefined, house.as(ben));
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await answer.json()).toEqual({
      board,
      title: 'Trip',
      template: 'ideas',
      language: 'ar',
      start: 'ideas',
      createdAt: house.now,
      role: 'observer',
      person: ben.person,
    });
  });

  test('is closed to people who are not members', async () => {
    const house = new House();
    const { board, links } = await house.createBoard();
    const other = await house.createBoard();
    const ana = await house.join(links.facilitator, 'Ana');
    const get = (path: string, headers = {}) => house.send('GET', path, undefined, headers);
    expect(await refusal(await get(`/api/boards/${board}`))).toEqual([401, 'ticket']);
    expect(await refusal(await get(`/api/boards/${board}`, { authorization: 'Bearer x.y' }))).toEqual([
      401,
      'ticket',
    ]);
    expect(await refusal(await get(`/api/boards/${other.board}`, house.as(ana)))).toEqual([
      403,
      'not-allowed',
    ]);
    expect(await refusal(await get('/api/boards/nowhere', house.as(ana)))).toEqual([404, 'no-such-board']);
    expect(await refusal(await get('/api/boards/..%2f..%2fetc', house.as(ana)))).toEqual([
      404,
      'no-such-board',
    ]);
    expect(await refusal(await get('/api/boards/__proto__', house.as(ana)))).toEqual([404, 'no-such-board']);
  });

  test('that does not exist is reported without a token too; such requests are limited by rate', async () => {
    const house = new House({ JOIN_PER_MINUTE: '6' });
    const { board } = await house.createBoard();
    const ask = async (path: string, headers = {}) =>
      refusal(await house.send('GET', `/api/boards/${path}`, undefined, headers));
    for (let i = 0; i < 3; i++) {
      expect(await ask('nowhere')).toEqual([404, 'no-such-board']);
      expect(await ask(board, { authorization: 'Bearer x.y' })).toEqual([401, 'ticket']);
    }
    expect(await ask('nowhere')).toEqual([429, 'rate']);
    expect(await ask(board)).toEqual([429, 'rate']);
    house.now += 10_000;
    expect(await ask('nowhere')).toEqual([404, 'no-such-board']);
  });

  test('can be read by members without a rate limit; the store is not asked for anybody else', async () => {
    const house = new House({ JOIN_PER_MINUTE: '1' });
    const { board, links } = await house.createBoard();
    const ana = await house.join(links.facilitator, 'Ana');
    for (let i = 0; i < 3; i++)
      expect((await house.send('GET', `/api/boards/${board}`, undefined, house.as(ana))).status).toBe(200);
    house.store.board = () => Promise.reject(new Error('looked'));
    for (const [method, path] of [
      ['GET', `${board}/links`],
      ['PATCH', board],
      ['POST', `${board}/renew`],
    ] as const)
      expect(await refusal(await house.send(method, `/api/boards/${path}`))).toEqual([401, 'ticket']);
  });

  test('can be renamed by a facilitator, and the new title is announced', async () => {
    const house = new House();
    const { board, links } = await house.createBoard();
    const ana = await house.join(links.facilitator, 'Ana');
    const ben = await house.join(links.participant, 'Ben');
    const rename = (who: typeof ana) =>
      house.send('PATCH', `/api/boards/${board}`, { title: ' Night \n train ' }, house.as(who));
    expect(await refusal(await rename(ben))).toEqual([403, 'not-allowed']);
    expect(await (await rename(ana)).json()).toEqual({ board, title: 'Night train' });
    expect(house.store.records.get(board)?.title).toBe('Night train');
    expect(house.live.announced).toEqual([{ board, control: { kind: 'board', title: 'Night train' } }]);
  });
});

describe('a request body', () => {
  const post = (body: string, headers: Record<string, string> = {}) =>
    new House().app.request('/api/boards', { method: 'POST', body, headers });

  test.each([
    ['', 'not-json', 400],
    ['{"title":', 'not-json', 400],
    ['<title>Trip</title>', 'not-json', 400],
    ['null', 'invalid', 422],
    ['"Trip"', 'invalid', 422],
    ['[{"title":"Trip"}]', 'invalid', 422],
    ['{}', 'invalid', 422],
    ['{"title":["Trip"]}', 'invalid', 422],
    ['{"title":{"toString":"Trip"}}', 'invalid', 422],
    ['{"title":"\\u0000\\u0007"}', 'invalid', 422],
    ['{"title":" \\u202e\\u2066\\u200f "}', 'invalid', 422],
    ['{"title":"\\u200d\\u200d"}', 'invalid', 422],
    ['{"title":"\\u3164"}', 'invalid', 422],
    ['{"title":"\\u2800\\u115f"}', 'invalid', 422],
    ['{"title":"Trip","template":"everything"}', 'invalid', 422],
    ['{"title":"Trip","template":"__proto__"}', 'invalid', 422],
    ['{"title":"Trip","language":"de"}', 'invalid', 422],
    ['{"__proto__":{"title":"Trip"}}', 'invalid', 422],
    [JSON.stringify({ title: 'x'.repeat(201) }), 'invalid', 422],
  ])('%s is refused with %s', async (body, code, status) => {
    expect(await refusal(await post(body))).toEqual([status, code]);
  });

  test('a title of a megabyte is too large, with or without a Content-Length', async () => {
    const body = JSON.stringify({ title: 'x'.repeat(1_000_000) });
    expect(await refusal(await post(body))).toEqual([413, 'too-large']);
    expect(await refusal(await post(body, { 'content-length': String(body.length) }))).toEqual([
      413,
      'too-large',
    ]);
  });

  test('the error names the field and does not repeat its value', async () => {
    const text = await refusalText(await post(JSON.stringify({ title: 'secret'.repeat(100) })));
    expect(text).toBe('title: must have at most 200 characters');
  });

  test('prototype keys have no effect', async () => {
    const response = await post(
      '{"title":"Trip","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}',
    );
    expect(response.status).toBe(201);
    expect('polluted' in {}).toBe(false);
  });

  test('is read whatever its Content-Type', async () => {
    expect((await post('{"title":"Trip"}', { 'content-type': 'text/plain' })).status).toBe(201);
  });

  test('a title is stored as one visible line, in composed form', async () => {
    const house = new House();
    const { board } = await house.createBoard({
      title: '  Lo\u0308vta\u030ag\u0000 \u202e\n\t tur\u0085och\u2028retur\u2069 ',
    });
    expect(house.store.records.get(board)?.title).toBe('Lövtåg tur och retur');
  });
});
