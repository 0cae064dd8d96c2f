import type en from './en.json';
import type { Language } from './languages.ts';
import { directionOf } from './languages.ts';

/** The key of a message; English is the list of all that there are. */
export type Key = keyof typeof en;
/** A text, or one for each plural category of the language, chosen by the argument `count`. */
type Message = string | (Partial<Record<Intl.LDMLPluralRule, string>> & { readonly other: string });
type Catalog = Readonly<Record<Key, Message>>;
type Arguments = Readonly<Record<string, string | number>>;

/** One a language; who reads one does not load another. A test sees to it that each is complete. */
const catalogs = import.meta.glob<Catalog>('./*.json', { import: 'default' });

let current = $state<Language>('en');
/** Empty until a language is chosen, which the page does before it draws anything. */
let catalog: Partial<Catalog> = $state.raw({});
const plurals = $derived(new Intl.PluralRules(current));
const numbers = $derived(new Intl.NumberFormat(current));
const lists = $derived(new Intl.ListFormat(current));

/** The language of the interface. */
export function language(): Language {
  return current;
}

/** Changes the language of the whole page, its direction with it, without a reload. */
export async function setLanguage(next: Language): Promise<void> {
  catalog = (await catalogs[`./${next}.json`]?.()) ?? catalog;
  current = next;
  document.documentElement.lang = next;
  document.documentElement.dir = directionOf(next);
}

/** A message in the language of the interface, its `{names}` filled in; numbers in the language's digits. */
export function t(key: Key, args: Arguments = {}): string {
  const message: Message = catalog[key] ?? key;
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

/** Whether a key that was put together (from a code of the server) is a message. */
export function isKey(key: string): key is Key {
  return Object.hasOwn(catalog, key);
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
