import { expect, test } from 'vitest';
import { isLocal } from '../../client/board/share/local.ts';

test.each(['http://127.0.0.1:4040', 'http://127.0.1.1', 'http://localhost:4040', 'http://[::1]:4040'])(
  'a link to %s opens on this computer only',
  (origin) => {
    expect(isLocal(`${origin}/join#b1.secret`)).toBe(true);
  },
);

test.each(['https://resa.example.org', 'http://192.168.1.7:4040', 'https://localhost.example.org'])(
  'a link to %s opens on other computers',
  (origin) => {
    expect(isLocal(`${origin}/join#b1.secret`)).toBe(false);
  },
);

test('an unknown link does not count as local', () => {
  expect(isLocal(null)).toBe(false);
});
