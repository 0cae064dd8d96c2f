import * as v from 'valibot';
import { beforeEach, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { buildRecord, records } from '../../../shared/schema/collection.ts';
import type { DocumentDefinition } from '../../../shared/schema/document.ts';
import { author, text, value } from '../../../shared/schema/field.ts';
import { rootOf, storedRecord, textOf } from '../../../shared/schema/read.ts';
import { served } from '../../../server/documents/served.ts';
import { research } from '../trial-documents.ts';
import type { Person } from './guarded.ts';
import { Guarded } from './guarded.ts';
import { openHouse } from './harness.ts';

const quotes = records('quotes', {
  about: 'trials',
  add: 'write',
  change: 'own',
  fields: { text: text(100), author: author(), isClosed: value(v.boolean(), false, 'structure') },
});
/** The server adds, and everybody changes their own. */
const tasks = records('tasks', {
  about: 'trials',
  add: 'server',
  change: 'own',
  fields: { text: text(100), author: author() },
});
/** Everybody adds, and the server changes. */
const votes = records('votes', {
  about: 'trials',
  add: 'write',
  change: 'server',
  fields: { count: value(v.number(), 0) },
});
const definition: DocumentDefinition = { ...research, collections: { quotes, tasks, votes } };

let board: Guarded;
let fay: Person;
let ana: Person;
let ben: Person;

beforeEach(() => {
  board = new Guarded(definition);
  fay = board.person('fay', 'facilitator');
  ana = board.person('ana');
  ben = board.person('ben');
});

const add = (who: Person, id: string, by = who.id) =>
  who.does((doc) => rootOf(doc, quotes).set(id, buildRecord(quotes, { text: 'said', author: by })));
const rewrite = (who: Person, id: string) =>
  who.does((doc) => textOf(doc, quotes, id, 'text')?.insert(0, 'once '));
const remove = (who: Person, id: string) =>
  who.does((doc) => storedRecord(doc, quotes, id)?.set('gone', true));
const close = (who: Person, id: string) =>
  who.does((doc) => storedRecord(doc, quotes, id)?.set('isClosed', true));

describe('rights in a collection’s definition', () => {
  test('G23 only people with a field’s power set it, also in a new record', () => {
    expect(add(ana, 'one')).toBe('pass');
    expect(close(fay, 'one')).toBe('pass');
    expect(storedRecord(board.doc, quotes, 'one')?.get('isClosed')).toBe(true);
    expect(close(ana, 'one')).toBe('role');
    const made = board
      .person('ana')
      .does((doc) => rootOf(doc, quotes).set('two', buildRecord(quotes, { author: 'ana', isClosed: false })));
    expect(made).toBe('role');
  });

  test('G36 only its author and facilitators change or remove a record with change `own`', () => {
    expect(add(ana, 'one')).toBe('pass');
    expect(rewrite(ana, 'one')).toBe('pass');
    expect(rewrite(fay, 'one')).toBe('pass');
    expect(rewrite(ben, 'one')).toBe('not-author');
    expect(remove(board.person('ben'), 'one')).toBe('not-author');
    expect(remove(ana, 'one')).toBe('pass');
  });

  test('G36 a record without an author belongs to nobody', () => {
    expect(add(ana, 'one', '')).toBe('pass');
    expect(rewrite(ana, 'one')).toBe('not-author');
    expect(remove(fay, 'one')).toBe('pass');
  });

  test('G7 G36 a person may change a record that the server added for them, and nobody may add another', () => {
    board.writes((doc) => rootOf(doc, tasks).set('one', buildRecord(tasks, { text: 'do', author: 'ana' })));
    const rewriteTask = (who: Person) =>
      who.does((doc) => textOf(doc, tasks, 'one', 'text')?.insert(0, 'please '));
    expect(rewriteTask(ana)).toBe('pass');
    expect(rewriteTask(ben)).toBe('not-author');
    expect(rewriteTask(fay)).toBe('pass');
    expect(rewriteTask(board.person('olle', 'observer'))).toBe('role');
    const addTask = (who: Person) =>
      who.does((doc) => rootOf(doc, tasks).set('two', buildRecord(tasks, { author: who.id })));
    expect(addTask(board.person('ana'))).toBe('role');
    expect(addTask(board.person('fay', 'facilitator'))).toBe('role');
  });

  test('G7 only the server changes a collection reserved for it, even if people may add to it', () => {
    const count = (doc: Y.Doc) => storedRecord(doc, votes, 'one')?.set('count', 1);
    expect(ana.does((doc) => rootOf(doc, votes).set('one', buildRecord(votes, { count: 0 })))).toBe('pass');
    for (const who of [ana, fay]) expect(who.does(count)).toBe('role');
  });

  test('L1 records that only the server adds or changes come back when lost edits are restored', () => {
    const lost = new Guarded(definition);
    lost.person('ana').does((doc) => rootOf(doc, votes).set('one', buildRecord(votes, { count: 0 })));
    const backup = Y.encodeStateAsUpdate(lost.doc);
    lost.writes((doc) => {
      rootOf(doc, tasks).set('one', buildRecord(tasks, { text: 'do', author: 'ana' }));
      storedRecord(doc, votes, 'one')?.set('count', 1);
    });
    const writer = lost.person('ana');
    const rewritten = writer.does((doc) => textOf(doc, tasks, 'one', 'text')?.insert(0, 'please '));
    expect(rewritten).toBe('pass');
    Y.applyUpdate(board.doc, backup);
    const verdict = board.guard.judgeRestored(Y.encodeStateAsUpdate(lost.doc));
    if (verdict.kind === 'refuse') throw new Error(verdict.rule);
    // Nobody may continue under the server’s client id; her own is hers.
    expect([...board.guard.serversIn(verdict.changes)]).toEqual([lost.doc.clientID]);
    expect(verdict.writers).toContain(writer.doc.clientID);
  });

  test('G5 collections of other documents are unknown in this one', () => {
    expect(ana.does((doc) => doc.getMap('cards').set('one', new Y.Map()))).toBe('unknown-root');
  });
});

test('L1 G36 edits of a person’s own record brought by another are held for the author, not refused', async () => {
  const house = await openHouse({ documents: [served(definition)] });
  const page = async (person: string, client: number, before: Y.Doc) => {
    house.membership(person);
    const doc = new Y.Doc();
    doc.clientID = client;
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(before));
    return { doc, raw: await house.raw(person, { document: 'research', control: true }) };
  };
  try {
    const first = await page('ana', 1, new Y.Doc());
    rootOf(first.doc, quotes).set('one', buildRecord(quotes, { text: 'said', author: 'ana' }));
    first.raw.update(Y.encodeStateAsUpdate(first.doc));
    await first.raw.told('saved');
    const bens = await page('ben', 2, first.doc);
    rootOf(bens.doc, quotes).set('two', buildRecord(quotes, { text: 'heard', author: 'ben' }));
    bens.raw.update(Y.encodeStateAsUpdate(bens.doc, Y.encodeStateVector(first.doc)));
    await bens.raw.told('saved');
    // The server has lost what Ana wrote under this client id, and Ben's page has it.
    const lost = await page('ana', 3, bens.doc);
    textOf(lost.doc, quotes, 'one', 'text')?.insert(0, 'once ');
    const back = await page('ben', 2, lost.doc);
    await back.raw.next('step1');
    back.raw.step2(Y.encodeStateAsUpdate(back.doc));
    const { control } = await back.raw.next('control', (one) => /held|refused/.test(one.control.kind));
    expect(control).toEqual({ kind: 'held', state: 'waiting' });
    expect(await house.store.held('lovtag/research')).toHaveLength(1);
  } finally {
    await house.close();
  }
});
