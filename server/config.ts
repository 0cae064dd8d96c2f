import * as v from 'valibot';
import { beginning } from '../shared/text/graphemes.ts';
import type { LogLevel } from './log.ts';
import { logLevels } from './log.ts';

/** All settings of the process, read once from the environment. The README lists them. */
export interface Config {
  /** 0 takes any free port. */
  readonly port: number;
  readonly host: string;
  readonly dataDir: string;
  /** The public origin of the server; null derives it from host and port. */
  readonly publicUrl: string | null;
  /** Further origins whose pages may use the API and the sockets. */
  readonly allowedOrigins: readonly string[];
  /** The key required to create a board; null if everybody may. */
  readonly createKey: string | null;
  /** The key for `/api/admin` and `/metrics`; null if there is no admin. */
  readonly adminKey: string | null;
  /** A key for `/metrics` only; null if only the admin key opens it. */
  readonly metricsKey: string | null;
  readonly logLevel: LogLevel;
  /** True if a proxy in front sets X-Forwarded-For. */
  readonly trustProxy: boolean;
  /** Joins, and created boards, that one address may make per minute after its burst is used up. */
  readonly joinPerMinute: number;
  readonly createPerMinute: number;
  /** Sockets that one board may have open; at this number it is full. */
  readonly peoplePerBoard: number;
}

/** A setting is wrong. The message is one sentence for the person who starts the server. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const wholeNumber = (least: number, most: number) =>
  v.pipe(v.string(), v.regex(/^\d{1,9}$/), v.transform(Number), v.minValue(least), v.maxValue(most));

const originSchema = v.pipe(
  v.string(),
  v.check((text) => originOf(text) !== null),
  v.transform((text) => originOf(text) ?? text),
);

const booleans = { true: true, false: false, '1': true, '0': false } as const;

/**
 * Reads the settings. An empty variable counts as not set.
 * @throws ConfigError for the first wrong setting; the message has its name, the rule and an example.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  function read<T>(
    name: string,
    schema: v.GenericSchema<string, T>,
    fallback: T,
    must: string,
    example: string,
  ): T {
    const text = env[name]?.trim();
    if (!text) return fallback;
    const parsed = v.safeParse(schema, text);
    if (parsed.success) return parsed.output;
    // Never print a key: startup errors end up in logs and screenshots.
    const given = name.endsWith('KEY') ? '' : `, but is ${JSON.stringify(beginning(text, 80))}`;
    throw new ConfigError(`${name} must be ${must}${given}; for example ${name}=${example}.`);
  }

  function readKey(name: string, leastChars: number, example: string): string | null {
    return read<string | null>(
      name,
      v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,200}$/), v.minLength(leastChars)),
      null,
      `at least ${leastChars} characters of ASCII without spaces`,
      example,
    );
  }

  return {
    port: read('PORT', wholeNumber(0, 65_535), 4040, 'a whole number from 0 to 65535', '4040'),
    host: read(
      'HOST',
      v.pipe(v.string(), v.regex(/^[A-Za-z0-9.:_-]{1,253}$/), v.check(isValidInUrl)),
      '127.0.0.1',
      'an address or a host name without a port',
      '0.0.0.0',
    ),
    dataDir: read(
      'DATA_DIR',
      v.pipe(v.string(), v.maxLength(4096)),
      './data',
      'the path of a folder',
      './data',
    ),
    publicUrl: read<string | null>(
      'PUBLIC_URL',
      originSchema,
      null,
      'an http or https address without a path',
      'https://resa.example.org',
    ),
    allowedOrigins: read<string[]>(
      'ALLOWED_ORIGINS',
      v.pipe(
        v.string(),
        v.transform((list) => list.split(',').map((origin) => origin.trim())),
        v.array(originSchema),
      ),
      [],
      'a list of http or https origins with commas between',
      'https://one.example.org,https://two.example.org',
    ),
    createKey: readKey('CREATE_KEY', 8, 'a-long-random-word'),
    adminKey: readKey('ADMIN_KEY', 20, 'what-openssl-rand-hex-16-prints'),
    metricsKey: readKey('METRICS_KEY', 20, 'what-openssl-rand-hex-16-prints'),
    logLevel: read('LOG_LEVEL', v.picklist(logLevels), 'info', `one of ${logLevels.join(', ')}`, 'info'),
    trustProxy: read(
      'TRUST_PROXY',
      v.pipe(
        v.picklist(['true', 'false', '1', '0']),
        v.transform((word) => booleans[word]),
      ),
      false,
      'true or false',
      'true',
    ),
    joinPerMinute: read('JOIN_PER_MINUTE', wholeNumber(1, 1_000_000), 240, 'a whole number from 1', '240'),
    createPerMinute: read('CREATE_PER_MINUTE', wholeNumber(1, 1_000_000), 3, 'a whole number from 1', '3'),
    peoplePerBoard: read('PEOPLE_PER_BOARD', wholeNumber(1, 100_000), 500, 'a whole number from 1', '500'),
  };
}

/** True if a host is valid in a URL. An IPv4 address may have a number that is too large. */
function isValidInUrl(host: string): boolean {
  return URL.canParse(`http://${host.includes(':') ? `[${host}]` : host}`);
}

/** The origin of an address without path, query and user; else null. */
function originOf(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const bare =
    url.pathname === '/' &&
    url.search === '' &&
    url.hash === '' &&
    url.username === '' &&
    url.password === '';
  return bare && (url.protocol === 'http:' || url.protocol === 'https:') ? url.origin : null;
}
