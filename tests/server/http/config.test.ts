import { describe, expect, test } from 'vitest';
import { isAllowed, siteOf } from '../../../server/access/origins.ts';
import { ConfigError, readConfig } from '../../../server/config.ts';

describe('the settings', () => {
  test('have defaults, and an empty variable counts as not set', () => {
    const defaults = {
      port: 4040,
      host: '127.0.0.1',
      dataDir: './data',
      publicUrl: null,
      allowedOrigins: [],
      createKey: null,
      adminKey: null,
      metricsKey: null,
      logLevel: 'info',
      trustProxy: false,
      joinPerMinute: 240,
      createPerMinute: 3,
      peoplePerBoard: 500,
    };
    expect(readConfig({})).toEqual(defaults);
    expect(readConfig({ PORT: '', CREATE_KEY: ' ', ALLOWED_ORIGINS: '' })).toEqual(defaults);
  });

  test('are read from the environment', () => {
    const config = readConfig({
      PORT: '8080',
      HOST: '0.0.0.0',
      DATA_DIR: '/var/lib/resa',
      PUBLIC_URL: 'https://resa.example.org/',
      ALLOWED_ORIGINS: 'https://one.example.org, https://two.example.org:8443',
      CREATE_KEY: 'a-long-random-word',
      LOG_LEVEL: 'debug',
      TRUST_PROXY: 'true',
    });
    expect(config).toMatchObject({
      port: 8080,
      host: '0.0.0.0',
      dataDir: '/var/lib/resa',
      publicUrl: 'https://resa.example.org',
      allowedOrigins: ['https://one.example.org', 'https://two.example.org:8443'],
      createKey: 'a-long-random-word',
      logLevel: 'debug',
      trustProxy: true,
    });
  });

  test.each([
    ['PORT', 'http'],
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '0x50'],
    ['HOST', 'http://localhost'],
    ['HOST', '999.1.1.1'],
    ['PUBLIC_URL', 'resa.example.org'],
    ['PUBLIC_URL', 'https://resa.example.org/boards'],
    ['PUBLIC_URL', 'ftp://resa.example.org'],
    ['PUBLIC_URL', 'https://ana:secret@resa.example.org'],
    ['ALLOWED_ORIGINS', 'https://one.example.org,*'],
    ['LOG_LEVEL', 'loud'],
    ['TRUST_PROXY', 'yes'],
    ['JOIN_PER_MINUTE', '0'],
    ['CREATE_PER_MINUTE', 'many'],
    ['PEOPLE_PER_BOARD', '-1'],
  ])('an invalid %s (%s) is reported in one sentence, with the value and an example', (name, value) => {
    let message = '';
    try {
      readConfig({ [name]: value });
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError);
      message = (error as ConfigError).message;
    }
    expect(message).toMatch(new RegExp(`^${name} must be .+; for example ${name}=.+\\.$`));
    expect(message).toContain(JSON.stringify(value));
    expect(message).not.toContain('\n');
  });

  test('the error for an invalid key does not repeat the key', () => {
    expect(() => readConfig({ CREATE_KEY: 'tooshrt' })).toThrow(
      /^CREATE_KEY must be at least 8 characters(?!.*tooshrt)/,
    );
    expect(() => readConfig({ ADMIN_KEY: 'nineteen-characters' })).toThrow(
      /^ADMIN_KEY must be at least 20 characters(?!.*nineteen)/,
    );
  });
});

describe('the site', () => {
  test('on this machine accepts the origins 127.0.0.1 and localhost', () => {
    const site = siteOf(readConfig({ PORT: '4040' }), 4040);
    expect(site.url).toBe('http://127.0.0.1:4040');
    expect([...site.origins].sort()).toEqual(['http://127.0.0.1:4040', 'http://localhost:4040']);
  });

  test('on all addresses has localhost in its URL until a public one is set', () => {
    expect(siteOf(readConfig({ HOST: '0.0.0.0' }), 4040).url).toBe('http://localhost:4040');
    expect(siteOf(readConfig({ HOST: '::1' }), 4040).url).toBe('http://[::1]:4040');
  });

  test('with a public URL does not accept the origin localhost', () => {
    const given = { PUBLIC_URL: 'https://resa.example.org', ALLOWED_ORIGINS: 'https://other.example.org' };
    const site = siteOf(readConfig(given), 4040);
    expect(site.secure).toBe(true);
    expect(isAllowed(site, 'https://resa.example.org')).toBe(true);
    expect(isAllowed(site, 'https://other.example.org')).toBe(true);
    expect(isAllowed(site, 'http://localhost:4040')).toBe(false);
    expect(isAllowed(site, 'https://resa.example.org.evil.example')).toBe(false);
    expect(isAllowed(site, 'null')).toBe(false);
  });

  test('on port 0 has the actual port in its URL', () => {
    expect(siteOf(readConfig({ PORT: '0' }), 51234).url).toBe('http://127.0.0.1:51234');
  });
});
