import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  cards,
  addCard,
  markPersona,
  moveCards,
  removeCards,
  setEvidence,
  setMode,
  setSupport,
} from '../../shared/collections/card.ts';
import {
  emotionKey,
  emotions,
  experience,
  pointKey,
  markEmotion,
  placePoint,
} from '../../shared/collections/emotion.ts';
import {
  ideas,
  addIdea,
  linkIdea,
  unlinkIdea,
  removeIdea,
  setIdeaOwner,
  setIdeaPlace,
  setIdeaState,
} from '../../shared/collections/idea.ts';
import { lanes, addLane, setLine } from '../../shared/collections/lane.ts';
import { personas, addPersona, recolorPersona } from '../../shared/collections/persona.ts';
import {
  phases,
  steps,
  addPhase,
  addStep,
  movePhase,
  moveStep,
  setTruth,
} from '../../shared/collections/phase.ts';
import { readRecord, rootOf, textOf } from '../../shared/schema/read.ts';
import type { Editor } from '../../shared/schema/editor.ts';
import { setGone } from '../../shared/schema/editor.ts';
import { writingLabel } from '../../shared/schema/command.ts';
import { addCards, reorderLane } from '../shared/commands.ts';
import { maxCardText, maxFrameBytes } from '../../shared/limits.ts';
import { restoreRecords } from '../../shared/workflows/restore-records.ts';
import { writeText } from '../../shared/schema/text-splice.ts';
import { Together } from './undo-people.ts';

const cell = (lane: string) => ({ lane, phase: 'p', step: null });
const gap = { after: null, before: null };
const end = gap;
const all = (label: string, count = 1) => ({ command: label, all: count, left: 0 });
const none = (label: string, count = 1) => ({ command: label, all: count, left: count });

let people: Together<'ana' | 'ben'>;

beforeEach(() => {
  vi.useFakeTimers();
  people = new Together(['ana', 'ben']);
});

