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

test('if a role has one link, it is the link that this device knows', () => {
  expect(linkRows('observer', [fact('l1')], [kept('x#1')])).toEqual([
    { id: 'l1', link: 'x#1', createdAt: 5 },
  ]);
});

test('a link that this device does not know is listed without its address', () => {
  expect(linkRows('observer', [fact('l1')], [])).toEqual([{ id: 'l1', link: null, createdAt: 5 }]);
});

test('several links are told apart, and links that can be copied come first', () => {
  expect(linkRows('observer', [fact('l1'), fact('l2')], [kept('x#2', 'l2')])).toEqual([
    { id: 'l2', link: 'x#2', createdAt: 5 },
    { id: 'l1', link: null, createdAt: 5 },
  ]);
  expect(linkRows('observer', [fact('l1'), fact('l2')], [kept('x#2', 'l2'), kept('x#1')])).toEqual([
    { id: 'l1', link: 'x#1', createdAt: 5 },
    { id: 'l2', link: 'x#2', createdAt: 5 },
  ]);
});

test('a link that was turned off is not listed, with or without a known id', () => {
  expect(linkRows('observer', [fact('l1', 9)], [kept('x#1')])).toEqual([]);
  expect(linkRows('observer', [fact('l1', 9)], [kept('x#1', 'l1')])).toEqual([]);
});

test('a link that could be either of two can be copied but not turned off', () => {
  expect(linkRows('observer', [fact('l1'), fact('l2')], [kept('x#?')])).toEqual([
    { id: null, link: 'x#?', createdAt: null },
    { id: 'l1', link: null, createdAt: 5 },
    { id: 'l2', link: null, createdAt: 5 },
  ]);
});

test('links of other roles are left out', () => {
  expect(linkRows('participant', [fact('l1')], [kept('x#1')])).toEqual([]);
});
