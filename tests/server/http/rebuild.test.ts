import * as v from 'valibot';
import { beforeEach, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { readAll, rootOf } from '../../../shared/schema/read.ts';
import { ideas, addIdea, removeIdea } from '../../../shared/collections/idea.ts';
import { PlainEditor } from '../../../shared/schema/editor.ts';
import { closeCode } from '../../../shared/wire/protocol.ts';
import type { Joined } from './house.ts';
import { House, refusal } from './house.ts';

const change = v.object({ before: v.number(), after: v.number() });
const rebuiltSchema = v.object({
  before: v.object({ id: v.string(), kind: v.string(), person: v.string() }),
  whole: v.boolean(),
  bytes: change,
  clientIds: change,
  entries: change,
});

let house: House;
let board: string;
let links: Record<'facilitator' | 'participant' | 'observer', string>;
let fay: Joined;
let ana: Joined;

beforeEach(async () => {
  house = new House({ ADMIN_KEY: 'the-key-of-those-who-run-it' });
  ({ board, links } = await house.createBoard());
  fay = await house.join(links.facilitator, 'Fay');
  ana = await house.join(links.participant, 'Ana');
});

const room = () => `${board}/board`;
const rebuild = (who = fay) => house.send('POST', `/api/boards/${board}/rebuild`, undefined, house.as(who));
const byAdmin = (document = 'board') => house.admin('POST', `/boards/${board}/documents/${document}/rebuild`);
const read = (who: Joined) => house.send('GET', `/api/boards/${board}`, undefined, house.as(who));

async function document(): Promise<Y.Doc> {
  const { snapshot, updates } = await house.store.load(room());
  const doc = new Y.Doc();
  for (const update of snapshot ? [snapshot, ...updates] : updates) Y.applyUpdate(doc, update);
  return doc;
}

/** Ana adds two ideas on her page, and removes one. */
async function anaWrites(): Promise<void> {
  const doc = await document();
  const before = Y.encodeStateVector(doc);
  const editor = new PlainEditor(doc, ana.person);
  addIdea(editor, { title: 'A bench' });
  removeIdea(editor, addIdea(editor, { title: 'Nonsense' }));
  const update = Y.encodeStateAsUpdate(doc, before);
  const owners = new Map([[doc.clientID, ana.person]]);
  await house.store.append({ room: room(), person: ana.person, update, owners });
}

describe.each([
  ['a facilitator', () => rebuild(), () => fay.person],
  ['the admin', () => byAdmin(), () => ''],
])('%s rebuilds a board', (_who, ask, person) => {
  test('it keeps live content only, the version before it has the rest, and everybody has to join again', async () => {
    await anaWrites();
    const old = await document();
    const answer = await ask();
    expect(answer.status).toBe(200);
    const { before, ...sizes } = v.parse(rebuiltSchema, await answer.json());
    expect(before).toMatchObject({ kind: 'before-restore', person: person() });
    expect(sizes).toMatchObject({
      whole: true,
      clientIds: { before: old.store.clients.size, after: 1 },
      entries: { before: 2, after: 1 },
    });
    expect(sizes.bytes.after).toBeLessThan(sizes.bytes.before);

    const doc = await document();
    expect(readAll(doc, ideas).map(({ title }) => title)).toEqual(['A bench']);
    expect(rootOf(doc, ideas).size).toBe(1);
    expect(await house.store.owners(room())).toEqual(new Map());
    const kept = new Y.Doc();
    Y.applyUpdate(kept, (await house.store.readVersion(room(), before.id)) ?? new Uint8Array());
    expect(rootOf(kept, ideas).size).toBe(2);

    // Pages reconnect by themselves, and then learn that there is another document.
    expect(house.live.evicted).toEqual([{ board, code: closeCode.busy, reason: 'repair' }]);
    for (const who of [fay, ana]) expect(await refusal(await read(who))).toEqual([401, 'board-reset']);
    expect((await read(await house.join(links.facilitator, 'Fay'))).status).toBe(200);
  });
});

test('only facilitators may rebuild; on a frozen board only the admin, on a failing disk nobody', async () => {
  const olle = await house.join(links.observer, 'Olle');
  for (const who of [ana, olle]) expect(await refusal(await rebuild(who))).toEqual([403, 'not-allowed']);
  await house.admin('POST', `/boards/${board}/freeze`);
  expect(await refusal(await rebuild())).toEqual([409, 'frozen']);
  house.store.break();
  expect(await refusal(await rebuild())).toEqual([503, 'store']);
  expect(await refusal(await byAdmin())).toEqual([503, 'store']);
  house.store.mend();
  expect(await refusal(await byAdmin('elsewhere'))).toEqual([404, 'no-such-document']);
  expect((await byAdmin()).status).toBe(200);
  expect((await house.store.board(board))?.frozen).toBe(true);
});

test('rebuilds and versions share one rate limit', async () => {
  for (let n = 0; n < 10; n++)
    await house.send('POST', `/api/boards/${board}/versions`, { name: `${n}` }, house.as(fay));
  const late = await rebuild();
  expect(late.headers.get('retry-after')).toBe('10');
  expect(await refusal(late)).toEqual([429, 'rate']);
});

test('during a rebuild nobody can join and a second one is refused; a failed rebuild changes nothing', async () => {
  let finish = () => {};
  const begun = new Promise<void>((begin) => {
    house.live.onEvict = () => {
      begin();
      return new Promise((resolve) => (finish = resolve));
    };
  });
  const first = rebuild();
  await begun;
  expect(house.live.barred).toEqual(new Set([board]));
  const upgrade = { admit: () => expect.unreachable('somebody was let in'), refuse: () => undefined };
  const path = `/sync/${board}/board?token=${ana.token}`;
  expect(await refusal(await house.app.request(path, undefined, { upgrade }))).toEqual([503, 'repair']);
  expect(await refusal(await rebuild())).toEqual([503, 'repair']);
  house.store.keepVersion = () => Promise.reject(new Error('the document is damaged'));
  finish();
  expect(await refusal(await first)).toEqual([503, 'not-written']);
  expect(house.live.barred).toEqual(new Set());
  expect((await read(ana)).status).toBe(200);
});
