import { untrack } from 'svelte';
import type { Area, Key } from './areas.ts';
import type { Language } from './languages.ts';
import { directionOf, languages } from './languages.ts';

export type { Key } from './areas.ts';
/** A text, or one for each plural category of the language, chosen by the argument `count`. */
type Message = string | (Partial<Record<Intl.LDMLPluralRule, string>> & { readonly other: string });
type Catalog = Record<string, Message>;
type Arguments = Readonly<Record<string, string | number>>;

/** One for each area of each language. A test sees to it that each is complete. */
const files = import.meta.glob<{ readonly default: Catalog }>('./*/*.json');
const fetched = new Set<string>();
/** What has been fetched, by key; plain, since an area is there before anything that uses it is drawn. */
const catalogs = Object.fromEntries(languages.map((one) => [one, {}])) as Record<Language, Catalog>;
/** The areas that what is on the page uses, or what has been fetched to be shown later. */
const used = new Set<Area>();

let current = $state<Language>('en');
/** The language that was chosen last; its messages may still be on their way. */
let chosen: Language = 'en';
const plurals = $derived(new Intl.PluralRules(current));
const numbers = $derived(new Intl.NumberFormat(current));
const lists = $derived(new Intl.ListFormat(current));

/** The language of the interface. */
export function language(): Language {
  return current;
}

/**
 * Changes the language of the whole page, its direction with it, without a reload: at once while no messages are
 * used, else when all used areas have been fetched in it. Of several choices the last one counts.
 */
export async function setLanguage(next: Language): Promise<void> {
  chosen = next;
  try {
    // Again for areas that come into use meanwhile.
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

/** Fetches the messages of areas in the language of the interface, so that what uses them can be drawn. */
export async function loadMessages(areas: readonly Area[]): Promise<void> {
  for (const area of areas) used.add(area);
  // Untracked: who opens a part does not open it anew in another language. That fetches its messages by itself.
  const now = () => untrack(() => current);
  // Again where another language came meanwhile.
  while (missing(now(), areas).length > 0) await fetchAreas(now(), areas);
}

/**
 * A part of the page with a script of its own, as a function that fetches it together with the messages that it
 * uses: those of `areas` beside those that are there wherever it is opened.
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

/** A message in the language of the interface, its `{names}` filled in; numbers in the language's digits. */
export function t(key: Key, args: Arguments = {}): string {
  const message: Message = catalogs[current][key] ?? key;
  const text =
    typeof message === 'string' ? message : (message[plurals.select(Number(args.count))] ?? message.other);
  if (!text.includes('{')) return text;
  return text.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = args[name];
    return typeof value === 'number' ? numbers.format(value) : isolate(value ?? '');
  });
}

const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

// By their numbers: the compiler warns of such characters in a text, escaped or not.
const firstStrong = String.fromCharCode(0x2068);
const popIsolate = String.fromCharCode(0x2069);

/** Sets a name of the other direction apart (U+2068 to U+2069), so that it does not reorder the sentence. */
function isolate(name: string): string {
  const isOther =
    directionOf(current) === 'rtl'
      ? /\p{Script=Latin}|\p{Script=Cyrillic}/u.test(name)
      : rightToLeft.test(name);
  return isOther ? firstStrong + name + popIsolate : name;
}

/** Whether a key that was put together (from a code of the server) is a message of an area that is used. */
export function isKey(key: string): key is Key {
  return Object.hasOwn(catalogs[current], key);
}

/** A number as the language writes it. */
export function number(value: number, options: Intl.NumberFormatOptions = {}): string {
  return new Intl.NumberFormat(current, options).format(value);
}

/** "a, b and c" as the language joins it. */
export function list(items: readonly string[]): string {
  return lists.format(items);
}

/** A moment in milliseconds since 1970, as the language writes it. */
export function dateTime(
  time: number,
  options: Intl.DateTimeFormatOptions = { dateStyle: 'medium', timeStyle: 'short' },
): string {
  return new Intl.DateTimeFormat(current, options).format(time);
}
