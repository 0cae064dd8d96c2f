import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { House, refusal } from './house.ts';

let root = '';
let house = new House();

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'page-'));
  await mkdir(join(root, 'assets'));
  await writeFile(join(root, 'index.html'), '<!doctype html><title>Resa</title>');
  await writeFile(join(root, 'board.html'), '<!doctype html><title>Resa</title><link href="board.js">');
  await writeFile(join(root, 'favicon.svg'), '<svg/>');
  await writeFile(join(root, 'assets/main-abc123.js'), 'start()');
  await writeFile(join(root, 'assets/main-abc123.js.br'), brotliCompressSync('start()'));
  house = new House({}, root);
});
afterAll(() => rm(root, { recursive: true }));

test.each(['/', '/join', '/b/trip', '/b/trip/ideas'])(
  '%s returns the page, which browsers must revalidate',
  async (path) => {
    const first = await house.app.request(path);
    expect(first.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(first.headers.get('cache-control')).toBe('no-cache');
    expect(first.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(await first.text()).toContain('<title>Resa</title>');
    const etag = first.headers.get('etag') ?? '';
    expect(etag).not.toBe('');
    const again = await house.app.request(path, { headers: { 'if-none-match': etag } });
    expect([again.status, again.headers.get('cache-control')]).toEqual([304, 'no-cache']);
  },
);

test("a board's address returns the page that names the board's files", async () => {
  for (const path of ['/b/trip', '/b/trip/ideas'])
    expect(await (await house.app.request(path)).text()).toContain('board.js');
  for (const path of ['/', '/join'])
    expect(await (await house.app.request(path)).text()).not.toContain('board.js');
});

test('an asset is cached forever and sent in its precompressed form', async () => {
  const plain = await house.app.request('/assets/main-abc123.js');
  expect(plain.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  expect(plain.headers.get('content-type')).toMatch(/javascript/);
  expect(await plain.text()).toBe('start()');
  const pressed = await house.app.request('/assets/main-abc123.js', {
    headers: { 'accept-encoding': 'gzip, br' },
  });
  expect(pressed.headers.get('content-encoding')).toBe('br');
  expect(pressed.headers.get('vary')).toContain('Accept-Encoding');
});

test('browsers must revalidate files outside /assets', async () => {
  const icon = await house.app.request('/favicon.svg');
  expect([icon.status, icon.headers.get('cache-control')]).toEqual([200, 'no-cache']);
});

test.each([
  '/assets/gone.js',
  '/robots.txt',
  '/b',
  '/b/trip/ideas/more',
  '/assets/..%2findex.html',
  '/.git.config',
  '/assets/',
])('%s returns 404, not the page', async (path) => {
  const answer = await house.app.request(path);
  expect(answer.headers.get('cache-control')).toBeNull();
  expect(await refusal(answer)).toEqual([404, 'not-found']);
});

test('for an unknown path, a browser gets the page with status 404; a program gets the error as JSON', async () => {
  const accept = 'text/html,application/xhtml+xml,*/*;q=0.8';
  const answer = await house.app.request('/no/such/place', { headers: { accept } });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
  expect(answer.headers.get('cache-control')).toBe('no-cache');
  expect(await answer.text()).toContain('<title>Resa</title>');
  for (const path of ['/api/nothing', '/assets/gone.js', '/sync/nothing']) {
    const refused = await house.app.request(path, { headers: { accept } });
    expect(refused.headers.get('content-type')).toContain('json');
  }
  expect(await refusal(await house.app.request('/no/such/place'))).toEqual([404, 'not-found']);
});
