import { afterEach, expect, test, vi } from 'vitest';
import { daysAgo } from '../../client/text/days-ago.ts';
import { errorText } from '../../client/text/errors.ts';
import { languages } from '../../client/text/languages.ts';
import { isolate, language, list, number, setLanguage, t } from '../../client/text/messages.svelte.ts';

afterEach(() => setLanguage('en'));

test('switching from English to Arabic changes words, direction and digits of an open page', async () => {
  expect(t('app.cancel')).toBe('Cancel');
  await setLanguage('ar');
  expect(language()).toBe('ar');
  expect(t('app.cancel')).toBe('إلغاء');
  expect(document.documentElement.lang).toBe('ar');
  expect(document.documentElement.dir).toBe('rtl');
  await setLanguage('sv');
  expect(document.documentElement.dir).toBe('ltr');
});

test('a number selects its plural form and uses the digits of the language', async () => {
  expect(t('lobby.recentAll', { count: 1 })).toBe('Show 1 board');
  expect(t('lobby.recentAll', { count: 7 })).toBe('Show all 7 boards');
  await setLanguage('ar');
  expect(t('lobby.recentAll', { count: 2 })).toBe('عرض اللوحتين');
});

test.each(languages)('in %s, a number is written as the browser writes it', async (one) => {
  await setLanguage(one);
  const format = new Intl.NumberFormat(one);
  for (const count of [5, 7, 12, 999, 1_000, 12_345, 1.5])
    expect(t('lobby.recentAll', { count })).toContain(format.format(count));
});

test('arguments are inserted literally, even if they look like placeholders or patterns', () => {
  expect(t('join.goOn', { name: '{name} $& <b>' })).toBe('Continue as {name} $& <b>');
});

test('numbers, lists and days are formatted for the language', async () => {
  const now = new Date(2026, 10, 22, 9).getTime();
  const at = (day: number, hour: number) => new Date(2026, 10, day, hour).getTime();
  expect(daysAgo(at(22, 1), now)).toBe('today');
  expect(daysAgo(at(21, 23), now)).toBe('yesterday');
  expect(daysAgo(at(1, 9), now)).toBe('Nov 1, 2026');
  await setLanguage('sv');
  expect(number(0.5)).toBe('0,5');
  expect(list(['Ana', 'Ben', 'Cleo'])).toBe('Ana, Ben och Cleo');
  expect(daysAgo(at(21, 23), now)).toBe('i går');
});

test('an error with a known code has its own message, others a general one', () => {
  expect(errorText({ code: 'link-revoked' })).toBe('This link was turned off. Ask for a new one.');
  expect(errorText({ code: 'something-new' })).toBe(errorText({ code: 'internal' }));
});

/** The messages of a newly opened page. */
async function freshPage() {
  vi.resetModules();
  return import('../../client/text/messages.svelte.ts');
}

test('an area loads on first use, in the current language', async () => {
  const page = await freshPage();
  await page.setLanguage('sv');
  await page.loadMessages(['common']);
  expect(page.t('app.cancel')).toBe('Avbryt');
  expect(page.isKey('lobby.start')).toBe(false);
  const change = page.setLanguage('ar');
  const lobby = page.withMessages(['lobby'], () => Promise.resolve('the lobby'));
  expect(await lobby()).toBe('the lobby');
  expect(page.isKey('lobby.start')).toBe(true);
  await change;
  expect(page.t('app.cancel')).toBe('إلغاء');
  expect(page.t('lobby.start')).toBe('لوحة جديدة');
});

test('of two quick language changes, the last one wins', async () => {
  const page = await freshPage();
  await page.loadMessages(['common']);
  await Promise.all([page.setLanguage('ar'), page.setLanguage('sv')]);
  expect(page.language()).toBe('sv');
  expect(page.t('app.cancel')).toBe('Avbryt');
});

/** A text between U+2068 and U+2069, which keep its direction to itself. */
const apart = (text: string) => `\u2068${text}\u2069`;

test.each([
  ['Ana', 'سارة'],
  ['Ben (سارة)', 'سارة أحمد'],
  ['名前', 'שרה'],
  ['Анна', '12 شارع'],
  ['3-4', '٣'],
  ['Μαρία', ' – '],
])('in Arabic, %j is isolated and %j is not', async (other, own) => {
  await setLanguage('ar');
  expect(isolate(other)).toBe(apart(other));
  expect(isolate(own)).toBe(own);
});

test.each(['سارة', 'שרה', 'Ben (سارة)', '𞤀𞤣', '\u202eanA'])('in English, %j is isolated', (other) => {
  expect(isolate(other)).toBe(apart(other));
  expect(t('join.goOn', { name: other })).toBe(`Continue as ${apart(other)}`);
  expect(list(['Ana', other])).toBe(`Ana and ${apart(other)}`);
});

test.each([
  ['\u2069\u202eevil', '\u202eevil'],
  ['\u2067evil', '\u2067evil\u2069'],
])('%j cannot end its isolate, nor take in what follows', (written, closed) => {
  expect(t('join.goOn', { name: written })).toBe(`Continue as ${apart(closed)}`);
});

test('in English, names of its direction are not isolated', () => {
  for (const own of ['Ana', 'Анна', '名前', '3-4', 'C++']) expect(isolate(own)).toBe(own);
});

test('a message as an argument is not isolated again for the name in it', () => {
  const inner = t('join.goOn', { name: 'سارة' });
  expect(t('undone.step', { what: inner })).toBe(`Undid: Continue as ${apart('سارة')}`);
  expect(list([apart('سارة'), 'Ana'])).toBe(`${apart('سارة')} and Ana`);
});
