import { expect, test } from 'vitest';
import { collatorOf } from '../../../shared/text/collation.ts';

const sorted = (texts: readonly string[], language: string) => texts.toSorted(collatorOf(language).compare);

test('texts sort by the alphabet of the language', () => {
  expect(sorted(['Zoe', 'Åsa', 'Ana'], 'sv')).toEqual(['Ana', 'Zoe', 'Åsa']);
  expect(sorted(['Zoe', 'Åsa', 'Ana'], 'en')).toEqual(['Ana', 'Åsa', 'Zoe']);
});

test('numbers in texts sort as numbers', () => {
  expect(sorted(['Stop 12', 'Stop 9'], 'en')).toEqual(['Stop 9', 'Stop 12']);
});

test('each language has one collator; an unknown one is read as English', () => {
  expect(collatorOf('tr')).toBe(collatorOf('tr'));
  expect(collatorOf('').resolvedOptions().locale).toBe('en');
  expect(collatorOf('not a language').resolvedOptions().locale).toBe('en');
});
