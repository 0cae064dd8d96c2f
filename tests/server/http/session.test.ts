import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { newSession } from '../../../shared/session/session.ts';
import { idlePolicies, presets } from '../../../shared/session/policy.ts';
import type { Guest } from '../session/workshop.ts';
import { item, items, refused, Workshop } from '../session/workshop.ts';

let workshop: Workshop;
let fay: Guest;
let pat: Guest;
let obi: Guest;

beforeEach(async () => {
  workshop = await Workshop.open();
  fay = await workshop.join('facilitator', 'Fay');
  pat = await workshop.join('participant', 'Pat');
  obi = await workshop.join('observer', 'Obi');
  await workshop.putAgenda(fay, { items }, 0);
});
afterEach(() => workshop.stop());

describe('GET /api/boards/:board/session', () => {
  test('a board of the last release has a new session, which everybody reads', async () => {
    const other = await Workshop.open();
    const gus = await other.join('facilitator', 'Gus');
    expect(await other.view(gus)).toEqual({
      session: newSession,
      item: null,
      policy: idlePolicies.open,
      agenda: 0,
      now: other.clock.wall(),
    });
    await other.stop();
  });

  test('everybody sees the running item; who was removed, only facilitators', async () => {
    const rob = await workshop.join('participant', 'Rob');
    await workshop.act(fay, { do: 'start', item: 'welcome' });
    await workshop.act(fay, { do: 'remove', person: rob.person });
    for (const who of [fay, pat, obi]) {
      const view = await workshop.view(who);
      expect(view).toMatchObject({ item: items[0], policy: presets.talk, agenda: 1 });
      expect(view.session.removed).toEqual(who === fay ? [rob.person] : []);
    }
  });
});

