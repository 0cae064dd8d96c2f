import { expect, test } from 'vitest';
import { firstLine, oneLine, oneLineInPlace } from '../../../shared/text/lines.ts';

const ends = ['\r\n', '\n', '\r', '\v', '\f', '\u0085', '\u2028', '\u2029'];

test.each(ends)('the line end %j becomes one space', (end) => {
  expect(oneLine(`Buys${end}a ticket`)).toBe('Buys a ticket');
  expect(firstLine(`Buys${end}a ticket`)).toBe('Buys');
});

test('in place, a text keeps its length', () => {
  expect(oneLineInPlace('a\r\nb\u2028c')).toBe('a  b c');
});
