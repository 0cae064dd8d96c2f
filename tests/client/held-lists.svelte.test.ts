import { flushSync, mount, tick, unmount } from 'svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { addCard } from '$shared/collections/card.ts';
import { addIdea, ideas, removeIdea, setIdeaState } from '$shared/collections/idea.ts';
import { addLane } from '$shared/collections/lane.ts';
import { addPhase } from '$shared/collections/phase.ts';
import { writeText } from '$shared/schema/text-splice.ts';
import type { Role } from '$shared/roles.ts';
import PeopleBar from '../../client/board/PeopleBar.svelte';
import { Board } from '../../client/model/board.svelte.ts';
import { Workspace, provideWorkspace } from '../../client/parts/workspace.svelte.ts';
import { restMs } from '../../client/ui/attention.ts';
import Ideas from '../../client/views/ideas/Ideas.svelte';
import { map } from '../../client/views/map/view.ts';

// A sorted list waits with its order while a person is active in it (`HeldOrder`). Here: that each list does so.

class SilentSocket {
  binaryType = '';
  close(): void {}
  send(): void {}
}

let board: Board;
let view: Record<string, unknown> | null = null;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('WebSocket', SilentSocket);
  Element.prototype.animate = vi.fn();
  HTMLElement.prototype.showPopover = vi.fn();
  board = new Board({ board: 'b', person: 'ana', origin: 'http://localhost' }, { ended: vi.fn() });
});

afterEach(async () => {
  if (view) await unmount(view);
  view = null;
  board.close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
  document.body.replaceChildren();
});

async function openIdeas(): Promise<void> {
  board.connection.role = 'participant';
  const workspace = new Workspace(board, 'ana', vi.fn(), vi.fn());
  const inWorkspace = ((...given: Parameters<typeof Ideas>) => {
    provideWorkspace(workspace);
    return Ideas(...given);
  }) as unknown as typeof Ideas;
  view = mount(inWorkspace, { target: document.body, props: { focus: null } });
  await settle();
}

async function settle(): Promise<void> {
  flushSync();
  await tick();
  flushSync();
}

const texts = (selector: string) =>
  [...document.querySelectorAll(selector)].map((one) => one.textContent.trim());
const titles = () => texts('.open-it');
const late = () => texts('.order [role=status]').join('');
const at = (selector: string) => {
  const element = document.querySelector<HTMLElement>(selector);
  if (!element) throw new Error(`There is no ${selector}.`);
  return element;
};
const point = (selector: string) => at(selector).dispatchEvent(new Event('pointermove', { bubbles: true }));

async function choose(label: 'Sort' | 'Group' | 'Status', value: string): Promise<void> {
  const wanted = [...document.querySelectorAll('label.quiet')].find(
    (one) => one.querySelector('.unseen')?.textContent === label,
  );
  const select = wanted?.querySelector('select');
  if (!select) throw new Error(`There is no ${label}.`);
  select.value = value;
  select.dispatchEvent(new Event('change', { bubbles: true }));
  await settle();
}

async function click(selector: string): Promise<void> {
  at(selector).click();
  await settle();
}

const rename = async (id: string | undefined, title: string) => {
  writeText(board.editor, ideas, id ?? '', 'title', title);
  await settle();
};

/** A backlog sorted by title. */
async function sorted(...names: readonly string[]): Promise<readonly string[]> {
  const ids = names.map((title) => addIdea(board.editor, { title }));
  await openIdeas();
  await choose('Sort', 'title');
  return ids;
}

test('the ideas keep their order while Ana points at them; titles show; the line offers the new order', async () => {
  const [bench] = await sorted('Bench', 'Clock', 'Door');
  point('[data-row]');
  await rename(bench, 'Wooden bench');
  expect(titles()).toEqual(['Wooden bench', 'Clock', 'Door']);
  expect(late()).toBe('The order has changed.');
  vi.advanceTimersByTime(restMs + 100);
  await settle();
  expect(titles()).toEqual(['Clock', 'Door', 'Wooden bench']);
  expect(late()).toBe('');
});

test('while the order is held, a new idea comes last, one that is removed or no longer matches leaves', async () => {
  const [bench, clock] = await sorted('Bench', 'Clock', 'Door');
  await choose('Status', 'new');
  at('[data-row] [data-stop]').focus();
  addIdea(board.editor, { title: 'Arch' });
  await settle();
  expect(titles()).toEqual(['Bench', 'Clock', 'Door', 'Arch']);
  removeIdea(board.editor, bench ?? '');
  setIdeaState(board.editor, clock ?? '', 'done');
  await settle();
  expect(titles()).toEqual(['Door', 'Arch']);
});

