import { createHmac, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { demoLink, findLink, makeLink, parseLink } from '../../../server/access/links.ts';
import { deviceId, personIds } from '../../../server/access/person.ts';
import type { Holder } from '../../../server/access/tokens.ts';
import { Tokens } from '../../../server/access/tokens.ts';

const secret = randomBytes(32);
const now = Date.UTC(2026, 2, 12, 9);
const hour = 3_600_000;

/** A process of an installation that starts at the wall clock time `wall`. */
function start(wall = now, installation = secret) {
  const time = { passed: 1_000, wall };
  const tokens = new Tokens(installation, { now: () => time.passed, wall: () => time.wall });
  const pass = (ms: number) => {
    time.passed += ms;
    time.wall += ms;
  };
  return { time, tokens, pass };
}

const { tokens } = start();
const ana: Holder = {
  board: 'trip',
  person: 'person-of-ana',
  device: 'device-of-ana',
  name: 'آنا & Ana',
  color: '#5b3df5',
  role: 'observer',
  link: 'link-1',
  generation: 1,
};

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a token', () => {
  test('returns its membership for 12 hours, then nothing', () => {
    const { tokens, time, pass } = start();
    const { token, expires } = tokens.issue(ana);
    expect(token).toMatch(/^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{43}$/);
    expect(expires).toBe(now + 12 * hour);
    const membership = { ...ana, expires: time.passed + 12 * hour };
    expect(tokens.read(token)).toEqual(membership);
    pass(12 * hour - 1);
    expect(tokens.read(token)).toEqual(membership);
    pass(1);
    expect(tokens.read(token)).toBeNull();
  });

  test.each([
    ['back by a day', -24 * hour],
    ['back by a year', -8_760 * hour],
    ['forward by a day', 24 * hour],
    ['forward by a year', 8_760 * hour],
  ])('is valid for 12 hours in the process that issued it, though the wall clock is set %s', (_way, ms) => {
    const { tokens, time, pass } = start();
    const { token } = tokens.issue(ana);
    time.wall += ms;
    pass(12 * hour - 1);
    expect(tokens.read(token)).toMatchObject(ana);
    pass(1);
    expect(tokens.read(token)).toBeNull();
    // The next process uses the wall clock at its start.
    const later = tokens.issue(ana);
    expect(later.expires).toBe(time.wall + 12 * hour);
  });

  test('is valid after a restart, for its remaining time', () => {
    const { token } = start(now).tokens.issue(ana);
    const { tokens, time, pass } = start(now + 11 * hour);
    expect(tokens.read(token)?.expires).toBe(time.passed + hour);
    time.wall -= 24 * hour;
    pass(hour - 1);
    expect(tokens.read(token)).toMatchObject(ana);
    pass(1);
    expect(tokens.read(token)).toBeNull();
    expect(start(now + 12 * hour).tokens.read(token)).toBeNull();
  });

  test('is valid for at most 12 hours after a restart, even if the wall clock was set back before it', () => {
    const { token } = start(now).tokens.issue(ana);
    const { tokens, pass } = start(now - 24 * hour);
    pass(12 * hour - 1);
    expect(tokens.read(token)).toMatchObject(ana);
    pass(1);
    expect(tokens.read(token)).toBeNull();
  });

  test('is invalid if the wall clock was years ahead when it was issued', () => {
    const { token } = start(now + 87_600 * hour).tokens.issue(ana);
    expect(start(now).tokens.read(token)).toBeNull();
  });

  test('of an earlier release, which names no process, is valid for its remaining time', () => {
    const sign = (payload: string) =>
      `${payload}.${createHmac('sha256', secret).update(`token\0${payload}`).digest('base64url')}`;
    const token = sign(encode({ ...ana, expires: now + hour }));
    const { tokens, pass } = start();
    expect(tokens.read(token)).toMatchObject(ana);
    pass(hour);
    expect(tokens.read(token)).toBeNull();
  });

  test('of the last release, which names no device, has the person as its device', () => {
    const { device, ...before } = ana;
    expect(device).toBe('device-of-ana');
    const payload = encode({ ...before, expires: now + hour });
    const signature = createHmac('sha256', secret).update(`token\0${payload}`).digest('base64url');
    const { tokens } = start();
    expect(tokens.read(`${payload}.${signature}`)).toMatchObject({ ...ana, device: ana.person });
  });

  test('is invalid if any character is changed', () => {
    const { token } = tokens.issue(ana);
    const membership = tokens.read(token);
    for (let at = 0; at < token.length; at++) {
      const other = token[at] === 'A' ? 'B' : 'A';
      const altered = token.slice(0, at) + other + token.slice(at + 1);
      // The last character of base64url has unused bits, so one signature has several valid spellings.
      const isSame = Buffer.from(altered.split('.')[1] ?? '', 'base64url').equals(
        Buffer.from(token.split('.')[1] ?? '', 'base64url'),
      );
      expect(tokens.read(altered), `character ${at}`).toEqual(
        isSame && at > token.indexOf('.') ? membership : null,
      );
    }
  });

  test('is invalid with another role under the same signature', () => {
    const [, signature = ''] = tokens.issue(ana).token.split('.');
    expect(tokens.read(`${encode({ ...ana, role: 'facilitator' })}.${signature}`)).toBeNull();
  });

  test('of another installation is invalid', () => {
    expect(tokens.read(start(now, randomBytes(32)).tokens.issue(ana).token)).toBeNull();
  });

  test('is invalid if the signature was made for another purpose', () => {
    const payload = encode({ ...ana, expires: now + hour });
    const bare = createHmac('sha256', secret).update(payload).digest('base64url');
    expect(tokens.read(`${payload}.${bare}`)).toBeNull();
  });

  test.each([
    '',
    '.',
    '..',
    'a.b',
    'a.b.c',
    'null.null',
    '\0',
    '{}',
    'é'.repeat(100),
    `${'A'.repeat(5_000)}.A`,
  ])('%j is invalid', (text) => {
    expect(tokens.read(text)).toBeNull();
  });

  test('is invalid if it is signed correctly but is not a membership', () => {
    const sign = (payload: string) =>
      `${payload}.${createHmac('sha256', secret).update(`token\0${payload}`).digest('base64url')}`;
    const good = { ...ana, expires: now + hour };
    expect(tokens.read(sign(encode(good)))).toMatchObject(ana);
    for (const wrong of [
      null,
      [],
      {},
      ana,
      { ...good, role: 'owner' },
      { ...good, board: '../etc' },
      { ...good, expires: '9' },
    ]) {
      expect(tokens.read(sign(encode(wrong)))).toBeNull();
    }
    expect(tokens.read(sign('bm90IGpzb24'))).toBeNull();
  });
});

