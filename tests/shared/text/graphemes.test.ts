import { expect, test, vi } from 'vitest';
import { beginning, firstGrapheme, shortened } from '../../../shared/text/graphemes.ts';

const family = '👨‍👩‍👧';
const flag = '🇸🇪';

test.each([
  ['an emoji of several', `a${family}b`, family],
  ['a flag', `a${flag}b`, flag],
  ['a letter with a mark', 'ae\u0308b', 'e\u0308'],
  ['an Arabic letter with marks', 'aبَّb', 'بَّ'],
  ['a Devanagari syllable', 'aषिb', 'षि'],
  ['CR LF', 'a\r\nb', '\r\n'],
])('a text is not cut inside %s', (_, text, grapheme) => {
  for (let max = 1; max <= grapheme.length; max++) expect(beginning(text, max)).toBe('a');
  expect(beginning(text, 1 + grapheme.length)).toBe(`a${grapheme}`);
});

test('a text that fits is whole, and nothing fits in no room', () => {
  expect(beginning('abc', 3)).toBe('abc');
  expect(beginning('abc', 2)).toBe('ab');
  expect(beginning('abc', 0)).toBe('');
  expect(beginning(family, 5)).toBe('');
});

test('a shortened text ends in an ellipsis', () => {
  expect(shortened('Buys a ticket', 5)).toBe('Buys…');
  expect(shortened('Buys', 5)).toBe('Buys');
  expect(shortened(`Buys${family}`, 6)).toBe('Buys…');
});

test('the first grapheme is what a reader sees as one character', () => {
  expect(firstGrapheme(`${family}a`)).toBe(family);
  expect(firstGrapheme('')).toBe('');
});

test('without Intl.Segmenter, a text is cut between code points', async () => {
  vi.resetModules();
  vi.stubGlobal('Intl', { ...Intl, Segmenter: undefined });
  const old = await import('../../../shared/text/graphemes.ts');
  expect(old.beginning('a😀b', 2)).toBe('a');
  expect(old.beginning('a😀b', 3)).toBe('a😀');
  expect(old.firstGrapheme('😀b')).toBe('😀');
  vi.unstubAllGlobals();
});
