import * as v from 'valibot';
import { beforeEach, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { PlainEditor } from '../../../shared/schema/editor.ts';
import { addIdea, ideas } from '../../../shared/collections/idea.ts';
import { readAll } from '../../../shared/schema/read.ts';
import type { Joined } from './house.ts';
import { House, refusal } from './house.ts';

const versionSchema = v.object({
  id: v.string(),
  at: v.number(),
  kind: v.string(),
  name: v.string(),
  person: v.string(),
  bytes: v.number(),
});
const listSchema = v.object({ versions: v.array(versionSchema) });
const restoredSchema = v.object({ before: versionSchema, changed: v.boolean() });

let house: House;
let board: string;
let fay: Joined;
let ana: Joined;
let olle: Joined;

beforeEach(async () => {
  house = new House();
  const made = await house.createBoard();
  ({ board } = made);
  fay = await house.join(made.links.facilitator, 'Fay');
  ana = await house.join(made.links.participant, 'Ana');
  olle = await house.join(made.links.observer, 'Olle');
  // Stores what the server writes, as a room would.
  house.live.onWrite = async (room, update) => {
    await house.store.append({ room, person: '', update });
  };
});

const at = (path = '') => `/api/boards/${board}/versions${path}`;
const keep = async (name: string) =>
  v.parse(versionSchema, await (await house.send('POST', at(), { name }, house.as(fay))).json());
const restore = async (version: string) =>
  v.parse(
    restoredSchema,
    await (await house.send('POST', at(`/${version}/restore`), undefined, house.as(fay))).json(),
  );

/** The stored document. */
async function stored(): Promise<Y.Doc> {
  const { snapshot, updates } = await house.store.load(`${board}/board`);
  const doc = new Y.Doc();
  if (snapshot) Y.applyUpdate(doc, snapshot);
  for (const update of updates) Y.applyUpdate(doc, update);
  return doc;
}

/** Ana adds an idea, which is stored. */
async function anaAdds(title: string): Promise<void> {
  const doc = await stored();
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  addIdea(new PlainEditor(doc, ana.person), { title });
  for (const update of updates)
    await house.store.append({ room: `${board}/board`, person: ana.person, update });
}

const titles = (doc: Y.Doc) =>
  readAll(doc, ideas)
    .map(({ title }) => title)
    .sort();

describe('versions', () => {
  test('Fay stores one, Ana adds an idea, Fay restores it: the idea is removed, and the state before brings it back', async () => {
    await anaAdds('A bench');
    const kept = await keep('Before the vote');
    expect(kept).toMatchObject({ kind: 'named', name: 'Before the vote', person: fay.person });
    await anaAdds('A roof');
    expect(titles(await stored())).toEqual(['A bench', 'A roof']);

    const { before, changed } = await restore(kept.id);
    expect(changed).toBe(true);
    expect(before).toMatchObject({ kind: 'before-restore', person: fay.person });
    expect(titles(await stored())).toEqual(['A bench']);

    await restore(before.id);
    expect(titles(await stored())).toEqual(['A bench', 'A roof']);
  });

  test('restoring one that is equal to the board writes nothing', async () => {
    const kept = await keep('Now');
    expect((await restore(kept.id)).changed).toBe(false);
    expect(house.live.written).toEqual([]);
  });

  test('facilitators and participants can list them, newest first; observers cannot', async () => {
    const one = await keep('One');
    house.now += 1;
    const two = await keep('Two');
    for (const who of [fay, ana]) {
      const answer = await house.send('GET', at(), undefined, house.as(who));
      const { versions } = v.parse(listSchema, await answer.json());
      expect(versions.map(({ id }) => id)).toEqual([two.id, one.id]);
    }
    expect(await refusal(await house.send('GET', at(), undefined, house.as(olle)))).toEqual([
      403,
      'not-allowed',
    ]);
  });

  test('a facilitator can download one as a Yjs update', async () => {
    await anaAdds('A bench');
    const { id } = await keep('To take home');
    const answer = await house.send('GET', at(`/${id}`), undefined, house.as(fay));
    expect(answer.headers.get('content-type')).toBe('application/octet-stream');
    expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="${board}-${id}.yjs"`);
    const doc = new Y.Doc();
    Y.applyUpdate(doc, new Uint8Array(await answer.arrayBuffer()));
    expect(titles(doc)).toEqual(['A bench']);
  });

  test.each(['participant', 'observer'] as const)(
    'a %s can neither store, read nor restore one',
    async (role) => {
      const { id } = await keep('One');
      const who = house.as(role === 'participant' ? ana : olle);
      const tries = [
        house.send('POST', at(), { name: 'Mine' }, who),
        house.send('GET', at(`/${id}`), undefined, who),
        house.send('POST', at(`/${id}/restore`), undefined, who),
      ];
      for (const answer of await Promise.all(tries))
        expect(await refusal(answer)).toEqual([403, 'not-allowed']);
    },
  );

  test('an unknown or invalid id returns 404', async () => {
    for (const id of ['nothing', '..%2f..%2fboard', 'x'.repeat(65)]) {
      const paths = [house.send('GET', at(`/${id}`), undefined, house.as(fay))];
      paths.push(house.send('POST', at(`/${id}/restore`), undefined, house.as(fay)));
      for (const answer of await Promise.all(paths))
        expect(await refusal(answer)).toEqual([404, 'no-such-version']);
    }
  });

  test('need a name, and are limited in length of the name, number and rate', async () => {
    for (const name of ['', 'x'.repeat(81), 7])
      expect(await refusal(await house.send('POST', at(), { name }, house.as(fay)))).toEqual([
        422,
        'invalid',
      ]);
    for (let i = 0; i < 10; i++) await keep(`Version ${i}`);
    const late = await house.send('POST', at(), { name: 'One more' }, house.as(fay));
    expect(late.headers.get('retry-after')).toBe('10');
    expect(await refusal(late)).toEqual([429, 'rate']);
    for (let i = 10; i < 50; i++) {
      house.now += 10_000;
      await keep(`Version ${i}`);
    }
    house.now += 10_000;
    const full = await house.send('POST', at(), { name: 'One more' }, house.as(fay));
    expect(await refusal(full)).toEqual([409, 'too-many-versions']);
  });

  test('can be neither stored nor restored while the store cannot write, but can be read', async () => {
    const { id } = await keep('One');
    house.store.break();
    expect(await refusal(await house.send('POST', at(), { name: 'Two' }, house.as(fay)))).toEqual([
      503,
      'store',
    ]);
    const restoring = await house.send('POST', at(`/${id}/restore`), undefined, house.as(fay));
    expect(await refusal(restoring)).toEqual([503, 'store']);
    expect((await house.send('GET', at(), undefined, house.as(fay))).status).toBe(200);
    expect((await house.send('GET', at(`/${id}`), undefined, house.as(fay))).status).toBe(200);
  });

  test('a restore that the room refuses is reported; the state before is stored', async () => {
    const { id } = await keep('One');
    await anaAdds('A bench');
    house.live.onWrite = () => Promise.reject(new Error('read-only'));
    const answer = await house.send('POST', at(`/${id}/restore`), undefined, house.as(fay));
    expect(await refusal(answer)).toEqual([503, 'not-written']);
    const kinds = (await house.store.versions(`${board}/board`)).map(({ kind }) => kind);
    expect(kinds).toEqual(['before-restore', 'named']);
  });

  test('are not restored on a frozen board', async () => {
    const { id } = await keep('One');
    await house.store.changeBoard(board, (record) => ({ ...record, frozen: true }));
    const answer = await house.send('POST', at(`/${id}/restore`), undefined, house.as(fay));
    expect(await refusal(answer)).toEqual([409, 'frozen']);
  });
});

describe('removing what people added since a version', () => {
  const removedSchema = v.object({
    before: versionSchema,
    changed: v.boolean(),
    removed: v.record(v.string(), v.number()),
  });
  const remove = (version: string, people: unknown, who = fay) =>
    house.send('POST', at(`/${version}/remove`), { people }, house.as(who));
  const removed = async (version: string, ...people: string[]) =>
    v.parse(removedSchema, await (await remove(version, people)).json());

  /** A person adds an idea on their page. It is stored with the owner of the client id. */
  async function adds(who: Joined, title: string): Promise<void> {
    const doc = await stored();
    const updates: Uint8Array[] = [];
    doc.on('update', (update: Uint8Array) => updates.push(update));
    addIdea(new PlainEditor(doc, who.person), { title });
    const owners = new Map([[doc.clientID, who.person]]);
    for (const update of updates)
      await house.store.append({ room: `${board}/board`, person: who.person, update, owners });
  }

  test('Fay removes what Ana added on all her pages, and undoes it by restoring the version before', async () => {
    await adds(ana, 'A bench');
    const { id } = await keep('Then');
    await adds(ana, 'Nonsense');
    await adds(fay, 'A roof');
    await adds(ana, 'More of it');
    const { before, changed, removed: counts } = await removed(id, ana.person);
    expect(changed).toBe(true);
    expect(before).toMatchObject({ kind: 'before-restore', person: fay.person });
    expect(counts).toEqual({ records: 2, returned: 0, values: 0, fields: 0, members: 0, texts: 0 });
    expect(titles(await stored())).toEqual(['A bench', 'A roof']);
    await restore(before.id);
    expect(titles(await stored())).toEqual(['A bench', 'A roof', 'More of it', 'Nonsense']);
  });

  test('works for several people at once; for people who added nothing it changes nothing', async () => {
    const { id } = await keep('Then');
    for (const who of [ana, fay]) await adds(who, 'Nonsense');
    expect(await removed(id, 'nobody', olle.person)).toMatchObject({ changed: false });
    expect(house.live.written).toEqual([]);
    expect(await removed(id, fay.person, ana.person)).toMatchObject({ removed: { records: 2 } });
    expect(titles(await stored())).toEqual([]);
  });

  test('requires a facilitator, an existing version, and a list of valid ids of people', async () => {
    const { id } = await keep('Then');
    for (const who of [ana, olle])
      expect(await refusal(await remove(id, [ana.person], who))).toEqual([403, 'not-allowed']);
    expect(await refusal(await remove('nothing', [ana.person]))).toEqual([404, 'no-such-version']);
    const wrong = [undefined, ana.person, [], [''], ['../x'], [7], Array.from({ length: 201 }, () => 'x')];
    for (const people of wrong) expect(await refusal(await remove(id, people))).toEqual([422, 'invalid']);
  });

  test('is refused on a frozen board, on a failing disk, above the rate, and if the room refuses it', async () => {
    const { id } = await keep('Then');
    await adds(ana, 'Nonsense');
    await house.store.changeBoard(board, (record) => ({ ...record, frozen: true }));
    expect(await refusal(await remove(id, [ana.person]))).toEqual([409, 'frozen']);
    await house.store.changeBoard(board, (record) => ({ ...record, frozen: false }));
    house.store.break();
    expect(await refusal(await remove(id, [ana.person]))).toEqual([503, 'store']);
    house.store.mend();
    house.live.onWrite = () => Promise.reject(new Error('read-only'));
    expect(await refusal(await remove(id, [ana.person]))).toEqual([503, 'not-written']);
    for (let n = 0; n < 8; n++) await remove(id, ['nobody']);
    expect(await refusal(await remove(id, [ana.person]))).toEqual([429, 'rate']);
  });
});