describe('a link', () => {
  test('is found by its exact secret only', () => {
    const links = [makeLink('trip', 'facilitator', now), makeLink('trip', 'observer', now)];
    const records = links.map((link) => link.record);
    for (const { secret: text, record } of links) {
      expect(findLink(records, text)).toBe(record);
      expect(findLink(records, text.slice(0, -1))).toBeNull();
      expect(findLink(records, record.hash)).toBeNull();
    }
    expect(findLink([], links[0]?.secret ?? '')).toBeNull();
  });

  test('is parsed from an address or a bare secret; anything else is rejected', () => {
    const { secret: text } = makeLink('trip', 'observer', now);
    const parsed = { board: 'trip', secret: text };
    expect(parseLink(text)).toEqual(parsed);
    expect(parseLink(`https://resa.example.org/join#${text}`)).toEqual(parsed);
    for (const wrong of [
      '',
      '#',
      'trip',
      'trip.',
      `trip.${'A'.repeat(31)}`,
      `a/b.${'A'.repeat(32)}`,
      `${text}.x`,
    ]) {
      expect(parseLink(wrong)).toBeNull();
    }
  });

  test('of the demo is the same after each start, and differs by role and installation', () => {
    const again = demoLink(secret, 'lovtag', 'observer', now + 1);
    expect(demoLink(secret, 'lovtag', 'observer', now).secret).toBe(again.secret);
    expect(demoLink(secret, 'lovtag', 'facilitator', now).secret).not.toBe(again.secret);
    expect(demoLink(randomBytes(32), 'lovtag', 'observer', now).secret).not.toBe(again.secret);
    expect(parseLink(again.secret)).not.toBeNull();
  });
});

describe('the ids of a person who joins', () => {
  const who = { board: 'trip', role: 'participant', secret: 'a-device-secret-of-ana' } as const;
  const { person, device } = personIds(secret, who);

  test('the person id depends on device, role and board, and never on the name', () => {
    expect(person).toMatch(/^[A-Za-z0-9_-]{16}$/);
    expect(personIds(secret, { ...who })).toEqual({ person, device });
    for (const other of [
      { board: 'tour' },
      { role: 'observer' },
      { secret: 'a-device-secret-of-ben' },
    ] as const) {
      expect(personIds(secret, { ...who, ...other }).person).not.toBe(person);
    }
    expect(personIds(randomBytes(32), who).person).not.toBe(person);
    const unnamed = { ...who, secret: undefined };
    expect(personIds(secret, unnamed).person).not.toBe(personIds(secret, unnamed).person);
  });

  test('the device id is the same in each role, and differs by board', () => {
    expect(device).toMatch(/^[A-Za-z0-9_-]{16}$/);
    expect(device).not.toBe(person);
    expect(personIds(secret, { ...who, role: 'observer' }).device).toBe(device);
    expect(deviceId(secret, who.board, who.secret)).toBe(device);
    expect(personIds(secret, { ...who, board: 'tour' }).device).not.toBe(device);
    expect(personIds(secret, { ...who, secret: 'a-device-secret-of-ben' }).device).not.toBe(device);
    const unnamed = { ...who, secret: undefined };
    expect(personIds(secret, unnamed).device).not.toBe(personIds(secret, unnamed).device);
  });
});
