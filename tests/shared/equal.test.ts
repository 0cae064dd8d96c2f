import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { isEqual } from '../../shared/schema/equal.ts';

describe('isEqual', () => {
  test('agrees with Node about JSON values', () => {
    // Few keys and few leaves, so that pairs are often equal.
    const { tree } = fc.letrec((tie) => ({
      leaf: fc.constantFrom(null, true, 0, 1, '', 'a'),
      tree: fc.oneof(
        { maxDepth: 2 },
        tie('leaf'),
        fc.array(tie('tree'), { maxLength: 2 }),
        fc.dictionary(fc.constantFrom('0', 'a', 'b'), tie('tree'), { maxKeys: 2 }),
      ),
    }));
    // node compares prototypes, and fast-check makes objects without one.
    const json = tree.map((value): unknown => JSON.parse(JSON.stringify(value)));
    fc.assert(fc.property(json, json, (a, b) => isEqual(a, b) === isDeepStrictEqual(a, b)));
    fc.assert(fc.property(json, (a) => isEqual(a, structuredClone(a))));
  });

  test.each<[string, unknown, unknown]>([
    ['objects with the same keys in another order', { a: 1, b: 2 }, { b: 2, a: 1 }],
    ['NaN and NaN', NaN, NaN],
    ['arrays of the same bytes', new Uint8Array([1, 2]), new Uint8Array([1, 2])],
    ['an object without a prototype and a plain one', Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
  ])('%s are equal', (_, a, b) => {
    expect(isEqual(a, b)).toBe(true);
    expect(isEqual(b, a)).toBe(true);
  });

  test.each<[string, unknown, unknown]>([
    ['0 and -0', 0, -0],
    ['a missing key and an undefined one', { a: undefined }, { b: undefined }],
    ['an array and an object', [], {}],
    ['null and an object', null, {}],
    ['arrays of different bytes', new Uint8Array([1, 2]), new Uint8Array([1, 3])],
    ['bytes and an array', new Uint8Array([1]), [1]],
    [
      'an object with a custom prototype and a plain one',
      Object.assign(Object.create({ big: 1 }), { a: 1 }),
      { a: 1 },
    ],
    ['two empty maps of Yjs', new Y.Map(), new Y.Map()],
  ])('%s are not equal', (_, a, b) => {
    expect(isEqual(a, b)).toBe(false);
    expect(isEqual(b, a)).toBe(false);
  });

  test('compares shared types by identity, because they refer to each other', () => {
    const [one, two] = [new Y.Doc().getMap('cards'), new Y.Doc().getMap('cards')];
    expect(isEqual({ at: one }, { at: two })).toBe(false);
    expect(isEqual({ at: one }, { at: one })).toBe(true);
  });
});

test('an object whose prototype was set to a byte array does not equal bytes', () => {
  const odd = Object.setPrototypeOf({}, new Uint8Array(2)) as object;
  expect(isEqual(odd, new Uint8Array(2))).toBe(false);
  expect(isEqual(new Uint8Array(2), odd)).toBe(false);
  expect(isEqual(odd, {})).toBe(false);
});
