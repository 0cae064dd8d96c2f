import { expect, test } from 'vitest';
import { isBlank } from '../../../shared/text/blank.ts';

test.each([
  '',
  ' \n\u00a0\u3000',
  '\u200b',
  '\u200d\ufeff',
  '\u3164',
  '\u115f\uffa0',
  '\u2800',
  '\u202e\u2069',
  '\u00ad\ufe0f',
])('%j is blank', (text) => expect(isBlank(text)).toBe(true));

test.each(['a', ' . ', '\u200bа\u200b', '👩‍🚀', '\u0301', '\uf8ff', '٣', 'ـ'])('%j is not blank', (text) =>
  expect(isBlank(text)).toBe(false),
);
