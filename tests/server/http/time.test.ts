import { describe, expect, test } from 'vitest';
import { House, refusal } from './house.ts';

const hour = 3_600_000;
const day = 24 * hour;

describe.each([
  ['back by a day', -day],
  ['forward by a day', day],
])('the wall clock is set %s', (_way, ms) => {
  test('a membership is valid for 12 hours, and can be renewed', async () => {
    const house = new House();
    const { board, links } = await house.createBoard();
    const ana = await house.join(links.participant, 'Ana');
    const look = () => house.send('GET', `/api/boards/${board}`, undefined, house.as(ana));
    house.setWall(ms);
    house.now += 11 * hour;
    expect((await look()).status).toBe(200);
    const renewal = await house.send('POST', `/api/boards/${board}/renew`, undefined, house.as(ana));
    const renewed = (await renewal.json()) as { token: string; expires: number };
    expect(renewed.expires).toBe(house.now + 12 * hour);
    expect(renewal.headers.getSetCookie().every((cookie) => cookie.includes('Max-Age=43200;'))).toBe(true);
    house.now += hour;
    expect(await refusal(await look())).toEqual([401, 'ticket']);
    house.setWall(-ms);
    house.now += 10 * hour;
    expect(
      (await house.send('GET', `/api/boards/${board}`, undefined, house.as({ ...ana, ...renewed }))).status,
    ).toBe(200);
  });

  test('the wait of an address above its rate limit does not change', async () => {
    const house = new House({ JOIN_PER_MINUTE: '60' });
    const { links } = await house.createBoard();
    const look = () => house.send('POST', '/api/invitation', { link: links.observer });
    for (let i = 0; i < 60; i++) await look();
    expect((await look()).headers.get('retry-after')).toBe('1');
    house.setWall(ms);
    expect((await look()).headers.get('retry-after')).toBe('1');
    house.now += 1_000;
    expect((await look()).status).toBe(200);
    expect((await look()).status).toBe(429);
  });
});
