import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import * as card from '../../shared/collections/card.ts';
import * as emotion from '../../shared/collections/emotion.ts';
import * as idea from '../../shared/collections/idea.ts';
import * as lane from '../../shared/collections/lane.ts';
import * as person from '../../shared/collections/person.ts';
import * as persona from '../../shared/collections/persona.ts';
import * as phase from '../../shared/collections/phase.ts';
import { openRoots } from '../../shared/documents.ts';
import { PlainEditor } from '../../shared/schema/editor.ts';
import { byOrder } from '../../shared/schema/order-key.ts';
import { readAll, readRecord, readValues } from '../../shared/schema/read.ts';
import * as restoring from '../../shared/workflows/restore-records.ts';
import * as journey from '../../shared/workflows/start-journey.ts';

const atEnd = { after: null, before: null };

/** A small board. `takeUpdates` returns the number of updates since its last call. */
function openBoard() {
  const doc = new Y.Doc();
  openRoots(doc);
  const ana = new PlainEditor(doc, 'ana');
  const ride = phase.addPhase(ana, 'during', 'Ride', atEnd);
  const leave = phase.addPhase(ana, 'during', 'Leave', { after: ride, before: null });
  const doing = lane.addLane(ana, { title: 'Doing', type: 'text', group: 'customer' }, atEnd);
  const mood = lane.addLane(
    ana,
    { title: 'Mood', type: 'text', group: 'customer' },
    { after: doing, before: null },
  );
  const sit = phase.addStep(ana, ride, 'Sit', atEnd);
  const look = phase.addStep(ana, ride, 'Look', { after: sit, before: null });
  const lars = persona.addPersona(ana, 'Lars');
  const cell = { lane: doing, phase: ride, step: null };
  const one = card.addCard(ana, cell, { text: 'one' });
  const two = card.addCard(ana, cell, { text: 'two' });
  const wifi = idea.addIdea(ana, { title: 'Wifi' });
  let updates = 0;
  doc.on('update', () => updates++);
  const takeUpdates = () => {
    const made = updates;
    updates = 0;
    return made;
  };
  const ids = { ride, leave, doing, mood, sit, look, lars, one, two, wifi };
  return { ana, doc, cell, ids, takeUpdates, texts: (at: card.CellAt) => textsIn(doc, at) };
}

type Board = ReturnType<typeof openBoard>;
type Ids = Board['ids'];

function textsIn(doc: Y.Doc, at: card.CellAt): string[] {
  return readAll(doc, card.cards)
    .filter(({ place }) => card.cellKey(place) === card.cellKey(at))
    .map(({ id, place, text }) => ({ id, order: place.order, text }))
    .sort(byOrder)
    .map(({ text }) => text);
}

/** Ids of records that do not exist. */
const nobody = Object.fromEntries(
  Object.keys(openBoard().ids).map((key) => [key, `no-${key}`]),
) as unknown as Ids;

const oneCard = ({ doc, ids }: Board) => readRecord(doc, card.cards, ids.one);
const wifi = ({ doc, ids }: Board) => readRecord(doc, idea.ideas, ids.wifi);
const laneTitles = ({ doc }: Board) =>
  readAll(doc, lane.lanes)
    .sort(byOrder)
    .map(({ title }) => title);
const inOrder = <R extends { id: string; place: { order: string } }>(all: readonly R[]) =>
  all.toSorted((a, b) => byOrder({ id: a.id, order: a.place.order }, { id: b.id, order: b.place.order }));
const phaseTitles = ({ doc }: Board, period: phase.Period) =>
  inOrder(readAll(doc, phase.phases).filter(({ place }) => place.period === period)).map(
    ({ title }) => title,
  );
const stepTitles = ({ doc }: Board, of: string) =>
  inOrder(readAll(doc, phase.steps).filter(({ place }) => place.phase === of)).map(({ title }) => title);

/** A command, and the board after it. `run` gets the ids, so that it can also run on missing records. */
interface Case {
  readonly run: (board: Board, ids: Ids) => unknown;
  readonly read: (board: Board) => unknown;
  readonly gives: unknown;
}

