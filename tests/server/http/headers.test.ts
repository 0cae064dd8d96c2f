import { describe, expect, test } from 'vitest';
import { House, refusal } from './house.ts';

const body = { title: 'Trip', template: 'ideas' };

describe('every response', () => {
  test('has the security headers, errors included', async () => {
    const house = new House();
    for (const path of ['/healthz', '/nowhere', '/api/boards/nowhere']) {
      const { headers } = await house.send('GET', path);
      expect(headers.get('content-security-policy')).toBe(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
          "connect-src 'self' ws://127.0.0.1:4040; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
      );
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('strict-transport-security')).toBeNull();
      expect(headers.get('x-powered-by')).toBeNull();
    }
  });

  test('over https has Strict-Transport-Security', async () => {
    const { headers } = await new House({ PUBLIC_URL: 'https://resa.example.org' }).send('GET', '/healthz');
    expect(headers.get('strict-transport-security')).toBe('max-age=15552000');
    expect(headers.get('content-security-policy')).toContain('wss://resa.example.org');
  });

  test('for an unknown address is a 404 error as JSON', async () => {
    const house = new House();
    expect(await refusal(await house.send('GET', '/nowhere'))).toEqual([404, 'not-found']);
    expect(await refusal(await house.send('GET', '/api/nowhere'))).toEqual([404, 'not-found']);
    expect(await refusal(await house.send('DELETE', '/api/boards'))).toEqual([404, 'not-found']);
    expect(await refusal(await house.send('GET', '/%ff%fe'))).toEqual([404, 'not-found']);
  });
});

describe('a page of another origin', () => {
  test('cannot change anything', async () => {
    const house = new House();
    for (const origin of [
      'https://evil.example',
      'null',
      'http://127.0.0.1:4041',
      'https://127.0.0.1:4040',
    ]) {
      expect(await refusal(await house.send('POST', '/api/boards', body, { origin }))).toEqual([
        403,
        'origin',
      ]);
      expect(await refusal(await house.send('POST', '/api/join', {}, { origin }))).toEqual([403, 'origin']);
    }
    expect(house.store.records.size).toBe(0);
  });

  test('can if its origin is allowed, and gets the CORS headers', async () => {
    const house = new House({ ALLOWED_ORIGINS: 'https://wiki.example.org' });
    const origin = 'https://wiki.example.org';
    const asked = await house.send('OPTIONS', '/api/boards', undefined, {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    });
    expect(asked.headers.get('access-control-allow-origin')).toBe(origin);
    expect(asked.headers.get('access-control-allow-credentials')).toBeNull();
    const made = await house.send('POST', '/api/boards', body, { origin });
    expect([made.status, made.headers.get('access-control-allow-origin')]).toEqual([201, origin]);
    const foreign = await house.send('OPTIONS', '/api/boards', undefined, { origin: 'https://evil.example' });
    expect(foreign.headers.get('access-control-allow-origin')).toBeNull();
  });

  test('our own can, under 127.0.0.1 and localhost', async () => {
    const house = new House();
    for (const origin of ['http://127.0.0.1:4040', 'http://localhost:4040']) {
      expect((await house.send('POST', '/api/boards', body, { origin })).status).toBe(201);
    }
  });
});

describe('health', () => {
  test('/healthz always succeeds; /readyz fails while the store cannot write or the server stops', async () => {
    const house = new House();
    const ready = async () => {
      const answer = await house.send('GET', '/readyz');
      return answer.ok ? 'ready' : (await refusal(answer)).join(' ');
    };
    expect(await ready()).toBe('ready');
    house.store.break();
    expect(await ready()).toBe('503 store');
    house.store.mend();
    expect(await ready()).toBe('ready');
    house.isStopping = true;
    expect(await ready()).toBe('503 stopping');
    expect((await house.send('GET', '/healthz')).status).toBe(200);
  });
});

test('a socket’s address without an upgrade returns 426', async () => {
  const answer = await new House().send('GET', '/sync/trip/board?token=x');
  expect(answer.headers.get('upgrade')).toBe('websocket');
  expect(await refusal(answer)).toEqual([426, 'upgrade']);
});
