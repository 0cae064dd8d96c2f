import { expect, test, vi } from 'vitest';
import type * as Roles from '../../../shared/roles.ts';
import { may } from '../../../shared/roles.ts';
import { House, refusal } from './house.ts';

vi.mock('../../../shared/roles.ts', async (original) => {
  const actual = await original<typeof Roles>();
  return { ...actual, may: vi.fn(actual.may) };
});

test.each([
  ['rename', 'PATCH', ''],
  ['invite', 'GET', '/links'],
  ['invite', 'POST', '/links'],
  ['invite', 'DELETE', '/links/some'],
  ['versions', 'POST', '/versions'],
  ['versions', 'GET', '/versions/some'],
  ['versions', 'POST', '/versions/some/restore'],
  ['versions', 'POST', '/versions/some/remove'],
  ['versions', 'POST', '/rebuild'],
  ['versions', 'GET', '/lost'],
  ['versions', 'POST', '/lost/restore'],
  ['versions', 'POST', '/lost/discard'],
  ['session', 'POST', '/session'],
  ['session', 'GET', '/session/log'],
  ['session', 'PUT', '/agenda'],
] as const)('the power %s is the only one that %s %s requires', async (power, method, path) => {
  const house = new House();
  const { board, links } = await house.createBoard();
  const ben = await house.join(links.participant, 'Ben');
  vi.mocked(may).mockClear();
  const body = method === 'GET' ? undefined : {};
  const answer = await house.send(method, `/api/boards/${board}${path}`, body, house.as(ben));
  expect(await refusal(answer)).toEqual([403, 'not-allowed']);
  expect(vi.mocked(may).mock.calls).toEqual([['participant', power]]);
});