/** Commands that set something: they have no effect the second time, or if the record does not exist. */
const setting: Readonly<Record<string, Case>> = {
  'remove-card': {
    run: ({ ana }, { one, two }) => card.removeCards(ana, [one, two]),
    read: ({ texts, cell }) => texts(cell),
    gives: [],
  },
  'restore-record': {
    run: ({ ana }, { one }) => restoring.restoreRecords(ana, [{ of: card.cards, id: one }]),
    read: ({ texts, cell }) => texts(cell),
    gives: ['one', 'two'],
  },
  'mark-persona': {
    run: ({ ana }, { one, lars }) => card.markPersona(ana, [one], lars, true),
    read: (board) => oneCard(board)?.personas.length,
    gives: 1,
  },
  'set-evidence': {
    run: ({ ana }, { one }) => card.setEvidence(ana, [one], 'validated'),
    read: (board) => oneCard(board)?.evidence,
    gives: 'validated',
  },
  'set-mode': {
    run: ({ ana }, { one }) => card.setMode(ana, [one], 'online'),
    read: (board) => oneCard(board)?.mode,
    gives: 'online',
  },
  'set-support': {
    run: ({ ana }, { one }) => card.setSupport(ana, [one], 'weak'),
    read: (board) => oneCard(board)?.support,
    gives: 'weak',
  },
  'set-card-decision': {
    run: ({ ana }, { one }) => card.setCardDecision(ana, [one], 'parked'),
    read: (board) => oneCard(board)?.decision,
    gives: 'parked',
  },
  'lock-card': {
    run: ({ ana }, { one }) => card.lockCards(ana, [one], true),
    read: (board) => oneCard(board)?.locked,
    gives: true,
  },
  'set-idea-decision': {
    run: ({ ana }, ids) => idea.setIdeaDecision(ana, ids.wifi, 'decided'),
    read: (board) => wifi(board)?.decision,
    gives: 'decided',
  },
  'lock-idea': {
    run: ({ ana }, ids) => idea.lockIdea(ana, ids.wifi, true),
    read: (board) => wifi(board)?.locked,
    gives: true,
  },
  'lock-lane': {
    run: ({ ana }, { doing }) => lane.lockLane(ana, doing, true),
    read: ({ doc, ids }) => readRecord(doc, lane.lanes, ids.doing)?.locked,
    gives: true,
  },
  'set-idea-state': {
    run: ({ ana }, ids) => idea.setIdeaState(ana, ids.wifi, 'done'),
    read: (board) => wifi(board)?.state,
    gives: 'done',
  },
  'set-idea-owner': {
    run: ({ ana }, ids) => idea.setIdeaOwner(ana, ids.wifi, 'ben'),
    read: (board) => wifi(board)?.owner,
    gives: 'ben',
  },
  'set-idea-place': {
    run: ({ ana }, ids) => idea.setIdeaPlace(ana, ids.wifi, { phase: 'p', step: 's' }),
    read: (board) => wifi(board)?.place,
    gives: { phase: 'p', step: 's' },
  },
  'set-idea-persona': {
    run: ({ ana }, ids) => idea.setIdeaPersona(ana, ids.wifi, 'lars', true),
    read: (board) => wifi(board)?.personas,
    gives: ['lars'],
  },
  'link-idea': {
    run: ({ ana }, ids) => idea.linkIdea(ana, ids.wifi, 'hunger'),
    read: (board) => wifi(board)?.cards,
    gives: ['hunger'],
  },
  'unlink-idea': {
    run: ({ ana }, ids) => idea.unlinkIdea(ana, ids.wifi, 'hunger'),
    read: (board) => wifi(board)?.cards,
    gives: [],
  },
  'remove-idea': {
    run: ({ ana }, ids) => idea.removeIdea(ana, ids.wifi),
    read: ({ doc }) => readAll(doc, idea.ideas),
    gives: [],
  },
  'remove-lane': {
    run: ({ ana }, { doing }) => lane.removeLane(ana, doing),
    read: laneTitles,
    gives: ['Mood'],
  },
  'set-line': {
    run: ({ ana }, { doing }) => lane.setLine(ana, doing, 'visibility'),
    read: ({ doc, ids }) => readRecord(doc, lane.lanes, ids.doing)?.line,
    gives: 'visibility',
  },
  'recolor-persona': {
    run: ({ ana }, { lars }) => persona.recolorPersona(ana, lars, '#123456'),
    read: ({ doc, ids }) => readRecord(doc, persona.personas, ids.lars)?.color,
    gives: '#123456',
  },
  'remove-persona': {
    run: ({ ana }, { lars }) => persona.removePersona(ana, lars),
    read: ({ doc }) => readAll(doc, persona.personas),
    gives: [],
  },
  'remove-phase': {
    run: ({ ana }, { ride }) => phase.removePhase(ana, ride),
    read: (board) => phaseTitles(board, 'during'),
    gives: ['Leave'],
  },
  'remove-step': {
    run: ({ ana }, { sit }) => phase.removeStep(ana, sit),
    read: (board) => stepTitles(board, board.ids.ride),
    gives: ['Look'],
  },
  'set-truth': {
    run: ({ ana }, { sit }) => phase.setTruth(ana, sit, true),
    read: ({ doc, ids }) => readRecord(doc, phase.steps, ids.sit)?.truth,
    gives: true,
  },
};