describe('POST /api/boards/:board/session', () => {
  test('an act changes the session and returns its version', async () => {
    const before = (await workshop.view(fay)).session.version;
    const response = await workshop.command(fay, { do: 'next', from: null });
    expect([response.status, await response.json()]).toEqual([200, { version: before + 1 }]);
    const { session } = await workshop.view(pat);
    expect(session).toMatchObject({
      version: before + 1,
      item: 'welcome',
      timer: { state: 'running', endsAt: workshop.clock.wall() + 4 * 60_000 },
    });
  });

  test('the same command again changes nothing and gets the same answer, also a refusal, and after a restart', async () => {
    const add = { id: 'add-a-minute', do: 'timer-add', seconds: 60 } as const;
    expect(await refused(workshop.command(fay, add))).toBe('409 not-now');
    await workshop.act(fay, { do: 'start', item: 'welcome' });
    expect(await refused(workshop.command(fay, add))).toBe('409 not-now');
    const more = { ...add, id: 'another-minute' };
    const [first, second] = await Promise.all([workshop.command(fay, more), workshop.command(fay, more)]);
    expect(await first.json()).toEqual(await second.json());
    const { session } = await workshop.view(fay);
    await workshop.stop(true);
    await workshop.start();
    const third = await workshop.command(fay, more);
    expect(await third.json()).toEqual({ version: session.version });
    expect((await workshop.view(fay)).session).toEqual(session);
  });

  test('of two facilitators who go on at the same time, one goes on and the other is told', async () => {
    const flo = await workshop.join('facilitator', 'Flo');
    await workshop.act(fay, { do: 'start', item: 'welcome' });
    const both = await Promise.all(
      [fay, flo].map((who) => workshop.command(who, { do: 'next', from: 'welcome' })),
    );
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    const late = both.find(({ status }) => status === 409);
    expect(late && (await refused(late))).toBe('409 session-moved');
    expect((await workshop.view(fay)).session.item).toBe('write');
  });

  test('of two facilitators who each add a minute, both do', async () => {
    const flo = await workshop.join('facilitator', 'Flo');
    await workshop.act(fay, { do: 'start', item: 'welcome' });
    await Promise.all([fay, flo].map((who) => workshop.act(who, { do: 'timer-add', seconds: 60 })));
    expect((await workshop.view(pat)).session.timer).toEqual({
      state: 'running',
      endsAt: workshop.clock.wall() + 6 * 60_000,
    });
  });

  test.each([
    [{ do: 'start', item: 'nothing' }, '404 no-such-item'],
    [{ do: 'back' }, '409 not-now'],
    [{ do: 'timer-hold' }, '409 not-now'],
    [{ do: 'next', from: 'welcome' }, '409 session-moved'],
    [{ do: 'start', item: 'welcome', sing: true }, '422 invalid'],
    [{ do: 'dance' }, '422 invalid'],
    [{ do: 'next', id: 'short' }, '422 invalid'],
    [{ do: 'role', person: 'nobody', to: 'observer' }, '409 not-now'],
    [{ do: 'observers', to: 'paused' }, '409 not-now'],
    [[], '422 invalid'],
  ])('%j is refused with %s and changes nothing', async (body, answer) => {
    const before = workshop.store.sessions.get(workshop.board);
    const command = Array.isArray(body) ? body : { id: 'command-x', ...body };
    expect(await refused(workshop.as(fay, 'POST', '/session', command))).toBe(answer);
    expect(workshop.store.sessions.get(workshop.board)?.session).toEqual(before?.session);
  });

  test('an override that lets people add and not change their own is refused', async () => {
    await workshop.act(fay, { do: 'start', item: 'sort' });
    const change = { editOwn: false };
    expect(await refused(workshop.command(fay, { do: 'override', change }))).toBe('422 incoherent-policy');
    await workshop.act(fay, { do: 'override', change: { add: false, ...change } });
    expect((await workshop.view(pat)).policy).toMatchObject({ add: false, editOwn: false });
  });

  test('participants and observers may not lead; the log has a line for each of them', async () => {
    for (const who of [pat, obi, pat])
      expect(await refused(workshop.command(who, { do: 'next' }))).toBe('403 not-allowed');
    expect(await refused(workshop.as(pat, 'GET', '/session/log'))).toBe('403 not-allowed');
    expect(await refused(workshop.putAgenda(pat, { items: [] }, 1))).toBe('403 not-allowed');
    expect(await refused(workshop.as(pat, 'POST', '/links', { role: 'observer' }))).toBe('403 not-allowed');
    expect(await workshop.log(fay, { fay, pat, obi })).toEqual([
      'pat refused invite',
      'obi refused session',
      'pat refused session',
      'fay agenda',
    ]);
  });

  test('the log takes only so many refusals', async () => {
    for (let n = 0; n < 30; n++) {
      const who = await workshop.join('participant', `Guest-${n}`);
      await workshop.command(who, { do: 'next' });
    }
    expect(await workshop.log(fay, { fay })).toHaveLength(21);
  });

  test('one facilitator has 20 commands at once, then 5 a second', async () => {
    const answers: number[] = [];
    for (let n = 0; n < 21; n++)
      answers.push((await workshop.command(fay, { do: 'bring', to: { view: 'map', record: null } })).status);
    // The agenda was one of them.
    expect(answers.filter((status) => status === 200)).toHaveLength(19);
    const flo = await workshop.join('facilitator', 'Flo');
    expect((await workshop.command(flo, { do: 'next' })).status).toBe(200);
    workshop.clock.advance(1_000);
    expect((await workshop.command(fay, { do: 'finish' })).status).toBe(200);
  });

  test('a page of a foreign origin changes nothing', async () => {
    const command = { id: 'command-x', do: 'next' };
    const foreign = { origin: 'https://elsewhere.example' };
    expect(await refused(workshop.as(fay, 'POST', '/session', command, foreign))).toBe('403 origin');
  });

  test('while the disk takes nothing, no act happens, and the session can be read', async () => {
    const { session } = await workshop.view(fay);
    workshop.store.break();
    expect(await refused(workshop.command(fay, { do: 'next' }))).toBe('503 store');
    expect((await workshop.view(pat)).session).toEqual(session);
    workshop.store.mend();
    const keep = workshop.store.keepSession.bind(workshop.store);
    workshop.store.keepSession = () => Promise.reject(new Error('no space left'));
    expect(await refused(workshop.command(fay, { id: 'the-same', do: 'next' }))).toBe('503 store');
    expect((await workshop.view(pat)).session).toEqual(session);
    workshop.store.keepSession = keep;
    expect((await workshop.command(fay, { id: 'the-same', do: 'next' })).status).toBe(200);
  });
});

