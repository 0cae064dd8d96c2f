import { afterEach, expect, test } from 'vitest';
import { lineInput } from '../../../client/ui/line-input.ts';

let detach = () => {};
let heard: string[] = [];
afterEach(() => detach());

function inputOf(value: string, max: number): HTMLInputElement {
  const input = document.createElement('input');
  document.body.append(input);
  input.value = value;
  heard = [];
  const listen = () => void heard.push(input.value);
  input.addEventListener('input', listen);
  const stop = lineInput(max)(input);
  detach = () => (stop(), input.remove());
  input.focus();
  return input;
}

/** Types or pastes at the caret. */
function type(input: HTMLInputElement, text: string, at = input.value.length): void {
  input.value = input.value.slice(0, at) + text + input.value.slice(at);
  input.setSelectionRange(at + text.length, at + text.length);
  input.dispatchEvent(new Event('input'));
}

test.each(['\v', '\f', '\u0085', '\u2028', '\u2029'])('the line end %j becomes a space', (end) => {
  const input = inputOf('', 20);
  type(input, `Buys${end}a ticket`);
  expect(input.value).toBe('Buys a ticket');
  expect(heard).toEqual(['Buys a ticket']);
});

test('what does not fit is cut between graphemes, where it was typed', () => {
  const input = inputOf('ab', 10);
  type(input, '👨‍👩‍👧👨‍👩‍👧', 1);
  expect(input.value).toBe('a👨‍👩‍👧b');
  expect(input.selectionEnd).toBe(9);
  type(input, 'c');
  expect(input.value).toBe('a👨‍👩‍👧b');
});

test('a value that is too long already can be shortened, and does not grow', () => {
  const input = inputOf('abcdef', 3);
  type(input, 'g');
  expect(input.value).toBe('abcdef');
  input.value = 'abcde';
  input.dispatchEvent(new Event('input'));
  expect(input.value).toBe('abcde');
});

test('an input method is left alone until it is done', () => {
  const input = inputOf('', 2);
  input.dispatchEvent(new Event('compositionstart'));
  type(input, 'ka\u2028');
  expect(input.value).toBe('ka\u2028');
  input.value = '可能性';
  input.dispatchEvent(new Event('compositionend'));
  expect(input.value).toBe('可能');
  expect(heard.at(-1)).toBe('可能');
});
