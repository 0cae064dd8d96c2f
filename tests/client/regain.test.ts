import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { rememberVisit } from '../../client/model/device/visits.ts';
import { anaJoined } from './ana-joined.ts';
import { regainMembership } from '../../client/board/regain.ts';

/** The server's answers by route, and the requests that it got. */
let answers: Record<string, { status: number; body: unknown }>;
const asked = vi.fn<(path: string, body: unknown) => void>();

const no = (status: number, code: string) => ({ status, body: { error: { code, message: '' } } });
const joined = { status: 200, body: anaJoined };

beforeEach(() => {
  localStorage.clear();
  asked.mockClear();
  vi.stubGlobal('fetch', (path: string, { body }: { body?: string }) => {
    asked(path, body === undefined ? null : JSON.parse(body));
    const answer = answers[path.split('?')[0] ?? ''];
    return Promise.resolve(new Response(JSON.stringify(answer?.body), { status: answer?.status ?? 404 }));
  });
});

afterEach(() => vi.unstubAllGlobals());

function anaWasHere(): void {
  const visit = { ...anaJoined, secret: 'b.secret', device: 'key-of-the-device', lastOpened: 1 };
  rememberVisit(visit, 'http://x/join#b.secret', null);
}

const renew = '/api/boards/b/renew';

test('an expired membership is renewed', async () => {
  answers = { [renew]: { status: 200, body: {} } };
  expect(await regainMembership('b', 'ana')).toEqual({ kind: 'renewed' });
});

test('after a reset, the link lets people join again as the same person', async () => {
  anaWasHere();
  answers = { [renew]: no(401, 'board-reset'), '/api/join': joined };
  expect(await regainMembership('b', 'ana')).toEqual({ kind: 'board-reset' });
  expect(asked).toHaveBeenLastCalledWith('/api/join', {
    link: 'b.secret',
    name: 'Ana',
    color: '#0b7a75',
    language: 'en',
    device: 'key-of-the-device',
  });
});

test('C7 a membership with an invalid token is renewed by the link, and the page continues', async () => {
  anaWasHere();
  answers = { [renew]: no(401, 'ticket'), '/api/join': joined };
  expect(await regainMembership('b', 'ana')).toEqual({ kind: 'renewed' });
  expect(asked).toHaveBeenLastCalledWith('/api/join', expect.objectContaining({ link: 'b.secret' }));
});

test.each(['ticket', 'board-reset'])(
  'C7 %s: the membership is lost if the link would make Ana another person',
  async (code) => {
    anaWasHere();
    const other = { status: 200, body: { ...joined.body, person: 'somebody-else' } };
    answers = { [renew]: no(401, code), '/api/join': other };
    expect(await regainMembership('b', 'ana')).toEqual({ kind: 'lost', notice: 'session-ended' });
  },
);

test('a deleted board and a revoked link have their own notices', async () => {
  anaWasHere();
  answers = { [renew]: no(401, 'ticket'), '/api/join': no(404, 'no-such-board') };
  expect(await regainMembership('b', 'ana')).toEqual({ kind: 'lost', notice: 'no-board' });
  answers = { [renew]: no(410, 'link-revoked') };
  expect(await regainMembership('b', 'ana')).toEqual({ kind: 'lost', notice: 'revoked-link' });
});

test('after a reset, the membership is lost if the link is revoked or unknown to this device', async () => {
  answers = { '/api/boards/never-seen/renew': no(401, 'board-reset') };
  expect(await regainMembership('never-seen', 'ana')).toEqual({ kind: 'lost', notice: 'session-ended' });
  anaWasHere();
  answers = { [renew]: no(401, 'board-reset'), '/api/join': no(410, 'link-revoked') };
  expect(await regainMembership('b', 'ana')).toEqual({ kind: 'lost', notice: 'revoked-link' });
});

test.each([
  ['is stopping', no(503, 'stopping')],
  ['is above its rate limit', no(429, 'rate')],
  ['has a full board', no(503, 'board-full')],
])('a server that %s is asked again later', async (_what, answer) => {
  anaWasHere();
  answers = { [renew]: no(401, 'board-reset'), '/api/join': answer };
  expect(await regainMembership('b', 'ana')).toEqual({ kind: 'later' });
  answers = { [renew]: answer };
  expect(await regainMembership('b', 'ana')).toEqual({ kind: 'later' });
});

test('a person whom a facilitator removed does not ask again and again', async () => {
  anaWasHere();
  answers = { [renew]: no(403, 'removed') };
  expect(await regainMembership('b', 'ana')).toEqual({ kind: 'lost', notice: 'removed' });
  answers = { [renew]: no(401, 'ticket'), '/api/join': no(403, 'removed') };
  expect(await regainMembership('b', 'ana')).toEqual({ kind: 'lost', notice: 'removed' });
});