describe('the agenda', () => {
  test('everybody reads it, with its version as ETag', async () => {
    const response = await workshop.as(obi, 'GET', '/agenda');
    expect([response.status, response.headers.get('etag')]).toEqual([200, '"1"']);
    expect(await response.json()).toEqual({ items, version: 1 });
    const again = await workshop.as(obi, 'GET', '/agenda', undefined, { 'if-none-match': '"1"' });
    expect([again.status, await again.text()]).toEqual([304, '']);
    const older = await workshop.as(obi, 'GET', '/agenda', undefined, { 'if-none-match': '"0"' });
    expect(older.status).toBe(200);
  });

  test('a change says which version it changes', async () => {
    const shorter = { items: items.slice(0, 2) };
    expect(await refused(workshop.putAgenda(fay, shorter, 0))).toBe('412 agenda-moved');
    expect(await refused(workshop.as(fay, 'PUT', '/agenda', shorter))).toBe('422 invalid');
    const response = await workshop.putAgenda(fay, shorter, 1);
    expect([response.status, response.headers.get('etag')]).toEqual([200, '"2"']);
    expect(await response.json()).toEqual({ version: 2 });
    expect(await workshop.agenda(pat)).toEqual({ ...shorter, version: 2 });
    expect((await workshop.view(pat)).agenda).toBe(2);
  });

  test('of two changes at the same time one is made', async () => {
    const flo = await workshop.join('facilitator', 'Flo');
    const both = await Promise.all([
      workshop.putAgenda(fay, { items: [item('fays', 1)] }, 1),
      workshop.putAgenda(flo, { items: [item('flos', 1)] }, 1),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 412]);
  });

  test('without the running item, that item stops', async () => {
    await workshop.act(fay, { do: 'start', item: 'write' });
    await workshop.putAgenda(fay, { items: items.slice(0, 1) }, 1);
    expect((await workshop.view(pat)).session).toMatchObject({ item: null, timer: { state: 'off' } });
    expect(await workshop.log(fay, { fay })).toEqual(['fay agenda', 'fay start write', 'fay agenda']);
  });

  test.each([
    ['two items of one id', [item('a', 1), item('a', 1)], '422 invalid'],
    ['an unknown field', [item('a', 1, { colour: 'red' })], '422 invalid'],
    ['a typo in a policy', [item('a', 1, { change: { ad: true } })], '422 invalid'],
    ['no time', [item('a', 0)], '422 invalid'],
    ['61 items', Array.from({ length: 61 }, (_, n) => item(`i${n}`, 1)), '422 invalid'],
    [
      'people who add and may not remove',
      [item('a', 1, { change: { removeOwn: false } })],
      '422 incoherent-policy',
    ],
  ])('with %s is refused', async (_what, wrong, answer) => {
    expect(await refused(workshop.putAgenda(fay, { items: wrong }, 1))).toBe(answer);
    expect((await workshop.agenda(fay)).version).toBe(1);
  });

  test('texts are stored as people see them: no hidden characters, a title in one line', async () => {
    const written = item('a', 1, {
      title: { en: ' Wel\u202ecome\n all ' },
      instruction: { en: 'One\u0000.\r\n  Two.\u200b' },
    });
    await workshop.putAgenda(fay, { items: [written] }, 1);
    const [read] = (await workshop.agenda(pat)).items;
    expect(read).toMatchObject({ title: { en: 'Welcome all' }, instruction: { en: 'One.\nTwo.' } });
  });

  test('60 items with instructions in five languages fit; more than 128 KiB do not', async () => {
    const texts = (length: number) =>
      Object.fromEntries(['en', 'sv', 'ar', 'tr', 'ru'].map((one) => [one, 'x'.repeat(length)]));
    const many = (length: number) =>
      Array.from({ length: 60 }, (_, n) => item(`i${n}`, 1, { instruction: texts(length) }));
    expect((await workshop.putAgenda(fay, { items: many(350) }, 1)).status).toBe(200);
    expect(await refused(workshop.putAgenda(fay, { items: many(500) }, 2))).toBe('413 too-large');
  });
});