/** Commands that move something: a second run leaves the record in place; a missing record has no effect. */
const moving: Readonly<Record<string, Case>> = {
  'move-card': {
    run: ({ ana, cell }, { two, one }) => card.moveCards(ana, [two], cell, { after: null, before: one }),
    read: ({ texts, cell }) => texts(cell),
    gives: ['two', 'one'],
  },
  'move-lane': {
    run: ({ ana }, { mood, doing }) => lane.moveLane(ana, mood, { after: null, before: doing }),
    read: laneTitles,
    gives: ['Mood', 'Doing'],
  },
  'move-phase': {
    run: ({ ana }, { leave, ride }) => phase.movePhase(ana, leave, 'during', { after: null, before: ride }),
    read: (board) => phaseTitles(board, 'during'),
    gives: ['Leave', 'Ride'],
  },
  'move-step': {
    run: ({ ana }, { look, ride, sit }) => phase.moveStep(ana, look, ride, { after: null, before: sit }),
    read: (board) => stepTitles(board, board.ids.ride),
    gives: ['Look', 'Sit'],
  },
};

/** Commands with a separate test below. */
const others = [
  'add-card',
  'add-idea',
  'add-lane',
  'add-persona',
  'add-phase',
  'add-step',
  'mark-emotion',
  'place-point',
  'start-journey',
];

test('every command has a case in this test', () => {
  const files: object[] = [card, emotion, idea, lane, person, persona, phase, restoring, journey];
  const all = files.flatMap((file) =>
    Object.values(file).flatMap((made: unknown) =>
      typeof made === 'function' && 'command' in made ? String(made.command) : [],
    ),
  );
  const here = [...Object.keys(setting), ...Object.keys(moving), ...others];
  expect([...new Set(all)].sort()).toEqual(here.sort());
});

describe.each(Object.entries(setting))('the command %s', (_name, { run, read, gives }) => {
  test('makes its change, and has no effect the second time', () => {
    const board = openBoard();
    run(board, board.ids);
    expect(read(board)).toEqual(gives);
    board.takeUpdates();
    run(board, board.ids);
    expect(board.takeUpdates()).toBe(0);
    expect(read(board)).toEqual(gives);
  });

  test('does nothing if the record does not exist', () => {
    const board = openBoard();
    run(board, nobody);
    expect(board.takeUpdates()).toBe(0);
  });
});

describe.each(Object.entries(moving))('the command %s', (_name, { run, read, gives }) => {
  test('moves the record into the gap in one update; a second run leaves it there', () => {
    const board = openBoard();
    run(board, board.ids);
    expect(board.takeUpdates()).toBe(1);
    expect(read(board)).toEqual(gives);
    run(board, board.ids);
    expect(read(board)).toEqual(gives);
  });

  test('does nothing if the record does not exist', () => {
    const board = openBoard();
    run(board, nobody);
    expect(board.takeUpdates()).toBe(0);
  });
});

