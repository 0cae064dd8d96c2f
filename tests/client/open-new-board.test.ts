import { afterEach, expect, test, vi } from 'vitest';
import { openNewBoard } from '../../client/pages/lobby/open-new-board.ts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const wanted = {
  title: 'Library',
  template: 'journey',
  language: 'en',
  self: 'Ana',
  named: true,
  speaks: 'en',
  key: null,
} as const;

test.each([
  ['says that it keeps no cookies', () => vi.spyOn(navigator, 'cookieEnabled', 'get').mockReturnValue(false)],
  ['drops them silently', () => vi.spyOn(document, 'cookie', 'get').mockReturnValue('')],
  [
    'throws at each access to them',
    () =>
      vi.spyOn(document, 'cookie', 'set').mockImplementation(() => {
        throw new DOMException('The document is sandboxed.', 'SecurityError');
      }),
  ],
])('in a browser that %s, no board is made', async (_, block) => {
  const fetched = vi.fn();
  vi.stubGlobal('fetch', fetched);
  block();
  expect(await openNewBoard(wanted)).toEqual({ code: 'no-cookies' });
  expect(fetched).not.toHaveBeenCalled();
});

test('a browser that keeps cookies makes the board, and the trial leaves none', async () => {
  vi.spyOn(navigator, 'cookieEnabled', 'get').mockReturnValue(true);
  const jar = new Map<string, string>();
  vi.spyOn(document, 'cookie', 'get').mockImplementation(() =>
    [...jar].map((pair) => pair.join('=')).join('; '),
  );
  vi.spyOn(document, 'cookie', 'set').mockImplementation((line) => {
    const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=');
    if (line.includes('max-age=0')) jar.delete(name);
    else jar.set(name, value);
  });
  const fetched = vi.fn(() => Promise.reject(new TypeError('Failed to fetch')));
  vi.stubGlobal('fetch', fetched);
  expect(await openNewBoard(wanted)).toMatchObject({ code: 'unreachable' });
  expect(fetched).toHaveBeenCalledOnce();
  expect(jar.size).toBe(0);
});