describe('the role of a person now', () => {
  test('holds for every request at once, and a renewed token keeps that of its link', async () => {
    expect(await refused(workshop.as(pat, 'GET', '/links'))).toBe('403 not-allowed');
    await workshop.act(fay, { do: 'role', person: pat.person, to: 'facilitator' });
    for (const path of ['/links', '/session/log', '/versions'])
      expect((await workshop.as(pat, 'GET', path)).status, path).toBe(200);
    expect(await (await workshop.as(pat, 'GET', '')).json()).toMatchObject({ role: 'facilitator' });
    const { token } = (await (await workshop.as(pat, 'POST', '/renew')).json()) as { token: string };
    const renewed = { ...pat, token };
    expect((await workshop.as(renewed, 'GET', '/links')).status).toBe(200);
    await workshop.act(fay, { do: 'role', person: pat.person, to: 'observer' });
    for (const who of [pat, renewed]) {
      for (const path of ['/links', '/session/log', '/versions'])
        expect(await refused(workshop.as(who, 'GET', path)), path).toBe('403 not-allowed');
    }
  });

  test('a facilitator who became a participant leads no more, and the last one stays', async () => {
    const flo = await workshop.join('facilitator', 'Flo');
    await workshop.act(flo, { do: 'role', person: fay.person, to: 'participant' });
    expect(await refused(workshop.command(fay, { do: 'next' }))).toBe('403 not-allowed');
    const lower = { do: 'role', person: flo.person, to: 'observer' } as const;
    expect(await refused(workshop.command(flo, lower))).toBe('409 last-facilitator');
    const remove = { do: 'remove', person: flo.person } as const;
    expect(await refused(workshop.command(flo, remove))).toBe('409 last-facilitator');
  });

  test('a facilitator whose link was revoked is not the one who stays', async () => {
    const response = await workshop.as(fay, 'POST', '/links', { role: 'facilitator' });
    const { link, id } = (await response.json()) as { link: string; id: string };
    const old = workshop.links.facilitator;
    workshop.links = { ...workshop.links, facilitator: link };
    const flo = await workshop.join('facilitator', 'Flo');
    expect((await workshop.as(fay, 'DELETE', `/links/${id}`)).status).toBe(204);
    workshop.links = { ...workshop.links, facilitator: old };
    const lower = { do: 'role', person: fay.person, to: 'observer' } as const;
    expect(await refused(workshop.command(fay, lower))).toBe('409 last-facilitator');
    expect(await refused(workshop.as(flo, 'GET', '/session'))).toBe('410 link-revoked');
  });

  test('a person who is away keeps a role and can be given another, also after a restart', async () => {
    workshop.clock.advance(2_000);
    await workshop.stop(true);
    await workshop.start();
    await workshop.act(fay, { do: 'role', person: pat.person, to: 'facilitator' });
    await workshop.act(pat, { do: 'role', person: fay.person, to: 'participant' });
    expect(await refused(workshop.command(fay, { do: 'next' }))).toBe('403 not-allowed');
  });
});

