import { expect, test } from 'vitest';
import { parseRoute } from '../../client/router.svelte.ts';

test('addresses of the page lead where they say', () => {
  expect(parseRoute('/', '')).toEqual({ kind: 'lobby' });
  expect(parseRoute('/join', '#b1.secret')).toEqual({ kind: 'join', secret: 'b1.secret' });
  expect(parseRoute('/b/b1', '')).toEqual({ kind: 'board', board: 'b1', view: null });
  expect(parseRoute('/b/b1/ideas', '')).toEqual({ kind: 'board', board: 'b1', view: 'ideas' });
});

test.each(['/b', '/b/b1/chart', '/b/b1/map/more', '/b/%3Cscript%3E', '/join/more', '/x'])(
  '%s leads nowhere',
  (path) => {
    expect(parseRoute(path, '')).toEqual({ kind: 'nowhere' });
  },
);
