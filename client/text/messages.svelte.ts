import { untrack } from 'svelte';
import { closedIsolates } from '$shared/text/bidi.ts';
import type { Area, Key } from './areas.ts';
import type { Catalog, Message } from './files.ts';
import { files } from './files.ts';
import type { Language } from './languages.ts';
import { directionOf, hasLatinDigits, languages } from './languages.ts';

export type { Key } from './areas.ts';
type Arguments = Readonly<Record<string, string | number>>;

const fetched = new Set<string>();
/** The messages loaded so far, by key. Not reactive: an area loads before anything that uses it is drawn. */
const catalogs = Object.fromEntries(languages.map((one) => [one, {}])) as Record<Language, Catalog>;
/** The areas that the page uses, or has loaded for later. */
const used = new Set<Area>();

let current = $state<Language>('en');
/** The language chosen last; its messages may still be loading. */
let chosen: Language = 'en';
const plurals = $derived(new Intl.PluralRules(current));
const numbers = $derived(new Intl.NumberFormat(current));
const lists = $derived(new Intl.ListFormat(current));

/** The language of the interface. */
export function language(): Language {
  return current;
}

/**
 * Changes the language and the direction of the whole page without a reload: at once while no messages are in use, else
 * when all areas in use have loaded. Of several calls, the last one wins.
 */
export async function setLanguage(next: Language): Promise<void> {
  chosen = next;
  try {
    // Repeat for areas that were added meanwhile.
    while (missing(next, used).length > 0) await fetchAreas(next, used);
  } catch (error) {
    if (chosen === next) chosen = current;
    throw error;
  }
  if (chosen !== next) return;
  current = next;
  document.documentElement.lang = next;
  document.documentElement.dir = directionOf(next);
}

/** Loads the messages of areas in the language of the interface, before what uses them is drawn. */
export async function loadMessages(areas: readonly Area[]): Promise<void> {
  for (const area of areas) used.add(area);
  // Untracked: opening a part must not depend on the language. `setLanguage` loads the messages of a new one.
  const now = () => untrack(() => current);
  // Repeat if the language changed meanwhile.
  while (missing(now(), areas).length > 0) await fetchAreas(now(), areas);
}

/**
 * Wraps the `import()` of a part of the page: returns a function that loads it together with the messages of `areas`.
 * Leave out areas that are always loaded where the part is opened.
 */
export function withMessages<Part>(areas: readonly Area[], load: () => Promise<Part>): () => Promise<Part> {
  return async () => {
    const [part] = await Promise.all([load(), loadMessages(areas)]);
    return part;
  };
}

function missing(of: Language, areas: Iterable<Area>): string[] {
  return [...areas].map((area) => `./${of}/${area}.json`).filter((file) => !fetched.has(file));
}

async function fetchAreas(of: Language, areas: Iterable<Area>): Promise<void> {
  const load = async (file: string) => {
    Object.assign(catalogs[of], (await files[file]?.())?.default);
    fetched.add(file);
  };
  await Promise.all(missing(of, areas).map(load));
}

/** A number in the language's digits. The browser's first `NumberFormat` takes 15 ms: small numbers do without. */
function inDigits(value: number): string {
  const isPlain = Number.isInteger(value) && value >= 0 && value < 1_000 && hasLatinDigits(current);
  return isPlain ? String(value) : numbers.format(value);
}

/** A message in the language of the interface, with its `{names}` filled in and numbers in the language's digits. */
export function t(key: Key, args: Arguments = {}): string {
  const message: Message = catalogs[current][key] ?? key;
  const text =
    typeof message === 'string' ? message : (message[plurals.select(Number(args.count))] ?? message.other);
  if (!text.includes('{')) return text;
  return text.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = args[name];
    return typeof value === 'number' ? inDigits(value) : isolate(value ?? '');
  });
}

const rightToLeft = '\\u0590-\\u08ff\\ufb1d-\\ufdff\\ufe70-\\ufefc\\u{10800}-\\u{10fff}\\u{1e800}-\\u{1efff}';
/** Marks that change the direction of what follows. */
const bidiMarks = '\\u202a-\\u202e\\u2066-\\u2069';
/** What would reorder a sentence of each direction: letters of the other one; in Arabic also bare digits, as "3-4". */
const reorders = {
  ltr: new RegExp(`[${rightToLeft}${bidiMarks}]`, 'u'),
  rtl: new RegExp(
    `(?![${rightToLeft}])\\p{L}|[${bidiMarks}]|^[^${rightToLeft}]*[0-9][^${rightToLeft}]*$`,
    'u',
  ),
};

// By code point: the compiler warns of such characters in a string, escaped or not.
const firstStrong = String.fromCharCode(0x2068);
const popIsolate = String.fromCharCode(0x2069);

const isolated = new RegExp(`${firstStrong}[^${firstStrong}${popIsolate}]*${popIsolate}`, 'g');

/**
 * Isolates what people wrote (U+2068 to U+2069) if it would reorder a sentence of the page's direction. `t` and `list`
 * do so with their arguments. Call it for a text that is joined with others in another way.
 */
export function isolate(written: string): string {
  const test = reorders[directionOf(current)];
  // An argument may be a message that has isolated its own.
  if (!test.test(written) || !test.test(written.replace(isolated, ''))) return written;
  return firstStrong + closedIsolates(written) + popIsolate;
}

/** Whether a key built from a server's code is a message of an area in use. */
export function isKey(key: string): key is Key {
  return Object.hasOwn(catalogs[current], key);
}

/** A number in the format of the language. */
export function number(value: number, options: Intl.NumberFormatOptions = {}): string {
  return new Intl.NumberFormat(current, options).format(value);
}

/** "a, b and c" in the format of the language. */
export function list(items: readonly string[]): string {
  return lists.format(items.map(isolate));
}

/** A time, in milliseconds since 1970, in the format of the language. */
export function dateTime(
  time: number,
  options: Intl.DateTimeFormatOptions = { dateStyle: 'medium', timeStyle: 'short' },
): string {
  return new Intl.DateTimeFormat(current, options).format(time);
}
