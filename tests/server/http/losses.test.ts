import { beforeEach, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { cards } from '../../../shared/collections/card.ts';
import { buildRecord } from '../../../shared/schema/collection.ts';
import { rootOf } from '../../../shared/schema/read.ts';
import type { Joined } from './house.ts';
import { House, refusal } from './house.ts';

let house: House;
let board: string;
let fay: Joined;
let ana: Joined;

beforeEach(async () => {
  house = new House({ ADMIN_KEY: 'the-key-of-whoever-runs-it' });
  const made = await house.createBoard();
  ({ board } = made);
  fay = await house.join(made.links.facilitator, 'Fay');
  ana = await house.join(made.links.participant, 'Ana');
  const doc = new Y.Doc();
  rootOf(doc, cards).set('c1', buildRecord(cards, { text: 'Lost and found' }));
  const copy = { person: ana.person, name: 'Ana', at: 5, isProven: true };
  house.live.lost = { isProven: true, held: [{ ...copy, update: Y.encodeStateAsUpdate(doc) }] };
});

const at = (path = '') => `/api/boards/${board}/lost${path}`;

describe('edits that the server lost', () => {
  test('a facilitator sees whose they are and what restoring them would change', async () => {
    const answer = await house.send('GET', at(), undefined, house.as(fay));
    expect(await answer.json()).toMatchObject({
      isProven: true,
      copies: [
        {
          person: ana.person,
          name: 'Ana',
          isProven: true,
          preview: {
            total: 1,
            changes: [
              {
                collection: 'cards',
                id: 'c1',
                kind: 'added',
                text: 'Lost and found',
                author: '',
                fields: [],
              },
            ],
          },
        },
      ],
    });
  });

  test('a facilitator restores or discards them; a version is kept before a restore', async () => {
    const restored = await house.send('POST', at('/restore'), { people: [ana.person] }, house.as(fay));
    expect(await restored.json()).toMatchObject({
      before: { kind: 'before-restore', person: fay.person },
      settled: [ana.person],
    });
    const discarded = await house.send('POST', at('/discard'), { people: [ana.person] }, house.as(fay));
    expect(await discarded.json()).toEqual({ before: null, settled: [ana.person] });
    expect(house.live.settled).toEqual([
      { room: `${board}/board`, people: [ana.person], how: 'restore' },
      { room: `${board}/board`, people: [ana.person], how: 'discard' },
    ]);
  });

  test('nobody else may see them or decide, and none are restored on a frozen board', async () => {
    expect(await refusal(await house.send('GET', at(), undefined, house.as(ana)))).toEqual([
      403,
      'not-allowed',
    ]);
    const body = { people: [ana.person] };
    expect(await refusal(await house.send('POST', at('/restore'), body, house.as(ana)))).toEqual([
      403,
      'not-allowed',
    ]);
    expect(await refusal(await house.send('POST', at('/restore'), { people: [] }, house.as(fay)))).toEqual([
      422,
      'invalid',
    ]);
    await house.admin('POST', `/boards/${board}/freeze`);
    expect(await refusal(await house.send('POST', at('/restore'), body, house.as(fay)))).toEqual([
      409,
      'frozen',
    ]);
    expect(house.live.settled).toEqual([]);
  });

  test('a board with such copies is not rebuilt, which would lose them for good', async () => {
    const rebuild = () => house.send('POST', `/api/boards/${board}/rebuild`, undefined, house.as(fay));
    const room = `${board}/board`;
    for (const copy of house.live.lost.held) await house.store.keepHeld(room, copy);
    expect(await refusal(await rebuild())).toEqual([409, 'lost-edits']);
    await house.store.dropHeld(room, [ana.person]);
    expect((await rebuild()).status).toBe(200);
  });

  test('the person who runs the server sees the same losses and can decide on them', async () => {
    const path = `/boards/${board}/documents/board/lost`;
    expect(await (await house.admin('GET', path)).json()).toMatchObject({ copies: [{ person: ana.person }] });
    const done = await house.admin('POST', `${path}/restore`, { people: [ana.person] });
    expect(await done.json()).toMatchObject({ settled: [ana.person] });
  });
});
