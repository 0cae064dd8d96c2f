import { describe, expect, test } from 'vitest';
import type { Membership } from '../../../server/access/membership.ts';
import { Tokens } from '../../../server/access/tokens.ts';
import { personColors } from '../../../shared/collections/person.ts';
import { House, refusal } from './house.ts';

const device = 'a-device-secret-of-ana';
const noKey = 'A'.repeat(32);

function membershipOf(house: House, token: string): Membership {
  const membership = new Tokens(house.store.secret, { now: () => house.now, wall: () => house.now }).read(
    token,
  );
  if (!membership) throw new Error('no membership');
  return membership;
}

describe('an invitation', () => {
  test('returns what the join page shows: title, role, language and taken colours', async () => {
    const house = new House();
    const { board, links } = await house.createBoard({ language: 'tr' });
    house.live.colors = ['#5b3df5'];
    const answer = await house.send('POST', '/api/invitation', { link: links.observer });
    const expected = { board, title: 'Trip', role: 'observer', language: 'tr', colorsTaken: ['#5b3df5'] };
    expect(await answer.json()).toEqual(expected);
  });
});

describe('joining', () => {
  test('by a whole link or its secret returns a membership in the link’s role', async () => {
    const house = new House();
    const { board, links } = await house.createBoard();
    const ana = await house.join(links.facilitator, 'Ana');
    const ben = await house.join(links.participant.split('#')[1] ?? '', 'Ben');
    const cleo = await house.join(`  ${links.observer}\n`, 'Cleo');
    expect([ana.role, ben.role, cleo.role]).toEqual(['facilitator', 'participant', 'observer']);
    expect(ana).toMatchObject({
      board,
      name: 'Ana',
      title: 'Trip',
      start: 'ideas',
      expires: house.now + 12 * 3_600_000,
    });
    expect(new Set([ana.person, ben.person, cleo.person]).size).toBe(3);
  });

  test('returns neither the link nor its id', async () => {
    const house = new House();
    const { links } = await house.createBoard();
    const answer = await house.send('POST', '/api/join', { link: links.observer, name: 'Cleo' });
    expect(Object.keys((await answer.json()) as object).sort()).toEqual(
      ['board', 'color', 'expires', 'name', 'person', 'role', 'start', 'title', 'token'].sort(),
    );
  });

  test('again on the same device and in the same role is the same person, also after the token expires', async () => {
    const house = new House();
    const { links } = await house.createBoard();
    const ana = await house.join(links.participant, 'Ana', { device });
    house.now += 13 * 3_600_000;
    const again = await house.join(links.participant, 'Ana Berg', { device });
    expect(again.person).toBe(ana.person);
    expect((await house.join(links.facilitator, 'Ana', { device })).person).not.toBe(ana.person);
    expect((await house.join(links.participant, 'Ana', { device: `${device}2` })).person).not.toBe(
      ana.person,
    );
  });

  test('a full board refuses, already before the page asks for a name', async () => {
    const house = new House();
    const { links } = await house.createBoard();
    house.live.people = 499;
    await house.join(links.participant, 'Ana');
    house.live.people = 500;
    const body = { link: links.participant, name: 'Ben' };
    expect(await refusal(await house.send('POST', '/api/invitation', body))).toEqual([503, 'board-full']);
    expect(await refusal(await house.send('POST', '/api/join', body))).toEqual([503, 'board-full']);
  });

  test('one device in two roles is two people with one device id, which no response contains', async () => {
    const house = new House();
    const { board, links } = await house.createBoard();
    const answer = await house.send('POST', '/api/join', { link: links.facilitator, name: 'Ana', device });
    const text = await answer.text();
    const lead = membershipOf(house, (JSON.parse(text) as { token: string }).token);
    const guest = membershipOf(house, (await house.join(links.participant, 'Ana', { device })).token);
    const ben = membershipOf(house, (await house.join(links.participant, 'Ben')).token);
    expect(guest.person).not.toBe(lead.person);
    expect(guest.device).toBe(lead.device);
    expect(ben.device).not.toBe(lead.device);
    expect(text).not.toContain(lead.device);
    const facts = await house.send('GET', `/api/boards/${board}`, undefined, {
      authorization: `Bearer ${(JSON.parse(text) as { token: string }).token}`,
    });
    expect(await facts.text()).not.toContain(lead.device);
  });

  test('a person who is present in another role keeps their colour', async () => {
    const house = new House();
    const { links } = await house.createBoard();
    const ana = await house.join(links.facilitator, 'Ana', { device });
    const socket = {
      id: '1',
      person: ana.person,
      role: ana.role,
      since: 0,
      bufferedBytes: 0,
      isBehind: false,
    };
    house.live.present = [{ membership: membershipOf(house, ana.token), socket }];
    const taken = async (fields: object) =>
      (
        (await (
          await house.send('POST', '/api/invitation', { link: links.participant, ...fields })
        ).json()) as {
          colorsTaken: string[];
        }
      ).colorsTaken;
    expect(await taken({})).toEqual([ana.color]);
    expect(await taken({ device })).toEqual([]);
    expect((await house.join(links.participant, 'Ana', { device })).color).toBe(ana.color);
    expect((await house.join(links.participant, 'Ben')).color).not.toBe(ana.color);
  });

  test('two people with the same name get different ids', async () => {
    const house = new House();
    const { links } = await house.createBoard();
    const one = await house.join(links.participant, 'Ana');
    const two = await house.join(links.participant, 'Ana');
    expect(one.person).not.toBe(two.person);
  });

  test('assigns the first colour that nobody present has, or the requested one', async () => {
    const house = new House();
    const { links } = await house.createBoard();
    expect((await house.join(links.participant, 'Ana')).color).toBe(personColors[0].color);
    house.live.colors = [personColors[0].color, personColors[1].color];
    expect((await house.join(links.participant, 'Ben')).color).toBe(personColors[2].color);
    house.live.colors = personColors.map((one) => one.color);
    expect(personColors.map((one) => one.color)).toContain(
      (await house.join(links.participant, 'Cleo')).color,
    );
    expect((await house.join(links.participant, 'Dan', { color: 'teal' })).color).toBe('#0b7a75');
    expect((await house.join(links.participant, 'Eva', { color: '#A0B1C2' })).color).toBe('#a0b1c2');
  });

  test('sets one cookie for the board’s sockets and one for its API, both HttpOnly', async () => {
    const house = new House();
    const { board, links } = await house.createBoard();
    const answer = await house.send('POST', '/api/join', { link: links.observer, name: 'Cleo' });
    const { person, token } = (await answer.json()) as { person: string; token: string };
    const attributes = 'HttpOnly; SameSite=Strict';
    expect(answer.headers.getSetCookie()).toEqual([
      `seat-${person}=${token}; Max-Age=43200; Path=/sync/${board}; ${attributes}`,
      `seat-${person}=${token}; Max-Age=43200; Path=/api/boards/${board}; ${attributes}`,
    ]);
  });

  test('over https sets secure cookies', async () => {
    const house = new House({ PUBLIC_URL: 'https://resa.example.org' });
    const { links } = await house.createBoard();
    const answer = await house.send('POST', '/api/join', { link: links.observer, name: 'Cleo' });
    for (const cookie of answer.headers.getSetCookie()) expect(cookie).toMatch(/; Secure/);
  });

  test('removes direction overrides and control characters from names, and keeps joiners that scripts need', async () => {
    const house = new House();
    const { links } = await house.createBoard();
    expect((await house.join(links.participant, '\u202eanA\u202c\u0000')).name).toBe('anA');
    expect((await house.join(links.participant, 'نادية فاروق')).name).toBe('نادية فاروق');
    expect((await house.join(links.participant, 'می\u200cخواهم 👩‍👧')).name).toBe('می\u200cخواهم 👩‍👧');
    expect((await house.join(links.participant, '\ud800Ben')).name).toBe('Ben');
    expect((await house.join(links.participant, '<b>Ben</b>')).name).toBe('<b>Ben</b>');
  });

  test.each([
    [{ name: '' }, 422, 'invalid'],
    [{ name: '\u202e\u2069' }, 422, 'invalid'],
    [{ name: 'x'.repeat(61) }, 422, 'invalid'],
    [{ name: 7 }, 422, 'invalid'],
    [{ color: 'red; background: url(//evil)' }, 422, 'invalid'],
    [{ color: 'toString' }, 422, 'invalid'],
    [{ device: 'short' }, 422, 'invalid'],
    [{ device: ['a-device-secret-of-ana'] }, 422, 'invalid'],
    [{ language: 'xx' }, 422, 'invalid'],
    [{ link: 5 }, 422, 'invalid'],
    [{ link: 'x'.repeat(2_001) }, 422, 'invalid'],
    [{ link: '' }, 404, 'no-such-link'],
    [{ link: 'https://example.org/somewhere' }, 404, 'no-such-link'],
    [{ link: '../../etc.' + noKey }, 404, 'no-such-link'],
    [{ link: `nowhere.${noKey}` }, 404, 'no-such-board'],
    [{ link: `__proto__.${noKey}` }, 404, 'no-such-board'],
  ])('with %j is refused', async (fields, status, code) => {
    const house = new House();
    const { links } = await house.createBoard();
    const answer = await house.send('POST', '/api/join', { link: links.participant, name: 'Ana', ...fields });
    expect(await refusal(answer)).toEqual([status, code]);
    expect(answer.headers.getSetCookie()).toEqual([]);
  });

  test('with a wrong key, or the key of another board, is refused', async () => {
    const house = new House();
    const { board, links } = await house.createBoard();
    const other = await house.createBoard();
    const stolen = `${board}.${other.links.facilitator.split('.').at(-1) ?? ''}`;
    for (const link of [`${board}.${noKey}`, stolen, `${links.observer}A`]) {
      expect(await refusal(await house.send('POST', '/api/join', { link, name: 'Eve' }))).toEqual([
        404,
        'no-such-link',
      ]);
    }
  });

  test('is limited by address, and works again after a while', async () => {
    const house = new House({ JOIN_PER_MINUTE: '60' });
    const { links } = await house.createBoard();
    for (let i = 0; i < 60; i++) await house.send('POST', '/api/invitation', { link: links.observer });
    const late = await house.send('POST', '/api/join', { link: links.observer, name: 'Cleo' });
    expect(late.headers.get('retry-after')).toBe('1');
    expect(await refusal(late)).toEqual([429, 'rate']);
    house.now += 1_000;
    expect((await house.join(links.observer, 'Cleo')).name).toBe('Cleo');
  });
});

