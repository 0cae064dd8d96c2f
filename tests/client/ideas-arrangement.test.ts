import { expect, test } from 'vitest';
import type { Idea } from '$shared/collections/idea.ts';
import type { IdeaContext, IdeaView } from '$shared/queries/ideas.ts';
import { Arrangement, countOnce } from '../../client/views/ideas/arrangement.ts';
import { firstView, isFiltered, openForNew, withoutFilters } from '../../client/views/ideas/filters.ts';

const context: IdeaContext = { language: 'en', phaseIndex: (phase) => Number(phase ?? 99) };
const byTitle: IdeaView = { ...firstView, sort: 'title', descending: false };

function idea(id: string, more: Partial<Idea> = {}): Idea {
  return {
    id,
    gone: false,
    number: 1,
    title: id,
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

const idsOf = (groups: readonly { ids: readonly string[] }[]) => groups.flatMap((group) => group.ids);

test('typing a solution does not sort the backlog again', () => {
  const arrangement = new Arrangement();
  const [bench, clock] = [idea('bench'), idea('clock')];
  const before = arrangement.arrange([bench, clock], byTitle, context, null);
  const described = { ...clock, solution: 'A clock that can be read from the stairs', owner: 'ben' };
  expect(arrangement.arrange([bench, described], byTitle, context, null)).toBe(before);
  const renamed = { ...described, title: 'a clock' };
  expect(idsOf(arrangement.arrange([bench, renamed], byTitle, context, null))).toEqual(['clock', 'bench']);
});

test('a new solution text updates the list only under a search, a new status only under a status filter', () => {
  const arrangement = new Arrangement();
  const bench = idea('bench');
  const wood = { ...byTitle, words: 'wood' };
  expect(idsOf(arrangement.arrange([bench], wood, context, null))).toEqual([]);
  expect(idsOf(arrangement.arrange([{ ...bench, solution: 'of wood' }], wood, context, null))).toEqual([
    'bench',
  ]);
  const done = { ...byTitle, state: 'done' } as const;
  expect(idsOf(arrangement.arrange([bench], done, context, null))).toEqual([]);
  expect(idsOf(arrangement.arrange([{ ...bench, state: 'done' }], done, context, null))).toEqual(['bench']);
});

test('the open idea keeps its place when Ana renames it, until she closes it', () => {
  const arrangement = new Arrangement();
  const [bench, clock] = [idea('bench'), idea('clock')];
  arrangement.arrange([bench, clock], byTitle, context, null);
  const renamed = { ...bench, title: 'wooden bench' };
  expect(idsOf(arrangement.arrange([renamed, clock], byTitle, context, bench))).toEqual(['bench', 'clock']);
  expect(idsOf(arrangement.arrange([renamed, clock], byTitle, context, null))).toEqual(['clock', 'bench']);
});

test('the open idea stays under a filter that it no longer matches, and leaves if it is removed', () => {
  const arrangement = new Arrangement();
  const [bench, clock] = [idea('bench'), idea('clock')];
  const view = { ...byTitle, state: 'new' } as const;
  const done = { ...bench, state: 'done' } as const;
  expect(idsOf(arrangement.arrange([done, clock], view, context, bench))).toEqual(['bench', 'clock']);
  expect(idsOf(arrangement.arrange([clock], view, context, bench))).toEqual(['clock']);
});

test('an idea for two personas is in two groups and counts once', () => {
  const groups = new Arrangement().arrange(
    [idea('bench', { personas: ['amina', 'lars'] }), idea('clock')],
    { ...byTitle, group: 'persona' },
    context,
    null,
  );
  expect(idsOf(groups)).toEqual(['bench', 'bench', 'clock']);
  expect(countOnce(groups)).toBe(2);
});

test('clearing the filters keeps grouping and sorting', () => {
  const view: IdeaView = { ...byTitle, group: 'state', state: 'done', card: 'c1', words: 'clock' };
  expect(isFiltered(view)).toBe(true);
  expect(withoutFilters(view)).toEqual({ ...byTitle, group: 'state' });
  expect(isFiltered(withoutFilters(view))).toBe(false);
});

test('adding clears the filters that would hide the new idea, and keeps the others', () => {
  const view: IdeaView = {
    ...firstView,
    state: 'done',
    author: 'ben',
    words: 'clock',
    phase: 'p1',
    card: 'c1',
  };
  expect(openForNew(view, 'ana')).toEqual({ ...firstView, phase: 'p1', card: 'c1' });
  const hers: IdeaView = { ...firstView, state: 'new', author: 'ana' };
  expect(openForNew(hers, 'ana')).toBe(hers);
});
