import { expect, test } from 'vitest';
import { nameOf } from '../../client/parts/person-name.ts';
import { frameTitle, ideaTitle } from '../../client/parts/untitled.ts';

test.each(['', ' ', '\u200b', '\u3164'])('a title or name of %j has a word in its place', (given) => {
  expect([frameTitle(given), ideaTitle(given), nameOf(given)]).toEqual([
    frameTitle(''),
    ideaTitle(''),
    nameOf(''),
  ]);
  expect(frameTitle(given)).not.toBe(given);
  expect(frameTitle('Ride')).toBe('Ride');
});
