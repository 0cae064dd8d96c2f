import { expect, test } from 'vitest';
import { closedIsolates } from '../../../shared/text/bidi.ts';

test.each([
  ['', ''],
  ['plain, سارة \u200f\u202b!', 'plain, سارة \u200f\u202b!'],
  ['\u2068a\u2067b\u2069\u2069', '\u2068a\u2067b\u2069\u2069'],
  ['\u2069\u202eevil', '\u202eevil'],
  ['a\u2066b\u2067c', 'a\u2066b\u2067c\u2069\u2069'],
  ['\u2066a\u2069\u2069\u2068b', '\u2066a\u2069\u2068b\u2069'],
])('%j has its isolates closed as %j', (text, closed) => {
  expect(closedIsolates(text)).toBe(closed);
  expect(closedIsolates(closed)).toBe(closed);
});
