import { expect, test } from 'vitest';
import type { LinkFacts } from '../../client/model/api/links.ts';
import { linkRows } from '../../client/board/share/rows.ts';

const fact = (id: string, revokedAt: number | null = null): LinkFacts => ({
  id,
  role: 'observer',
  createdAt: 5,
  revokedAt,
});
const kept = (link: string, id = '') => ({ board: 'b1', role: 'observer' as const, link, id });

test('the only link of a role is the one that this device was given', () => {
  expect(linkRows('observer', [fact('l1')], [kept('x#1')])).toEqual([
    { id: 'l1', link: 'x#1', createdAt: 5 },
  ]);
});

test('a link that the device has never seen is listed without its address', () => {
  expect(linkRows('observer', [fact('l1')], [])).toEqual([{ id: 'l1', link: null, createdAt: 5 }]);
});

test('after a second link was made each is told from the other, and what can be copied comes first', () => {
  expect(linkRows('observer', [fact('l1'), fact('l2')], [kept('x#2', 'l2')])).toEqual([
    { id: 'l2', link: 'x#2', createdAt: 5 },
    { id: 'l1', link: null, createdAt: 5 },
  ]);
  expect(linkRows('observer', [fact('l1'), fact('l2')], [kept('x#2', 'l2'), kept('x#1')])).toEqual([
    { id: 'l1', link: 'x#1', createdAt: 5 },
    { id: 'l2', link: 'x#2', createdAt: 5 },
  ]);
});

test('a withdrawn link is not shown, whether its id is known or not', () => {
  expect(linkRows('observer', [fact('l1', 9)], [kept('x#1')])).toEqual([]);
  expect(linkRows('observer', [fact('l1', 9)], [kept('x#1', 'l1')])).toEqual([]);
});

test('where it cannot be told which of two it is, the link can be copied but not withdrawn', () => {
  expect(linkRows('observer', [fact('l1'), fact('l2')], [kept('x#?')])).toEqual([
    { id: null, link: 'x#?', createdAt: null },
    { id: 'l1', link: null, createdAt: 5 },
    { id: 'l2', link: null, createdAt: 5 },
  ]);
});

test('links of other roles are not mixed in', () => {
  expect(linkRows('participant', [fact('l1')], [kept('x#1')])).toEqual([]);
});