describe('a removed person', () => {
  test('is refused every request and cannot join again by that device, until let back in', async () => {
    await workshop.act(fay, { do: 'remove', person: pat.person });
    for (const path of ['', '/session', '/agenda', '/versions'])
      expect(await refused(workshop.as(pat, 'GET', path))).toBe('403 removed');
    expect(await refused(workshop.as(pat, 'POST', '/renew'))).toBe('403 removed');
    expect(await refused(workshop.tryJoin('participant', 'Pat'))).toBe('403 removed');
    const asking = { link: workshop.links.participant, device: 'Pat'.padEnd(16, '-') };
    expect(await refused(workshop.post('/api/invitation', asking))).toBe('403 removed');
    expect((await workshop.tryJoin('participant', 'Ben')).status).toBe(200);
    await workshop.act(fay, { do: 'admit', person: pat.person });
    expect((await workshop.as(pat, 'GET', '/session')).status).toBe(200);
    expect((await workshop.tryJoin('participant', 'Pat')).status).toBe(200);
  });

  test('a browser with two memberships still has the other', async () => {
    await workshop.act(fay, { do: 'remove', person: pat.person });
    const cookie = `seat-${pat.person}=${pat.token}; seat-${obi.person}=${obi.token}`;
    const path = `/api/boards/${workshop.board}`;
    const answer = await workshop.send('GET', path, undefined, { cookie });
    expect(await answer.json()).toMatchObject({ person: obi.person });
    expect(await refused(workshop.send('GET', `${path}?seat=${pat.person}`, undefined, { cookie }))).toBe(
      '403 removed',
    );
  });
});

describe('a session that is closed to new people', () => {
  test('refuses newcomers; people who were here come back, and a facilitator’s link works', async () => {
    await workshop.act(fay, { do: 'door', isClosed: true });
    expect(await refused(workshop.tryJoin('participant', 'Ned'))).toBe('403 closed');
    const link = workshop.links.observer;
    expect(await refused(workshop.post('/api/join', { link, name: 'Ned' }))).toBe('403 closed');
    expect(await refused(workshop.post('/api/invitation', { link }))).toBe('403 closed');
    expect((await workshop.tryJoin('participant', 'Pat')).status).toBe(200);
    expect((await workshop.tryJoin('facilitator', 'Flo')).status).toBe(200);
    await workshop.act(fay, { do: 'door', isClosed: false });
    expect((await workshop.tryJoin('participant', 'Ned')).status).toBe(200);
  });

  test('knows who was here after a restart, also people with a token of the last release', async () => {
    workshop.store.sessions.delete(workshop.board);
    await workshop.stop(true);
    await workshop.start();
    await workshop.view(pat);
    await workshop.act(fay, { do: 'door', isClosed: true });
    await workshop.stop(true);
    await workshop.start();
    expect((await workshop.tryJoin('participant', 'Pat')).status).toBe(200);
    expect(await refused(workshop.tryJoin('participant', 'Ned'))).toBe('403 closed');
  });
});

test('a deleted board has no session, and its timer does not run on', async () => {
  await workshop.act(fay, { do: 'start', item: 'welcome' });
  expect((await workshop.admin('DELETE', '')).status).toBe(204);
  workshop.clock.advance(10 * 60_000);
  expect(await refused(workshop.as(fay, 'GET', '/session'))).toBe('404 no-such-board');
  expect(workshop.store.sessions.size).toBe(0);
});

test.each([
  [{ do: 'idle', to: 'a secret' }, 'to: Invalid type: Expected ("everything" | "open" | "look")'],
  [{ do: 'override', change: { sing: true } }, 'change.sing: is not known'],
])('an error about %j names the field and never quotes its value', async (did, message) => {
  const answer = await workshop.command(fay, did as never);
  expect(((await answer.json()) as { error: { message: string } }).error.message).toBe(message);
});
