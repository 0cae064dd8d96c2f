import { expect, test } from 'vitest';
import { parseRoute } from '../../client/router.svelte.ts';

test('each address of the page opens its route', () => {
  expect(parseRoute('/', '')).toEqual({ kind: 'lobby' });
  expect(parseRoute('/join', '#b1.secret')).toEqual({ kind: 'join', secret: 'b1.secret' });
  expect(parseRoute('/b/b1', '')).toEqual({ kind: 'board', board: 'b1', view: null });
  expect(parseRoute('/b/b1/ideas', '')).toEqual({ kind: 'board', board: 'b1', view: 'ideas' });
});

test.each(['/b', '/b/b1/chart', '/b/b1/map/more', '/b/%3Cscript%3E', '/join/more', '/x'])(
  '%s is not found',
  (path) => {
    expect(parseRoute(path, '')).toEqual({ kind: 'nowhere' });
  },
);