describe('a membership', () => {
  const cookies = (answer: Response) =>
    answer.headers.getSetCookie().map((cookie) => cookie.split(';')[0] ?? '');

  test('in a cookie opens the board; `?seat=` selects one of several', async () => {
    const house = new House();
    const { board, links } = await house.createBoard();
    const jar: string[] = [];
    const persons: string[] = [];
    for (const role of ['observer', 'facilitator'] as const) {
      const answer = await house.send('POST', '/api/join', { link: links[role], name: 'Ana' });
      jar.push(cookies(answer)[0] ?? '');
      persons.push(((await answer.json()) as { person: string }).person);
    }
    const roleBy = async (query: string) => {
      const answer = await house.send('GET', `/api/boards/${board}${query}`, undefined, {
        cookie: jar.join('; '),
      });
      return answer.ok ? ((await answer.json()) as { role: string }).role : (await refusal(answer))[1];
    };
    expect(await roleBy(`?seat=${persons[0]}`)).toBe('observer');
    expect(await roleBy(`?seat=${persons[1]}`)).toBe('facilitator');
    expect(await roleBy('')).toBe('observer');
    expect(await roleBy('?seat=someone')).toBe('ticket');
    expect(await roleBy('?seat=__proto__')).toBe('ticket');
    expect(await roleBy('?seat=%3B%0d')).toBe('ticket');
  });

  test('is renewed for another 12 hours, as the same person', async () => {
    const house = new House();
    const { board, links } = await house.createBoard();
    const ana = await house.join(links.participant, 'Ana');
    house.now += 11 * 3_600_000;
    const answer = await house.send('POST', `/api/boards/${board}/renew`, undefined, house.as(ana));
    const renewed = (await answer.json()) as { token: string; expires: number };
    expect(renewed.expires).toBe(house.now + 12 * 3_600_000);
    expect(cookies(answer)).toEqual([
      `seat-${ana.person}=${renewed.token}`,
      `seat-${ana.person}=${renewed.token}`,
    ]);
    house.now += 11 * 3_600_000;
    const get = (token: string) =>
      house.send('GET', `/api/boards/${board}`, undefined, { authorization: `Bearer ${token}` });
    expect(await (await get(renewed.token)).json()).toMatchObject({
      person: ana.person,
      role: 'participant',
    });
    expect(await refusal(await get(ana.token))).toEqual([401, 'ticket']);
  });

  test('that has expired is not renewed', async () => {
    const house = new House();
    const { board, links } = await house.createBoard();
    const ana = await house.join(links.participant, 'Ana');
    house.now += 12 * 3_600_000;
    const answer = await house.send('POST', `/api/boards/${board}/renew`, undefined, house.as(ana));
    expect(await refusal(answer)).toEqual([401, 'ticket']);
  });
});
