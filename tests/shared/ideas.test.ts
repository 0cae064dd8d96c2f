import { expect, test } from 'vitest';
import type { Idea } from '../../shared/collections/idea.ts';
import type { IdeaContext, IdeaView } from '../../shared/queries/ideas.ts';
import { arrangeIdeas } from '../../shared/queries/ideas.ts';

const columns = ['before', 'during', 'after'];
const english: IdeaContext = {
  language: 'en',
  phaseIndex: (phase) => (phase === null ? columns.length : columns.indexOf(phase)),
};
const all: IdeaView = {
  sort: 'number',
  descending: false,
  group: 'none',
  state: null,
  phase: null,
  persona: null,
  author: null,
  card: null,
  words: '',
};

function idea(number: number, title: string, more: Partial<Idea> = {}): Idea {
  return {
    id: `${title}-${number}`,
    gone: false,
    number,
    title,
    solution: '',
    cards: [],
    place: { phase: null, step: null },
    personas: [],
    author: 'ana',
    state: 'new',
    why: '',
    owner: null,
    decision: null,
    locked: false,
    ...more,
  };
}

const titles = (ideas: readonly Idea[], view: Partial<IdeaView>, context = english) =>
  arrangeIdeas(ideas, { ...all, ...view }, context).flatMap((group) => group.ideas.map((one) => one.title));

const backlog = [
  idea(10, 'zebra crossing', { state: 'done', place: { phase: 'after', step: null }, author: 'ben' }),
  idea(2, 'Äpple by the door', { solution: 'Fruit at 5 stops', cards: ['hunger'], personas: ['lars'] }),
  idea(0, 'Ice', { state: 'shortlisted', place: { phase: 'before', step: null } }),
  idea(1, 'Stop 12', { personas: ['lars', 'amina'] }),
  idea(3, 'Stop 9', { gone: true }),
];

test('sorted by number, an idea that has no number yet is the newest', () => {
  expect(titles(backlog, {})).toEqual(['Stop 12', 'Äpple by the door', 'zebra crossing', 'Ice']);
  expect(titles(backlog, { descending: true })).toEqual([
    'Ice',
    'zebra crossing',
    'Äpple by the door',
    'Stop 12',
  ]);
});

test('by title, each board has the alphabet of its language, and numbers in titles sort as numbers', () => {
  expect(titles(backlog, { sort: 'title' })[0]).toBe('Äpple by the door');
  expect(titles(backlog, { sort: 'title' }, { ...english, language: 'sv' }).at(-1)).toBe('Äpple by the door');
  expect(titles([idea(1, 'Stop 12'), idea(2, 'Stop 9')], { sort: 'title' })).toEqual(['Stop 9', 'Stop 12']);
});

test('sorting by status follows the life cycle, sorting by phase the columns; ideas without a phase come last', () => {
  expect(titles(backlog, { sort: 'state' })).toEqual([
    'Stop 12',
    'Äpple by the door',
    'Ice',
    'zebra crossing',
  ]);
  expect(titles(backlog, { sort: 'phase' })).toEqual([
    'Ice',
    'zebra crossing',
    'Stop 12',
    'Äpple by the door',
  ]);
});

test('each filter narrows the list, and filters combine', () => {
  expect(titles(backlog, { state: 'done' })).toEqual(['zebra crossing']);
  expect(titles(backlog, { phase: 'before' })).toEqual(['Ice']);
  expect(titles(backlog, { persona: 'amina' })).toEqual(['Stop 12']);
  expect(titles(backlog, { author: 'ben' })).toEqual(['zebra crossing']);
  expect(titles(backlog, { card: 'hunger' })).toEqual(['Äpple by the door']);
  expect(titles(backlog, { persona: 'lars', card: 'hunger' })).toEqual(['Äpple by the door']);
  expect(titles(backlog, { persona: 'amina', card: 'hunger' })).toEqual([]);
});

test('search covers title, solution and number, ignoring case, marks and word order', () => {
  expect(titles(backlog, { words: 'STOPS fruit' })).toEqual(['Äpple by the door']);
  expect(titles(backlog, { words: '10' })).toEqual(['zebra crossing']);
  expect(titles(backlog, { words: 'fruit zebra' })).toEqual([]);
  expect(titles(backlog, { words: 'apple' })).toEqual(['Äpple by the door']);
  for (const words of ['ışık', 'isik', 'İŞİK'])
    expect(titles([idea(1, 'IŞIK')], { words })).toEqual(['IŞIK']);
  expect(titles([idea(12, 'رحلة')], { words: '١٢ رحله' })).toEqual(['رحلة']);
});

test('groups are in the order of the life cycle or the columns; ideas without a value come last', () => {
  const keys = (group: IdeaView['group']) =>
    arrangeIdeas(backlog, { ...all, group }, english).map(({ key }) => key);
  expect(keys('state')).toEqual(['new', 'shortlisted', 'done']);
  expect(keys('phase')).toEqual(['before', 'after', '']);
  expect(keys('owner')).toEqual(['']);
});

test('an idea for two personas is in both groups', () => {
  const groups = arrangeIdeas(backlog, { ...all, group: 'persona' }, english);
  const under = (key: string) => groups.find((group) => group.key === key)?.ideas.map((one) => one.title);
  expect(under('lars')).toEqual(['Stop 12', 'Äpple by the door']);
  expect(under('amina')).toEqual(['Stop 12']);
  expect(groups.at(-1)?.key).toBe('');
});
