import { expect, test } from 'vitest';
import { isLocal } from '../../client/board/share/local.ts';

test.each(['http://127.0.0.1:4040', 'http://127.0.1.1', 'http://localhost:4040', 'http://[::1]:4040'])(
  'only this computer opens a link to %s',
  (origin) => {
    expect(isLocal(`${origin}/join#b1.secret`)).toBe(true);
  },
);

test.each(['https://resa.example.org', 'http://192.168.1.7:4040', 'https://localhost.example.org'])(
  'others can open a link to %s',
  (origin) => {
    expect(isLocal(`${origin}/join#b1.secret`)).toBe(false);
  },
);

test('a link that is not known is not said to be local', () => {
  expect(isLocal(null)).toBe(false);
});
