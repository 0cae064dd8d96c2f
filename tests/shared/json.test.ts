import * as v from 'valibot';
import { expect, test } from 'vitest';
import { parseJson, parseJsonAs } from '../../shared/json.ts';

const point = v.object({ x: v.number() });

test('parseJson returns the parsed value', () => {
  expect(parseJson('{"x":1,"y":[null,"a"]}')).toEqual({ x: 1, y: [null, 'a'] });
  expect(parseJson('null')).toBeNull();
});

test.each(['', '{', 'undefined', "{'x':1}", '1 2'])(
  'parseJson returns undefined for the malformed text %j',
  (text) => {
    expect(parseJson(text)).toBeUndefined();
  },
);

test('parseJsonAs returns the output of the schema for a value that matches', () => {
  expect(parseJsonAs(point, '{"x":1,"y":2}')).toEqual({ x: 1 });
  expect(parseJsonAs(v.nullable(point), 'null')).toBeNull();
});

test.each(['{"x":"1"}', '[]', 'null', '{"x":1'])('parseJsonAs returns undefined for %j', (text) => {
  expect(parseJsonAs(point, text)).toBeUndefined();
});

test('parseJsonAs returns undefined for malformed text, even if the schema has a default', () => {
  expect(parseJsonAs(v.optional(v.string(), 'default'), '{')).toBeUndefined();
});
