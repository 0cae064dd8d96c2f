import { expect, test } from 'vitest';
import { fold, searchFor } from '../../../shared/text/fold.ts';

test.each([
  ['case', ['ticket', 'TICKET', 'Ticket']],
  ['width', ['ticket 1', 'ｔｉｃｋｅｔ　１']],
  ['marks', ['apple', 'äpple', 'a\u0308pple', 'ÄPPLE']],
  ['the Turkish i, dotted or not', ['iı', 'Iİ', 'ıi', 'İI']],
  ['alef with hamza, madda and wasla', ['احمد', 'أحمد', 'إحمد', 'آحمد', 'ٱحمد']],
  ['teh marbuta and heh', ['رحلة', 'رحله']],
  ['alef maqsura, Arabic and Persian yeh', ['على', 'علي', 'علی']],
  ['Arabic and Persian kaf', ['كتاب', 'کتاب']],
  ['tatweel and vowel marks', ['محمد', 'محـــمد', 'مُحَمَّد']],
  ['joiners and marks of direction', ['می\u200cروم', 'میروم', '\u2067میروم\u2069']],
  ['German sharp s', ['strasse', 'Straße', 'STRAẞE']],
  ['Nordic letters', ['aesok', 'Æsøk', 'æsök', 'ÆSOK']],
  ['a ring', ['ana', 'åna', 'Åna']],
  ['Polish l', ['lodz', 'Łódź', 'ŁÓDŹ']],
  ['Cyrillic yo', ['елка', 'ёлка', 'ЁЛКА']],
  ['Greek final sigma', ['οδος', 'οδοσ', 'ΟΔΟΣ', 'οδός']],
  ['digits', ['12', '١٢', '۱۲', '１２']],
])('a search does not tell apart: %s', (_, spellings) => {
  const [first = '', ...others] = spellings.map(fold);
  expect(others).toEqual(others.map(() => first));
});

test('different letters stay different', () => {
  expect(new Set(['a', 'b', 'ا', 'ب', 'и', 'е', 'с'].map(fold)).size).toBe(7);
});

test('a search finds a text with all words in any order; a blank one finds every text', () => {
  expect(searchFor('DOOR apple')('Äpple by the door')).toBe(true);
  expect(searchFor('door pear')('Äpple by the door')).toBe(false);
  expect(searchFor(' \n')('anything')).toBe(true);
});
