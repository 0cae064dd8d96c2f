import { afterEach, beforeEach, expect, test } from 'vitest';
import * as Y from 'yjs';
import { addCard, cards } from '../../../shared/collections/card.ts';
import { lanes } from '../../../shared/collections/lane.ts';
import { phases } from '../../../shared/collections/phase.ts';
import { openRoots } from '../../../shared/documents.ts';
import { PlainEditor } from '../../../shared/schema/editor.ts';
import { readAll } from '../../../shared/schema/read.ts';
import { idlePolicies, presets } from '../../../shared/session/policy.ts';
import type { RawClient } from '../live/raw-client.ts';
import type { Guest } from './workshop.ts';
import { items, refused, told, toldOf, Workshop } from './workshop.ts';

let workshop: Workshop;
let fay: Guest;
let pat: Guest;

beforeEach(async () => {
  workshop = await Workshop.open();
  fay = await workshop.join('facilitator', 'Fay');
  pat = await workshop.join('participant', 'Pat');
  await workshop.putAgenda(fay, { items }, 0);
});
afterEach(() => workshop.stop());

/** The kinds of messages that a socket got, in order. */
const kinds = (client: RawClient) =>
  client.heard.map((one) => (one.kind === 'control' ? one.control.kind : one.kind));

test('who joins gets the session with the welcome, before the document', async () => {
  await workshop.act(fay, { do: 'start', item: 'write' });
  for (const who of [fay, pat]) {
    const client = await workshop.socket(who);
    client.step1(new Y.Doc());
    await client.next('step2');
    expect(kinds(client).slice(0, 2)).toEqual(['welcome', 'session']);
    expect(await told(client)).toEqual(await workshop.view(who));
  }
});

test('each change is sent to everybody when it is on disk; who was removed, only to facilitators', async () => {
  const rob = await workshop.join('participant', 'Rob');
  const [fays, pats] = await Promise.all([fay, pat].map((who) => workshop.socket(who)));
  if (!fays || !pats) throw new Error('there are two');
  await Promise.all([told(fays), told(pats)]);
  const version = await workshop.act(fay, { do: 'next' });
  for (const client of [fays, pats])
    expect(await told(client)).toMatchObject({ session: { version, item: 'welcome' }, policy: presets.talk });
  await workshop.act(fay, { do: 'remove', person: rob.person });
  expect((await told(fays)).session.removed).toEqual([rob.person]);
  expect((await told(pats)).session.removed).toEqual([]);
});

test('people of one role get the same bytes', async () => {
  const ben = await workshop.join('participant', 'Ben');
  const bytes = new Map<string, string[]>();
  const clients = await Promise.all(
    [pat, ben].map(async (who) => {
      const client = await workshop.socket(who);
      const kept: string[] = [];
      bytes.set(who.person, kept);
      await told(client);
      client.socket.on('message', (data: Buffer) => kept.push(data.toString('latin1')));
      return client;
    }),
  );
  const version = await workshop.act(fay, { do: 'next' });
  for (const client of clients) await toldOf(client, version);
  const [pats, bens] = [...bytes.values()].map((kept) => kept.filter((one) => one.includes('"session"')));
  expect(pats).toHaveLength(1);
  expect(pats).toEqual(bens);
});

test('a change that cannot be stored is sent to nobody', async () => {
  const client = await workshop.socket(pat);
  const { session } = await told(client);
  const keep = workshop.store.keepSession.bind(workshop.store);
  workshop.store.keepSession = () => Promise.reject(new Error('no space left'));
  expect(await refused(workshop.command(fay, { do: 'next' }))).toBe('503 store');
  workshop.store.keepSession = keep;
  await workshop.act(fay, { do: 'start', item: 'sort' });
  expect((await told(client)).session).toMatchObject({ version: session.version + 1, item: 'sort' });
});

test('rooms are given the policy, with a moment of grace, and roles at once', async () => {
  const governed: unknown[] = [];
  const govern = workshop.rooms.govern.bind(workshop.rooms);
  workshop.rooms.govern = (board, rules, bindsAtOnce) => {
    governed.push({ policy: rules.policy, roles: rules.roles, bindsAtOnce });
    govern(board, rules, bindsAtOnce);
  };
  await workshop.act(fay, { do: 'start', item: 'welcome' });
  await workshop.act(fay, { do: 'timer-add', seconds: 60 });
  await workshop.act(fay, { do: 'role', person: pat.person, to: 'observer' });
  await workshop.act(fay, { do: 'finish' });
  await workshop.act(fay, { do: 'idle', to: 'look' });
  const roles = { [pat.person]: 'observer' };
  expect(governed).toEqual([
    { policy: presets.talk, roles: {}, bindsAtOnce: false },
    { policy: presets.talk, roles, bindsAtOnce: true },
    { policy: idlePolicies.open, roles, bindsAtOnce: false },
    { policy: idlePolicies.look, roles, bindsAtOnce: false },
  ]);
});

test('sockets stay open when a role changes; who becomes a facilitator gets what facilitators get', async () => {
  const rob = await workshop.join('participant', 'Rob');
  await workshop.act(fay, { do: 'remove', person: rob.person });
  const client = await workshop.socket(pat);
  expect((await told(client)).session.removed).toEqual([]);
  await workshop.act(fay, { do: 'role', person: pat.person, to: 'facilitator' });
  expect((await told(client)).session.removed).toEqual([rob.person]);
  expect(client.socket.readyState).toBe(client.socket.OPEN);
});