describe('commands on cards', () => {
  test('remove cards without deleting their content, and restore some of them', () => {
    const { ana, doc, cell, ids, texts } = openBoard();
    card.setEvidence(ana, [ids.two], 'data');
    card.removeCards(ana, [ids.one, ids.two]);
    expect(texts(cell)).toEqual([]);
    restoring.restoreRecords(ana, [
      { of: card.cards, id: ids.two },
      { of: card.cards, id: 'no-card' },
    ]);
    expect(texts(cell)).toEqual(['two']);
    expect(readRecord(doc, card.cards, ids.two)?.evidence).toBe('data');
  });

  test('restore a card with its phase, or into another cell, as one update', () => {
    const { ana, doc, cell, ids, texts, takeUpdates } = openBoard();
    card.removeCards(ana, [ids.one]);
    phase.removePhase(ana, cell.phase);
    takeUpdates();
    restoring.restoreRecords(ana, [
      { of: card.cards, id: ids.one },
      { of: phase.phases, id: cell.phase },
    ]);
    expect(takeUpdates()).toBe(1);
    expect(readRecord(doc, phase.phases, cell.phase)?.gone).toBe(false);
    expect(texts(cell)).toEqual(['one', 'two']);
    const elsewhere = { lane: cell.lane, phase: 'another', step: null };
    restoring.restoreRecords(ana, [{ of: card.cards, id: ids.one }], elsewhere);
    expect(takeUpdates()).toBe(1);
    expect(texts(elsewhere)).toEqual(['one']);
  });

  test('add a card at the end of its cell or in a gap, with its author', () => {
    const { ana, doc, cell, ids, texts } = openBoard();
    const three = card.addCard(ana, cell, { text: 'three', personas: [ids.lars] });
    card.addCard(ana, cell, { text: 'between', gap: { after: ids.one, before: ids.two } });
    card.addCard(ana, cell);
    expect(texts(cell)).toEqual(['one', 'between', 'two', 'three', '']);
    expect(readRecord(doc, card.cards, three)).toMatchObject({
      author: 'ana',
      personas: [ids.lars],
      evidence: 'hypothesis',
      gone: false,
    });
  });

  test('move several cards to another cell in the given order, and skip missing and removed ones', () => {
    const { ana, cell, ids, texts } = openBoard();
    const there = { ...cell, lane: ids.mood };
    const three = card.addCard(ana, there, { text: 'three' });
    const removed = card.addCard(ana, cell, { text: 'removed' });
    card.removeCards(ana, [removed]);
    card.moveCards(ana, [ids.two, 'no-card', removed, ids.one], there, { after: null, before: three });
    expect([texts(cell), texts(there)]).toEqual([[], ['two', 'one', 'three']]);
  });

  test('mark and unmark a persona, even on a card that another program created without a set of personas', () => {
    const { ana, doc, ids } = openBoard();
    const bare = new Y.Map<unknown>([['text', new Y.Text('bare')]]);
    doc.getMap('cards').set('bare', bare);
    card.markPersona(ana, [ids.one, 'bare'], ids.lars, true);
    expect(readRecord(doc, card.cards, 'bare')?.personas).toEqual([ids.lars]);
    card.markPersona(ana, [ids.one, 'bare'], ids.lars, false);
    expect([ids.one, 'bare'].map((id) => readRecord(doc, card.cards, id)?.personas)).toEqual([[], []]);
  });
});

test('an idea is added with its author and without a number, which the server assigns', () => {
  const { ana, doc, ids } = openBoard();
  const place = { phase: ids.ride, step: ids.sit };
  const made = idea.addIdea(ana, { title: 'Quiet car', cards: [ids.one], personas: [ids.lars], place });
  expect(readRecord(doc, idea.ideas, made)).toMatchObject({
    title: 'Quiet car',
    number: 0,
    author: 'ana',
    state: 'new',
    cards: [ids.one],
    personas: [ids.lars],
    place,
  });
  idea.unlinkIdea(ana, made, ids.one);
  idea.setIdeaPersona(ana, made, ids.lars, false);
  expect(readRecord(doc, idea.ideas, made)).toMatchObject({ cards: [], personas: [] });
});

test('phases, steps and lanes are added at the requested position', () => {
  const board = openBoard();
  const { ana, ids } = board;
  phase.addPhase(ana, 'during', 'Board', { after: null, before: ids.ride });
  phase.addPhase(ana, 'before', 'Plan', atEnd);
  phase.addStep(ana, ids.ride, 'Sleep', { after: ids.sit, before: ids.look });
  lane.addLane(
    ana,
    { title: 'Thinking', type: 'text', group: 'customer' },
    { after: ids.doing, before: ids.mood },
  );
  expect(phaseTitles(board, 'during')).toEqual(['Board', 'Ride', 'Leave']);
  expect(phaseTitles(board, 'before')).toEqual(['Plan']);
  expect(stepTitles(board, ids.ride)).toEqual(['Sit', 'Sleep', 'Look']);
  expect(laneTitles(board)).toEqual(['Doing', 'Thinking', 'Mood']);
});