afterEach(() => {
  people.close();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const pause = () => vi.advanceTimersByTime(1_000);
const card = (id: string, who: 'ana' | 'ben' = 'ana') => readRecord(people.of[who].doc, cards, id);
const lane = (id: string, who: 'ana' | 'ben' = 'ana') => card(id, who)?.place.lane;
const state = (who: 'ana' | 'ben') =>
  [...people.of[who].doc.share.keys()].map((name) => [name, people.of[who].doc.getMap(name).toJSON()]);

describe('a step without edits by others', () => {
  test('has a name, for undo and for redo', async () => {
    const { ana } = people.of;
    const id = addCard(ana, cell('a'), { gap });
    setEvidence(ana, [id], 'data');
    moveCards(ana, [id], cell('b'), gap);
    const back = [await ana.undo(), await ana.undo(), await ana.undo(), await ana.undo()];
    expect(back).toEqual([all('move-card'), all('set-evidence'), all('add-card'), null]);
    const forth = [await ana.redo(), await ana.redo(), await ana.redo(), await ana.redo()];
    expect(forth).toEqual([all('add-card'), all('set-evidence'), all('move-card'), null]);
  });

  test('has an identity, so that `last` differs from step to step', async () => {
    const { ana } = people.of;
    const id = addCard(ana, cell('a'), { gap });
    const added = ana.last;
    setEvidence(ana, [id], 'data');
    expect(ana.last).not.toBe(added);
    await ana.undo();
    expect(ana.last).toBe(added);
  });

  test('of typing ends at a pause; typing and deleting the same text makes no step', async () => {
    const { ana } = people.of;
    const id = addCard(ana, cell('a'), { gap });
    for (const text of ['H', 'He', 'Hey']) writeText(ana, cards, id, 'text', text);
    pause();
    for (const text of ['Hey y', 'Hey you']) writeText(ana, cards, id, 'text', text);
    pause();
    for (const text of ['Hey you!', 'Hey you']) writeText(ana, cards, id, 'text', text);
    expect(await ana.undo()).toEqual(all('write'));
    expect(card(id)?.text).toBe('Hey');
    expect(await ana.undo()).toEqual(all('write'));
    expect(card(id)?.text).toBe('');
    expect(await ana.redo()).toEqual(all('write'));
    expect(await ana.redo()).toEqual(all('write'));
    expect(card(id)?.text).toBe('Hey you');
  });

  test('clears redo when it is made; 200 steps are kept', async () => {
    const { ana } = people.of;
    const id = addCard(ana, cell('a'), { gap });
    await ana.undo();
    expect(ana.canRedo).toBe(true);
    const other = addCard(ana, cell('a'), { gap });
    expect([ana.canRedo, await ana.redo()]).toEqual([false, null]);
    for (let i = 0; i < 200; i++) moveCards(ana, [other], cell(`l${i}`), gap);
    let taken = 0;
    while (await ana.undo()) taken++;
    expect([taken, lane(other), card(id)?.gone]).toEqual([200, 'a', true]);
  });
});

describe('a record that was left empty', () => {
  test('leaves no step: undo continues with real work', async () => {
    const { ana } = people.of;
    const real = addCard(ana, cell('a'), { gap, text: 'Real' });
    const blank = addCard(ana, cell('a'), { gap });
    writeText(ana, cards, blank, 'text', 'x');
    ana.discard(cards, blank, removeCards);
    expect(card(blank)?.gone).toBe(true);
    expect(await ana.undo()).toEqual(all('add-card'));
    expect([card(real)?.gone, card(blank)?.gone]).toEqual([true, true]);
  });

  test('an old card that Ana empties comes back, and then its text', async () => {
    const { ana } = people.of;
    const old = addCard(ana, cell('a'), { gap, text: 'Old' });
    addCard(ana, cell('a'), { gap, text: 'Another' });
    writeText(ana, cards, old, 'text', '');
    ana.discard(cards, old, removeCards);
    expect(card(old)?.gone).toBe(true);
    expect(await ana.undo()).toEqual(all('remove-card'));
    expect(card(old)).toMatchObject({ gone: false, text: '' });
    expect(await ana.undo()).toEqual(all('write'));
    expect(card(old)?.text).toBe('Old');
  });
});

describe('changes by others since the step', () => {
  test('one undo drops one step, and keeps what Ana did before it', async () => {
    const { ana, ben } = people.of;
    const other = addCard(ben, cell('a'), { gap });
    people.hear();
    const id = addCard(ana, cell('a'), { gap });
    writeText(ana, cards, id, 'text', 'Hello');
    moveCards(ana, [other], cell('b'), gap);
    people.hear();
    moveCards(ben, [other], cell('c'), gap);
    people.hear();
    const before = state('ana');

    expect(await ana.undo()).toEqual(none('move-card'));
    expect(state('ana')).toEqual(before);
    expect(ana.canRedo).toBe(false);
    expect(await ana.undo()).toEqual(all('write'));
    expect(card(id)).toMatchObject({ text: '', gone: false });
    expect(await ana.undo()).toEqual(all('add-card'));
    people.hear();
    expect([card(id, 'ben')?.gone, lane(other, 'ben')]).toEqual([true, 'c']);
  });

  test('of five moves, Ben has changed one: four are undone and redone', async () => {
    const { ana, ben } = people.of;
    const ids = ['1', '2', '3', '4', '5'].map((text) => addCard(ana, cell('a'), { gap, text }));
    people.hear();
    moveCards(ana, ids, cell('b'), gap);
    people.hear();
    moveCards(ben, ids.slice(2, 3), cell('c'), gap);
    people.hear();
    expect(await ana.undo()).toEqual({ command: 'move-card', all: 5, left: 1 });
    expect(ids.map((id) => lane(id))).toEqual(['a', 'a', 'c', 'a', 'a']);
    people.hear();
    moveCards(ben, ids.slice(0, 1), cell('d'), gap);
    people.hear();
    expect(await ana.redo()).toEqual({ command: 'move-card', all: 4, left: 1 });
    expect(ids.map((id) => lane(id))).toEqual(['d', 'b', 'c', 'b', 'b']);
    expect(await ana.undo()).toEqual(all('move-card', 3));
    expect(ids.map((id) => lane(id))).toEqual(['d', 'a', 'c', 'a', 'a']);
    people.hear();
    expect(state('ben')).toEqual(state('ana'));
  });

  test('redo also drops a step, and does the next one only when pressed again', async () => {
    const { ana, ben } = people.of;
    const [one, two] = [addCard(ana, cell('a'), { gap }), addCard(ana, cell('a'), { gap })];
    moveCards(ana, [one], cell('b'), gap);
    moveCards(ana, [two], cell('b'), gap);
    await ana.undo();
    await ana.undo();
    people.hear();
    moveCards(ben, [one], cell('c'), gap);
    people.hear();
    expect(await ana.redo()).toEqual(none('move-card'));
    expect([lane(one), lane(two)]).toEqual(['c', 'a']);
    expect(await ana.redo()).toEqual(all('move-card'));
    expect([lane(one), lane(two)]).toEqual(['c', 'b']);
  });

  test("a value of Ben's that Ana overwrote and restored counts as his", async () => {
    const { ana, ben } = people.of;
    const id = addCard(ana, cell('a'), { gap });
    moveCards(ana, [id], cell('b'), gap);
    people.hear();
    moveCards(ben, [id], cell('c'), gap);
    people.hear();
    moveCards(ana, [id], cell('d'), gap);
    expect(await ana.undo()).toEqual(all('move-card'));
    expect(lane(id)).toBe('c');
    expect(await ana.undo()).toEqual(none('move-card'));
    expect(lane(id)).toBe('c');
  });

  test("a value that Ben sets back to Ana's counts as his", async () => {
    const { ana, ben } = people.of;
    const id = addCard(ana, cell('a'), { gap });
    setEvidence(ana, [id], 'data');
    people.hear();
    setEvidence(ben, [id], 'partly');
    setEvidence(ben, [id], 'data');
    people.hear();
    expect(await ana.undo()).toEqual(none('set-evidence'));
    expect(card(id)?.evidence).toBe('data');
  });

  test("a concurrent change of Ben's that lost does not count", async () => {
    const { ana, ben } = people.of;
    ana.doc.clientID = 2;
    ben.doc.clientID = 1;
    const id = addCard(ana, cell('a'), { gap });
    people.hear();
    moveCards(ana, [id], cell('b'), gap);
    moveCards(ben, [id], cell('c'), gap);
    people.hear();
    expect([lane(id, 'ana'), lane(id, 'ben')]).toEqual(['b', 'b']);
    expect(await ben.undo()).toEqual(none('move-card'));
    expect(await ana.undo()).toEqual(all('move-card'));
    people.hear();
    expect([lane(id, 'ana'), lane(id, 'ben')]).toEqual(['a', 'a']);
  });

  test('nothing changes in a card that Ben has removed, where nobody would see it', async () => {
    const { ana, ben } = people.of;
    const ids = ['x', 'y'].map((text) => addCard(ana, cell('a'), { gap, text }));
    const [id = ''] = ids;
    writeText(ana, cards, id, 'text', 'x and more');
    moveCards(ana, ids, cell('b'), gap);
    people.hear();
    removeCards(ben, [id]);
    people.hear();
    expect(await ana.undo()).toEqual({ command: 'move-card', all: 2, left: 1 });
    expect(await ana.undo()).toEqual(none('write'));
    restoreRecords(ben, [{ of: cards, id }]);
    people.hear();
    expect(card(id)).toMatchObject({ text: 'x and more', gone: false, place: { lane: 'b' } });
  });

  test('a value that stayed because its card was removed is not skipped later', async () => {
    const { ana, ben } = people.of;
    const id = addCard(ana, cell('a'), { gap });
    setEvidence(ana, [id], 'data');
    setEvidence(ana, [id], 'partly');
    people.hear();
    removeCards(ben, [id]);
    people.hear();
    expect(await ana.undo()).toEqual(none('set-evidence'));
    restoreRecords(ben, [{ of: cards, id }]);
    people.hear();
    expect(await ana.undo()).toEqual(none('set-evidence'));
    expect(card(id)?.evidence).toBe('partly');
  });

  test('a removed card that Ben has restored stays', async () => {
    const { ana, ben } = people.of;
    const id = addCard(ana, cell('a'), { gap });
    removeCards(ana, [id]);
    people.hear();
    restoreRecords(ben, [{ of: cards, id }]);
    people.hear();
    expect(await ana.undo()).toEqual(none('remove-card'));
    expect(card(id)?.gone).toBe(false);
  });

  test('a restored card has what Ben wrote on it meanwhile', async () => {
    const { ana, ben } = people.of;
    const id = addCard(ana, cell('a'), { gap });
    people.hear();
    removeCards(ana, [id]);
    writeText(ben, cards, id, 'text', 'Hello');
    people.hear();
    expect(await ana.undo()).toEqual(all('remove-card'));
    expect(card(id)).toMatchObject({ gone: false, text: 'Hello' });
    await ana.undo();
    expect(card(id)).toMatchObject({ gone: true, text: 'Hello' });
    await ana.redo();
    expect(card(id)).toMatchObject({ gone: false, text: 'Hello' });
  });
});

describe('letters', () => {
  test('Ben’s stay when Ana undoes hers, and hers come back in their places', async () => {
    const { ana, ben } = people.of;
    const id = addCard(ana, cell('a'), { gap });
    writeText(ana, cards, id, 'text', 'cold tea');
    people.hear();
    ben.change(writingLabel('cards', id, 'text'), () =>
      textOf(ben.doc, cards, id, 'text')?.insert(5, 'green '),
    );
    people.hear();
    expect(await ana.undo()).toEqual(all('write'));
    expect(card(id)?.text).toBe('green ');
    expect(await ana.redo()).toEqual(all('write'));
    expect(card(id)?.text).toBe('cold green tea');
  });

  test('of Ana’s that Ben deleted are not restored; if Ben deleted all, the step is dropped', async () => {
    const { ana, ben } = people.of;
    const id = addCard(ana, cell('a'), { gap, text: 'tea' });
    writeText(ana, cards, id, 'text', 'tea cold');
    pause();
    writeText(ana, cards, id, 'text', 'tea cold!');
    people.hear();
    writeText(ben, cards, id, 'text', 'tea co');
    people.hear();
    expect(await ana.undo()).toEqual(none('write'));
    expect(card(id)?.text).toBe('tea co');
    expect(await ana.undo()).toEqual(all('write'));
    expect(card(id)?.text).toBe('tea');
    await ana.redo();
    expect(card(id)?.text).toBe('tea co');
  });

  test('of Ben’s that Ana deleted come back, and no step of hers removes them again', async () => {
    const { ana, ben } = people.of;
    const id = addCard(ana, cell('a'), { gap });
    writeText(ana, cards, id, 'text', 'ab');
    people.hear();
    ben.change(writingLabel('cards', id, 'text'), () => textOf(ben.doc, cards, id, 'text')?.insert(1, 'X'));
    people.hear();
    pause();
    writeText(ana, cards, id, 'text', '');
    expect(await ana.undo()).toEqual(all('write'));
    expect(card(id)?.text).toBe('aXb');
    expect(await ana.undo()).toEqual(all('write'));
    expect(card(id)?.text).toBe('X');
  });
});

describe('a large command', { timeout: 30_000 }, () => {
  const many = (count: number) => {
    const places = Array.from({ length: count }, () => ({ place: { ...cell('a'), order: 'a0' } }));
    const ids = addCards(people.of.ana, places);
    vi.runAllTimers();
    people.hear();
    return ids;
  };
  const moved = (ids: readonly string[], who: 'ana' | 'ben' = 'ana') =>
    ids.filter((id) => lane(id, who) === 'b').length;

  /** Each transaction keeps Ana's page so busy that it pauses for others after it. */
  const slow = () => {
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    people.of.ana.doc.on('beforeTransaction', () => (now += 20));
  };

  test('is sent in parts, with time for others in between, and undo and redo treat it as one step', async () => {
    const { ana, ben } = people.of;
    const ids = many(1_000);
    const [third = ''] = ids.slice(2);
    slow();
    moveCards(ana, ids, cell('b'));
    expect(moved(ids)).toBe(200);
    people.hear();
    moveCards(ben, [third], cell('c'), gap);
    people.hear();
    vi.runAllTimers();
    expect(moved(ids)).toBe(999);

    const undone = ana.undo();
    expect(moved(ids)).toBe(799);
    vi.runAllTimers();
    expect(await undone).toEqual({ command: 'move-card', all: 1_000, left: 1 });
    expect([moved(ids), lane(third)]).toEqual([0, 'c']);
    const redone = ana.redo();
    vi.runAllTimers();
    expect(await redone).toEqual(all('move-card', 999));
    people.hear();
    expect([moved(ids, 'ben'), lane(third, 'ben')]).toEqual([999, 'c']);
  });

  test('is finished before anything else is done or undone', async () => {
    const { ana } = people.of;
    const ids = many(1_000);
    slow();
    moveCards(ana, ids, cell('b'));
    addCard(ana, cell('a'), { gap });
    expect(moved(ids)).toBe(1_000);
    expect(await ana.undo()).toEqual(all('add-card'));
    const first = ana.undo();
    const second = ana.redo();
    vi.runAllTimers();
    expect([await first, await second]).toEqual([all('move-card', 1_000), all('move-card', 1_000)]);
    expect(moved(ids)).toBe(1_000);
    moveCards(ana, ids, cell('a'));
    ana.close();
    expect(moved(ids)).toBe(0);
  });

  test('is finished at once when the page is hidden, where timers are slow', () => {
    const ids = many(1_000);
    slow();
    moveCards(people.of.ana, ids, cell('b'));
    dispatchEvent(new Event('pagehide'));
    expect(moved(ids)).toBe(1_000);
  });

  test('has no part larger than the frame limit, however long the texts are', () => {
    const { ana } = people.of;
    const sizes: number[] = [];
    ana.doc.on('update', (update: Uint8Array) => sizes.push(update.length));
    addCards(
      ana,
      Array.from({ length: 500 }, () => ({ text: '漢'.repeat(maxCardText) })),
    );
    expect(Math.max(...sizes)).toBeLessThan(maxFrameBytes / 4);
  });

  test('keeps the order of the cards that it moves, with short keys, even in the narrowest gap', () => {
    const { ana } = people.of;
    const [after = '', before = '', ...ids] = many(1_002);
    moveCards(ana, [after, before], cell('b'));
    moveCards(ana, ids, cell('b'), { after, before });
    const orders = [after, ...ids, before].map((id) => card(id)?.place.order ?? '');
    expect(orders).toEqual(orders.toSorted());
    expect(new Set(orders).size).toBe(1_002);
    expect(Math.max(...orders.map((order) => order.length))).toBeLessThan(12);
  });
});

/** A change to each kind of plain value: how Ana makes it, how Ben changes it after her, and how it reads. */
interface Kind {
  readonly begin: (editor: Editor) => string;
  readonly ana: (editor: Editor, id: string) => void;
  readonly ben: (editor: Editor, id: string) => void;
  readonly reads: (editor: Editor, id: string) => unknown;
}

const field = (of: Parameters<typeof readRecord>[1], name: string): Kind['reads'] => {
  return ({ doc }, id) => Object.entries(readRecord(doc, of, id) ?? {}).find(([key]) => key === name)?.[1];
};
const newCard = (editor: Editor) => addCard(editor, cell('a'), { gap });
const newIdea = (editor: Editor) => addIdea(editor, { title: 'Bench' });
const newPhase = (editor: Editor) => addPhase(editor, 'before', 'P', { after: null, before: null });
const newStep = (editor: Editor) => addStep(editor, 'p', 'S', { after: null, before: null });
const newLane = (editor: Editor) =>
  addLane(editor, { title: 'L', type: 'text', group: 'customer' }, { after: null, before: null });
const newPersona = (editor: Editor) => addPersona(editor, 'N');
const calmAt = { persona: 'n', phase: 'p', emotion: 'calm' } as const;
const point = { persona: 'n', phase: 'p' };
const nothing = () => '';

const kinds: Record<string, Kind> = {
  place: {
    begin: newCard,
    ana: (editor, id) => moveCards(editor, [id], cell('b'), gap),
    ben: (editor, id) => moveCards(editor, [id], cell('c'), gap),
    reads: field(cards, 'place'),
  },
  evidence: {
    begin: newCard,
    ana: (editor, id) => setEvidence(editor, [id], 'data'),
    ben: (editor, id) => setEvidence(editor, [id], 'partly'),
    reads: field(cards, 'evidence'),
  },
  mode: {
    begin: newCard,
    ana: (editor, id) => setMode(editor, [id], 'online'),
    ben: (editor, id) => setMode(editor, [id], null),
    reads: field(cards, 'mode'),
  },
  support: {
    begin: newCard,
    ana: (editor, id) => setSupport(editor, [id], 'weak'),
    ben: (editor, id) => setSupport(editor, [id], 'strong'),
    reads: field(cards, 'support'),
  },
  'a member that is put in': {
    begin: newCard,
    ana: (editor, id) => markPersona(editor, [id], 'n', true),
    ben: (editor, id) => markPersona(editor, [id], 'n', false),
    reads: field(cards, 'personas'),
  },
  'a member that is taken out': {
    begin: (editor) => addCard(editor, cell('a'), { gap, personas: ['n'] }),
    ana: (editor, id) => markPersona(editor, [id], 'n', false),
    ben: (editor, id) => markPersona(editor, [id], 'n', true),
    reads: field(cards, 'personas'),
  },
  gone: {
    begin: newCard,
    ana: (editor, id) => removeCards(editor, [id]),
    ben: (editor, id) => restoreRecords(editor, [{ of: cards, id }]),
    reads: field(cards, 'gone'),
  },
  'the state of an idea': {
    begin: newIdea,
    ana: (editor, id) => setIdeaState(editor, id, 'planned'),
    ben: (editor, id) => setIdeaState(editor, id, 'done'),
    reads: field(ideas, 'state'),
  },
  'the owner of an idea': {
    begin: newIdea,
    ana: (editor, id) => setIdeaOwner(editor, id, 'ana'),
    ben: (editor, id) => setIdeaOwner(editor, id, 'ben'),
    reads: field(ideas, 'owner'),
  },
  'the place of an idea': {
    begin: newIdea,
    ana: (editor, id) => setIdeaPlace(editor, id, { phase: 'p', step: null }),
    ben: (editor, id) => setIdeaPlace(editor, id, { phase: 'q', step: null }),
    reads: field(ideas, 'place'),
  },
  'the card of an idea': {
    begin: newIdea,
    ana: (editor, id) => linkIdea(editor, id, 'c'),
    ben: (editor, id) => unlinkIdea(editor, id, 'c'),
    reads: field(ideas, 'cards'),
  },
  'an idea that is removed': {
    begin: newIdea,
    ana: (editor, id) => removeIdea(editor, id),
    ben: (editor, id) => setGone(editor, ideas, id, false),
    reads: field(ideas, 'gone'),
  },
  'the place of a phase': {
    begin: newPhase,
    ana: (editor, id) => movePhase(editor, id, 'during', end),
    ben: (editor, id) => movePhase(editor, id, 'after', end),
    reads: field(phases, 'place'),
  },
  'the place of a step': {
    begin: newStep,
    ana: (editor, id) => moveStep(editor, id, 'q', end),
    ben: (editor, id) => moveStep(editor, id, 'r', end),
    reads: field(steps, 'place'),
  },
  'a moment of truth': {
    begin: newStep,
    ana: (editor, id) => setTruth(editor, id, true),
    ben: (editor, id) => setTruth(editor, id, false),
    reads: field(steps, 'truth'),
  },
  'the order of a lane': {
    begin: newLane,
    // `moveLane` picks a random key, and may pick one twice.
    ana: (editor, id) => reorderLane(editor, id, 'b0'),
    ben: (editor, id) => reorderLane(editor, id, 'c0'),
    reads: field(lanes, 'order'),
  },
  'the line of a lane': {
    begin: newLane,
    ana: (editor, id) => setLine(editor, id, 'visibility'),
    ben: (editor, id) => setLine(editor, id, null),
    reads: field(lanes, 'line'),
  },
  'the colour of a persona': {
    begin: newPersona,
    ana: (editor, id) => recolorPersona(editor, id, '#000002'),
    ben: (editor, id) => recolorPersona(editor, id, '#000003'),
    reads: field(personas, 'color'),
  },
  'an emotion that is marked': {
    begin: nothing,
    ana: (editor) => markEmotion(editor, calmAt, 'present'),
    ben: (editor) => markEmotion(editor, calmAt, 'absent'),
    reads: ({ doc }) => rootOf(doc, emotions).get(emotionKey(calmAt)),
  },
  'an emotion that is unmarked': {
    begin: (editor) => (markEmotion(editor, calmAt, 'present'), ''),
    ana: (editor) => markEmotion(editor, calmAt, null),
    ben: (editor) => markEmotion(editor, calmAt, 'absent'),
    reads: ({ doc }) => rootOf(doc, emotions).get(emotionKey(calmAt)),
  },
  'a point that is placed': {
    begin: nothing,
    ana: (editor) => placePoint(editor, point, 1),
    ben: (editor) => placePoint(editor, point, null),
    reads: ({ doc }) => rootOf(doc, experience).get(pointKey(point)),
  },
  'a point that is given back': {
    begin: (editor) => (placePoint(editor, point, 1), ''),
    ana: (editor) => placePoint(editor, point, null),
    ben: (editor) => placePoint(editor, point, 2),
    reads: ({ doc }) => rootOf(doc, experience).get(pointKey(point)),
  },
};

describe.each(Object.entries(kinds))('an edit (%s)', (_, kind) => {
  test('is undone and redone; once Ben has changed it, it stays', async () => {
    const { ana, ben } = people.of;
    const id = kind.begin(ben);
    people.hear();
    const reads = () => kind.reads(ana, id);
    const first = reads();
    kind.ana(ana, id);
    const hers = reads();
    expect(hers).not.toEqual(first);
    await ana.undo();
    expect(reads()).toEqual(first);
    await ana.redo();
    expect(reads()).toEqual(hers);
    await ana.undo();
    await ana.redo();
    expect(reads()).toEqual(hers);

    people.hear();
    kind.ben(ben, id);
    people.hear();
    const his = reads();
    expect(await ana.undo()).toMatchObject({ all: 1, left: 1 });
    expect([reads(), await ana.undo(), await ana.redo()]).toEqual([his, null, null]);
    people.hear();
    expect(state('ben')).toEqual(state('ana'));
  });

  test('is not redone after Ana undid it and Ben changed it', async () => {
    const { ana, ben } = people.of;
    const id = kind.begin(ben);
    people.hear();
    kind.ana(ana, id);
    await ana.undo();
    people.hear();
    kind.ana(ben, id);
    people.hear();
    const before = state('ana');
    expect(await ana.redo()).toMatchObject({ all: 1, left: 1 });
    expect(state('ana')).toEqual(before);
  });
});