test('the policy and the role now judge the edits of open sockets', async () => {
  const client = await workshop.socket(pat);
  expect(await client.told('welcome')).toMatchObject({ role: 'participant' });
  await workshop.act(fay, { do: 'start', item: 'welcome' });
  // Until the grace of the earlier policy is over.
  workshop.clock.advance(2_100);
  const doc = await client.state();
  openRoots(doc);
  const before = Y.encodeStateVector(doc);
  const [lane] = readAll(doc, lanes).filter(({ type }) => type === 'text');
  const [phase] = readAll(doc, phases);
  const cell = { lane: lane?.id ?? '', phase: phase?.id ?? '', step: null };
  addCard(new PlainEditor(doc, pat.person), cell, { text: 'During the talk' });
  client.update(Y.encodeStateAsUpdate(doc, before));
  expect(await client.next('denied')).toMatchObject({ reason: 'not-now' });
  expect((await workshop.log(fay, { fay, pat }))[0]).toMatch(/^pat refused G\d+$/);

  const again = await workshop.socket(pat);
  await told(again);
  await workshop.act(fay, { do: 'role', person: pat.person, to: 'facilitator' });
  expect(await again.told('welcome')).toMatchObject({ role: 'participant' });
  expect(await again.told('welcome')).toMatchObject({ role: 'facilitator' });
  again.update(Y.encodeStateAsUpdate(doc, before));
  await again.told('saved');
});

test('a removed person’s sockets close, an old token opens none, and who is let back comes in', async () => {
  const [one, two, fays] = await Promise.all([pat, pat, fay].map((who) => workshop.socket(who)));
  if (!one || !two || !fays) throw new Error('there are three');
  await Promise.all([one, two, fays].map(told));
  const version = await workshop.act(fay, { do: 'remove', person: pat.person });
  for (const client of [one, two]) expect(await client.closed).toEqual({ code: 4401, reason: 'removed' });
  await toldOf(fays, version);
  for (let n = 0; n < 2; n++) {
    const again = await workshop.socket(pat);
    expect(await again.closed).toEqual({ code: 4401, reason: 'removed' });
    expect(again.heard).toEqual([]);
  }
  await workshop.act(fay, { do: 'admit', person: pat.person });
  await told(await workshop.socket(pat));
});

test('an upgrade that was admitted just before the removal gets no further', async () => {
  const join = workshop.rooms.join.bind(workshop.rooms);
  workshop.rooms.join = (membership, document, line) => {
    void workshop.act(fay, { do: 'remove', person: pat.person }).then(() => join(membership, document, line));
  };
  const client = await workshop.socket(pat);
  expect(await client.closed).toEqual({ code: 4401, reason: 'removed' });
});

test('a freeze makes the board read-only for all, also for who comes later and after a restart', async () => {
  const client = await workshop.socket(pat);
  await told(client);
  await workshop.act(fay, { do: 'freeze' });
  expect(await client.told('read-only')).toMatchObject({ why: 'frozen' });
  const later = await workshop.socket(fay);
  expect(await later.told('read-only')).toMatchObject({ why: 'frozen' });
  expect(await refused(workshop.as(fay, 'POST', '/rebuild'))).toBe('409 frozen');
  await workshop.stop(true);
  await workshop.start();
  const again = await workshop.socket(pat);
  expect(await again.told('read-only')).toMatchObject({ why: 'frozen' });
  await workshop.act(fay, { do: 'thaw' });
  expect(await again.told('read-only')).toMatchObject({ why: null });
});

test('operators and facilitators do not lift each other’s freeze', async () => {
  const client = await workshop.socket(pat);
  await told(client);
  const isFrozen = async () => {
    const newcomer = await workshop.socket(pat);
    await told(newcomer);
    newcomer.step1(new Y.Doc());
    await newcomer.next('step2');
    const found = newcomer.heard.some((one) => one.kind === 'control' && one.control.kind === 'read-only');
    await newcomer.leave();
    return found;
  };
  await workshop.admin('POST', '/freeze');
  await workshop.act(fay, { do: 'freeze' });
  await workshop.admin('POST', '/thaw');
  expect(await isFrozen()).toBe(true);
  await workshop.admin('POST', '/freeze');
  await workshop.act(fay, { do: 'thaw' });
  expect(await isFrozen()).toBe(true);
  await workshop.admin('POST', '/thaw');
  expect(await isFrozen()).toBe(false);
  // Sent once for each real change.
  const whys = client.heard.flatMap((one) =>
    one.kind === 'control' && one.control.kind === 'read-only' ? [one.control.why] : [],
  );
  expect(whys).toEqual(['frozen', null]);
});

test('a stock y-websocket client works as before: it edits, gets no control frames, and is closed when removed', async () => {
  const provider = workshop.stock(pat);
  openRoots(provider.doc);
  await new Promise((resolve) => provider.once('sync', resolve));
  await workshop.act(fay, { do: 'start', item: 'sort' });
  const reader = await workshop.socket(fay);
  const [lane] = readAll(provider.doc, lanes).filter(({ type }) => type === 'text');
  const [phase] = readAll(provider.doc, phases);
  const cell = { lane: lane?.id ?? '', phase: phase?.id ?? '', step: null };
  const card = addCard(new PlainEditor(provider.doc, pat.person), cell, { text: 'A stock card' });
  for (;;) {
    const doc = await reader.state();
    openRoots(doc);
    if (readAll(doc, cards).some(({ id, text }) => id === card && text === 'A stock card')) break;
  }
  const closed = new Promise((resolve) =>
    provider.once('connection-close', (event: { code?: number } | null) => resolve(event?.code)),
  );
  await workshop.act(fay, { do: 'remove', person: pat.person });
  expect(await closed).toBe(4401);
});