test('each persona gets an unused colour and shape until all are used', () => {
  const { ana, doc } = openBoard();
  const most = Math.max(persona.personaColors.length, persona.personaShapes.length);
  for (let n = 1; n < most + 1; n++) persona.addPersona(ana, `Persona ${n}`);
  const all = readAll(doc, persona.personas).sort(byOrder);
  expect(all.map(({ name }) => name).slice(0, 2)).toEqual(['Lars', 'Persona 1']);
  expect(new Set(all.map(({ color }) => color)).size).toBe(persona.personaColors.length);
  expect(new Set(all.map(({ shape }) => shape)).size).toBe(persona.personaShapes.length);
  expect(all.at(-1)).toMatchObject({
    color: persona.personaColors[most % persona.personaColors.length],
    shape: persona.personaShapes[most % persona.personaShapes.length],
  });
});

describe('emotions and points', () => {
  const at = { persona: 'lars', phase: 'p' };

  test('marking the same emotion again changes nothing; another mark replaces it; null clears it', () => {
    const { ana, doc, takeUpdates } = openBoard();
    const calm = { ...at, emotion: 'calm' as const };
    emotion.markEmotion(ana, calm, 'present');
    expect(takeUpdates()).toBe(1);
    emotion.markEmotion(ana, calm, 'present');
    expect(takeUpdates()).toBe(0);
    emotion.markEmotion(ana, calm, 'present', 'survey');
    emotion.markEmotion(ana, calm, 'absent', 'survey');
    expect(takeUpdates()).toBe(2);
    expect(readValues(doc, emotion.emotions)).toEqual([{ ...calm, presence: 'absent', seen: 'survey' }]);
    emotion.markEmotion(ana, calm, null);
    expect([takeUpdates(), readValues(doc, emotion.emotions)]).toEqual([1, []]);
    emotion.markEmotion(ana, calm, null);
    expect(takeUpdates()).toBe(0);
  });

  test('a point is placed once, even at 0; removing a missing point has no effect', () => {
    const { ana, doc, takeUpdates } = openBoard();
    emotion.placePoint(ana, at, null);
    expect(takeUpdates()).toBe(0);
    emotion.placePoint(ana, at, 0);
    emotion.placePoint(ana, at, 0);
    expect(takeUpdates()).toBe(1);
    expect(readValues(doc, emotion.experience)).toEqual([{ ...at, value: 0 }]);
    emotion.placePoint(ana, at, -1.5);
    emotion.placePoint(ana, at, null);
    emotion.placePoint(ana, at, null);
    expect([takeUpdates(), readValues(doc, emotion.experience)]).toEqual([2, []]);
  });

  test('two people who mark one emotion at the same time mark it once', () => {
    const docs = [new Y.Doc(), new Y.Doc()] as const;
    docs.forEach((doc, n) => {
      openRoots(doc);
      emotion.markEmotion(new PlainEditor(doc, `person ${n}`), { ...at, emotion: 'calm' }, 'present');
    });
    const [one, two] = docs;
    Y.applyUpdate(one, Y.encodeStateAsUpdate(two));
    Y.applyUpdate(two, Y.encodeStateAsUpdate(one));
    expect(readValues(one, emotion.emotions)).toHaveLength(1);
    expect(readValues(two, emotion.emotions)).toEqual(readValues(one, emotion.emotions));
  });
});

test('a journey starts with one phase per period, and a lane if there is none yet', () => {
  const titles = { before: 'Plan', during: 'Ride', after: 'Remember' };
  for (const withLane of [true, false]) {
    const doc = new Y.Doc();
    openRoots(doc);
    journey.startJourney(new PlainEditor(doc, 'ana'), { phases: titles, lane: 'Doing', withLane });
    const phases = readAll(doc, phase.phases);
    expect(Object.fromEntries(phases.map(({ title, place }) => [place.period, title]))).toEqual(titles);
    expect(readAll(doc, lane.lanes).map(({ title }) => title)).toEqual(withLane ? ['Doing'] : []);
  }
});
