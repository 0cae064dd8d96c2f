import { describe, expect, test } from 'vitest';
import { closeCode } from '../../../shared/wire/protocol.ts';
import type { Joined } from './house.ts';
import { House, refusal } from './house.ts';

interface Listed {
  links: { id: string; role: string; createdAt: number; revokedAt: number | null }[];
}

async function begin() {
  const house = new House();
  const { board, links } = await house.createBoard();
  const ana = await house.join(links.facilitator, 'Ana');
  const path = `/api/boards/${board}/links`;
  const list = async () =>
    ((await (await house.send('GET', path, undefined, house.as(ana))).json()) as Listed).links;
  const idOf = async (role: string) => (await list()).find((link) => link.role === role)?.id ?? '';
  const revoke = (id: string, who: Joined = ana) =>
    house.send('DELETE', `${path}/${id}`, undefined, house.as(who));
  return { house, board, links, ana, path, list, idOf, revoke };
}

describe('links', () => {
  test('are listed without their secrets', async () => {
    const { house, list } = await begin();
    const listed = await list();
    expect(listed.map((link) => link.role)).toEqual(['facilitator', 'participant', 'observer']);
    for (const link of listed) {
      expect(link).toEqual({ id: link.id, role: link.role, createdAt: house.now, revokedAt: null });
    }
  });

  test('can be created by a facilitator, and work at once', async () => {
    const { house, ana, path } = await begin();
    const answer = await house.send('POST', path, { role: 'observer' }, house.as(ana));
    expect(answer.status).toBe(201);
    const made = (await answer.json()) as { id: string; role: string; link: string };
    expect(made.role).toBe('observer');
    expect((await house.join(made.link, 'Dan')).role).toBe('observer');
  });

  test('participants and observers can neither list, create nor revoke them', async () => {
    const { house, links, path, idOf } = await begin();
    const id = await idOf('observer');
    for (const role of ['participant', 'observer'] as const) {
      const who = await house.join(links[role], 'Ben');
      expect(await refusal(await house.send('GET', path, undefined, house.as(who)))).toEqual([
        403,
        'not-allowed',
      ]);
      expect(await refusal(await house.send('POST', path, { role: 'facilitator' }, house.as(who)))).toEqual([
        403,
        'not-allowed',
      ]);
      expect(await refusal(await house.send('DELETE', `${path}/${id}`, undefined, house.as(who)))).toEqual([
        403,
        'not-allowed',
      ]);
    }
  });

  test('revoking one resets the daily allowance of the board, and revoking it again does not', async () => {
    const { house, board, idOf, revoke } = await begin();
    const id = await idOf('participant');
    expect(house.live.relieved).toEqual([]);
    for (let i = 0; i < 2; i++) expect((await revoke(id)).status).toBe(204);
    expect(house.live.relieved).toEqual([board]);
  });

  test('a revoked one admits nobody and ends the memberships of people who joined by it, and no others', async () => {
    const { house, board, links, list, idOf, revoke } = await begin();
    const ben = await house.join(links.participant, 'Ben');
    const cleo = await house.join(links.observer, 'Cleo');
    const id = await idOf('participant');
    house.now += 1_000;
    expect((await revoke(id)).status).toBe(204);
    expect((await list()).find((link) => link.id === id)?.revokedAt).toBe(house.now);
    const get = (who: Joined) => house.send('GET', `/api/boards/${board}`, undefined, house.as(who));
    expect(await refusal(await get(ben))).toEqual([410, 'link-revoked']);
    expect((await get(cleo)).status).toBe(200);
    expect(
      await refusal(await house.send('POST', `/api/boards/${board}/renew`, undefined, house.as(ben))),
    ).toEqual([410, 'link-revoked']);
    for (const path of ['/api/join', '/api/invitation']) {
      const answer = await house.send('POST', path, { link: links.participant, name: 'Ben' });
      expect(await refusal(answer)).toEqual([410, 'link-revoked']);
    }
    expect(house.live.dismissed).toEqual([
      { board, persons: [], code: closeCode.ticket, reason: 'link-revoked' },
    ]);
  });

  test('revoking a link again keeps the time of the first revocation', async () => {
    const { house, list, idOf, revoke } = await begin();
    const id = await idOf('observer');
    const first = house.now;
    await revoke(id);
    house.now += 5_000;
    expect((await revoke(id)).status).toBe(204);
    expect((await list()).find((link) => link.id === id)?.revokedAt).toBe(first);
  });

  test('the last one for facilitators cannot be revoked until there is another', async () => {
    const { house, ana, path, links, idOf, revoke } = await begin();
    const id = await idOf('facilitator');
    expect(await refusal(await revoke(id))).toEqual([409, 'last-link']);
    expect((await house.join(links.facilitator, 'Ana')).role).toBe('facilitator');
    await house.send('POST', path, { role: 'facilitator' }, house.as(ana));
    expect((await revoke(id)).status).toBe(204);
  });

  test('an unknown one returns 404, an unknown role 422', async () => {
    const { house, ana, path, revoke } = await begin();
    expect(await refusal(await revoke('nothing'))).toEqual([404, 'no-such-link']);
    expect(await refusal(await house.send('POST', path, { role: 'owner' }, house.as(ana)))).toEqual([
      422,
      'invalid',
    ]);
    expect(await refusal(await house.send('POST', path, { role: 'constructor' }, house.as(ana)))).toEqual([
      422,
      'invalid',
    ]);
  });

  test('a board has at most 200 of them', async () => {
    const { house, board, ana, path } = await begin();
    const record = house.store.records.get(board);
    const [first] = record?.links ?? [];
    if (!record || !first) throw new Error('The board has no links.');
    const many = Array.from({ length: 197 }, (_, at) => ({ ...first, id: `more-${at}`, hash: `${at}` }));
    house.store.records.set(board, { ...record, links: [...record.links, ...many] });
    const answer = await house.send('POST', path, { role: 'observer' }, house.as(ana));
    expect(await refusal(answer)).toEqual([409, 'too-many-links']);
  });

  test('can be neither created nor revoked while the disk fails', async () => {
    const { house, ana, path, idOf, revoke } = await begin();
    const id = await idOf('observer');
    house.store.break();
    expect(await refusal(await house.send('POST', path, { role: 'observer' }, house.as(ana)))).toEqual([
      503,
      'store',
    ]);
    expect(await refusal(await revoke(id))).toEqual([503, 'store']);
    expect(house.live.dismissed).toEqual([]);
  });
});