test('the update button shows the new order at once, and the focus goes to the idea that had it', async () => {
  const [bench] = await sorted('Bench', 'Clock', 'Door');
  at('[data-row] [data-stop]').focus();
  await rename(bench, 'Wooden bench');
  at('.order button').focus();
  await click('.order button');
  await settle();
  expect(titles()).toEqual(['Clock', 'Door', 'Wooden bench']);
  expect(document.activeElement?.textContent.trim()).toBe('Wooden bench');
  expect(late()).toBe('');
});

test("Ana's own sorting and her own new ideas apply at once", async () => {
  const [bench] = await sorted('Bench', 'Clock');
  point('[data-row]');
  await rename(bench, 'Door');
  expect(titles()).toEqual(['Door', 'Clock']);
  await click('.bar .choices button');
  expect(titles()).toEqual(['Door', 'Clock']);
  await click('.bar .choices button');
  expect(titles()).toEqual(['Clock', 'Door']);
  point('[data-row]');
  (at('form input') as HTMLInputElement).value = 'Arch';
  at('form input').dispatchEvent(new InputEvent('input', { bubbles: true }));
  at('form').dispatchEvent(new SubmitEvent('submit', { bubbles: true, cancelable: true }));
  await settle();
  expect(titles()).toEqual(['Arch', 'Clock', 'Door']);
});

test('an idea that changes its group waits under its old heading with its new state', async () => {
  const [bench] = await sorted('Bench', 'Clock');
  await choose('Group', 'state');
  point('[data-row]');
  setIdeaState(board.editor, bench ?? '', 'done');
  await settle();
  expect(texts('h3').map((head) => head.replace(/\d/, '').trim())).toEqual(['New']);
  expect(texts('.state').filter((state) => state === 'Done')).toHaveLength(1);
  vi.advanceTimersByTime(restMs + 100);
  await settle();
  expect(texts('h3').map((head) => head.replace(/\d/, '').trim())).toEqual(['New', 'Done']);
});

test('the list of cards to link keeps its order and its active option while Ana searches', async () => {
  const { editor } = board;
  const end = { after: null, before: null };
  const before = addPhase(editor, 'during', 'Plan', end);
  const after = addPhase(editor, 'during', 'Wait', { after: before, before: null });
  const lane = addLane(editor, { title: 'Opportunities', type: 'opportunity', group: 'analysis' }, end);
  const put = (phase: string, text: string) => addCard(editor, { lane, phase, step: null }, { text });
  put(after, 'Say it sooner');
  const id = addIdea(editor, { title: 'Clock' });
  await openIdeas();
  await click('.open-it');
  await click('article section:last-child > button');
  at('dialog input').dispatchEvent(new KeyboardEvent('keydown', { key: 'Shift', bubbles: true }));
  const sooner = put(before, 'Know it before');
  await settle();
  expect(texts('[role=option] .text')).toEqual(['Say it sooner', 'Know it before']);
  expect(texts('.line.active .text')).toEqual(['Say it sooner']);
  expect(texts('dialog .order [role=status]')).toEqual(['The order has changed.']);
  vi.advanceTimersByTime(restMs + 100);
  await settle();
  expect(texts('[role=option] .text')).toEqual(['Know it before', 'Say it sooner']);
  expect(texts('.line.active .text')).toEqual(['Say it sooner']);
  expect(board.of(ideas).get(id)?.cards).not.toContain(sooner);
});

test('the list of people keeps its order while Ana points at it', async () => {
  const names: Record<string, string> = { ana: 'Ana', ben: 'Ben', cleo: 'Cleo' };
  const presence = { where: new Map(), onPeer: () => () => {} };
  let people: readonly string[] = $state.raw(['ana', 'cleo']);
  Object.defineProperty(presence, 'people', { get: () => people });
  const workspace = {
    self: 'ana',
    board: { presence, connection: { language: 'en' } },
    person: (id: string) => ({ name: names[id] ?? '', color: '#6b6459', role: 'participant' as Role }),
  } as unknown as Workspace;
  const props = { workspace, view: map, together: null, hasToolsOpen: false, ontools: () => {} };
  view = mount(PeopleBar, { target: document.body, props });
  await settle();
  await click('button.people');
  await vi.dynamicImportSettled();
  await settle();
  const listed = () => texts('li p:first-child').map((one) => one.split(/[, ]/)[0]);
  point('.popover li');
  people = ['ana', 'ben', 'cleo'];
  await settle();
  expect(listed()).toEqual(['Ana', 'Cleo', 'Ben']);
  expect(late()).toBe('The order has changed.');
  await click('.popover .order button');
  expect(listed()).toEqual(['Ana', 'Ben', 'Cleo']);
  expect(document.activeElement?.getAttribute('role')).toBe('dialog');
});
