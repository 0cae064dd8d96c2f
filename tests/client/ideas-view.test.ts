import { flushSync, mount, tick, unmount } from 'svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { addCard } from '$shared/collections/card.ts';
import { addIdea, setIdeaState, ideas } from '$shared/collections/idea.ts';
import { addLane } from '$shared/collections/lane.ts';
import { addPersona } from '$shared/collections/persona.ts';
import { addPhase } from '$shared/collections/phase.ts';
import { writeText } from '$shared/schema/text-splice.ts';
import type { Role } from '$shared/roles.ts';
import { Board } from '../../client/model/board.svelte.ts';
import { Workspace, provideWorkspace } from '../../client/parts/workspace.svelte.ts';
import Ideas from '../../client/views/ideas/Ideas.svelte';
import { seeIdeas } from '../../client/views/map/actions/card-menu.ts';
import type { MapTarget } from '../../client/views/map/actions/target.ts';

/** A server that never answers: the tests need only one screen. */
class SilentSocket {
  binaryType = '';
  close(): void {}
  send(): void {}
}

let board: Board;
let view: Record<string, unknown> | null = null;
const said = vi.fn<(message: string, undo?: boolean) => void>();
const went = vi.fn<(view: string, record?: string) => void>();

beforeEach(() => {
  vi.stubGlobal('WebSocket', SilentSocket);
  Element.prototype.animate = vi.fn();
  HTMLElement.prototype.showPopover = vi.fn();
  board = new Board({ board: 'b', person: 'ana', origin: 'http://localhost' }, { ended: vi.fn() });
});

afterEach(async () => {
  if (view) await unmount(view);
  view = null;
  board.close();
  said.mockReset();
  went.mockReset();
  vi.unstubAllGlobals();
  document.body.replaceChildren();
});

/** Opens the backlog for Ana in this role. */
async function open(role: Role, at: { focus?: string; card?: string } = {}): Promise<void> {
  board.connection.role = role;
  const workspace = new Workspace(board, 'ana', said, went);
  const inWorkspace: typeof Ideas = (anchor, props) => {
    provideWorkspace(workspace);
    return Ideas(anchor, props);
  };
  view = mount(inWorkspace, {
    target: document.body,
    props: { focus: at.card === undefined ? (at.focus ?? null) : `card:${at.card}` },
  });
  flushSync();
  await tick();
}

const titles = () => [...document.querySelectorAll('.open-it')].map((button) => button.textContent.trim());
const field = () => document.querySelector<HTMLInputElement>('form input');

async function add(title: string): Promise<void> {
  const input = field();
  if (!input) throw new Error('there is no field to add in');
  input.focus();
  input.value = title;
  input.dispatchEvent(new InputEvent('input', { bubbles: true }));
  input.form?.dispatchEvent(new SubmitEvent('submit', { bubbles: true, cancelable: true }));
  flushSync();
  await tick();
}

async function press(key: string, code = key): Promise<void> {
  const at = document.activeElement ?? document.body;
  at.dispatchEvent(new KeyboardEvent('keydown', { key, code, bubbles: true, cancelable: true }));
  flushSync();
  await tick();
  await tick();
}

async function click(selector: string): Promise<void> {
  document.querySelector<HTMLElement>(selector)?.click();
  flushSync();
  await tick();
}

test('Ana adds two ideas in a row without leaving the field', async () => {
  await open('participant');
  await add('A clock by the stairs');
  await add('  A bench  ');
  expect(titles()).toEqual(expect.arrayContaining(['A clock by the stairs', 'A bench']));
  expect(document.activeElement).toBe(field());
  expect(field()?.value).toBe('');
  await add('   ');
  expect(titles()).toHaveLength(2);
  expect(board.of(ideas).all.map(({ record }) => record?.author)).toEqual(['ana', 'ana']);
});

test('Ana moves from idea to idea by arrow keys, opens one, closes it and deletes it', async () => {
  for (const title of ['Bench', 'Clock']) addIdea(board.editor, { title });
  await open('participant');
  const [first, second] = titles();
  await press('ArrowDown');
  expect(document.activeElement?.textContent.trim()).toBe(first);
  await press('ArrowDown');
  expect(document.activeElement?.textContent.trim()).toBe(second);
  await click('li:last-child .open-it');
  expect(document.querySelector('article')?.getAttribute('aria-label')).toBe(second);
  await press('Escape');
  expect(document.querySelector('article')).toBeNull();
  expect(document.activeElement?.textContent.trim()).toBe(second);
  await press('Delete');
  expect(titles()).toEqual([first]);
  expect(said).toHaveBeenCalledWith(expect.stringContaining(second ?? ''), true);
  await board.editor.undo();
  flushSync();
  expect(titles()).toHaveLength(2);
});

test('N focuses the field on an Arabic keyboard too, and types a letter inside a field', async () => {
  addIdea(board.editor, { title: 'Bench' });
  await open('participant');
  await press('ArrowDown');
  await press('ى', 'KeyN');
  expect(document.activeElement).toBe(field());
  const typed = new KeyboardEvent('keydown', { key: 'n', code: 'KeyN', bubbles: true, cancelable: true });
  field()?.dispatchEvent(typed);
  expect(typed.defaultPrevented).toBe(false);
});

test('Cleo, an observer, can read everything and has no controls for changes', async () => {
  const id = addIdea(board.editor, { title: 'Bench' });
  writeText(board.editor, ideas, id, 'solution', 'Of wood, by the door');
  await open('observer', { focus: id });
  expect(document.querySelector('article')?.textContent).toContain('Of wood, by the door');
  expect(document.querySelectorAll('textarea, form, article select, article input')).toHaveLength(0);
  await press('Delete');
  expect(board.of(ideas).get(id)).not.toBeNull();
  expect(document.activeElement?.getAttribute('data-stop')).not.toBeNull();
});

test('an idea added under the filter by card answers the card, at its phase and for its personas', async () => {
  const { editor } = board;
  const end = { after: null, before: null };
  const phase = addPhase(editor, 'during', 'Wait', end);
  const lane = addLane(editor, { title: 'Opportunities', type: 'opportunity', group: 'analysis' }, end);
  const persona = addPersona(editor, 'Amina');
  const card = addCard(editor, { lane, phase, step: null }, { text: 'Say it sooner', personas: [persona] });
  addIdea(editor, { title: 'Bench' });
  addIdea(editor, { title: 'Clock', cards: [card] });
  await open('participant', { card });
  expect(titles()).toEqual(['Clock']);
  await add('Sign');
  const sign = board.of(ideas).all.find(({ record }) => record?.title === 'Sign')?.record;
  expect(sign).toMatchObject({ cards: [card], place: { phase, step: null }, personas: [persona] });
  await click('.row .card');
  expect(went).toHaveBeenCalledWith('map', card);
  await click('.chip button');
  expect(titles()).toHaveLength(3);
});

test('filters without matches show a message with a button to clear them', async () => {
  addIdea(board.editor, { title: 'Bench' });
  await open('participant');
  const search = document.querySelector<HTMLInputElement>('input[type=search]');
  if (search) search.value = 'elephant';
  search?.dispatchEvent(new InputEvent('input', { bubbles: true }));
  flushSync();
  expect(titles()).toEqual([]);
  expect(document.querySelector('.active [role=status]')?.textContent).toMatch(
    /0 of 1 idea .* 1 idea hidden/,
  );
  await click('.none button');
  expect(titles()).toEqual(['Bench']);
});

test('an idea begun from a card is removed if Ana leaves it empty', async () => {
  const id = addIdea(board.editor, { title: '' });
  const kept = addIdea(board.editor, { title: '' });
  writeText(board.editor, ideas, kept, 'solution', 'Something');
  await open('participant', { focus: id });
  expect(document.activeElement?.tagName).toBe('TEXTAREA');
  await press('Escape');
  expect(board.of(ideas).get(id)).toBeNull();
  expect(board.of(ideas).get(kept)).not.toBeNull();
});

test('an idea and a phase without a title are called the same in the backlog and on the map', async () => {
  const { editor } = board;
  const end = { after: null, before: null };
  const phase = addPhase(editor, 'during', '', end);
  const lane = addLane(editor, { title: '', type: 'text', group: 'analysis' }, end);
  const card = addCard(editor, { lane, phase, step: null }, { text: 'Cold' });
  addIdea(editor, { title: '', place: { phase, step: null }, cards: [card] });
  await open('observer');
  expect(titles()).toEqual(['Untitled']);
  expect(document.querySelector('.place')?.textContent.trim()).toBe('Unnamed');
  const target = { map: { board }, card } as unknown as MapTarget;
  expect(seeIdeas(target).map(({ label }) => label?.(target))).toEqual(['Idea: Untitled']);
});

test('an idea that Ana has open under a filter stays when Ben drops it, until she closes it', async () => {
  const id = addIdea(board.editor, { title: 'Bench' });
  await open('participant');
  const states = document.querySelector<HTMLSelectElement>('.bar select');
  if (states) states.value = 'new';
  states?.dispatchEvent(new Event('change', { bubbles: true }));
  flushSync();
  await click('.open-it');
  setIdeaState(board.editor, id, 'dropped');
  flushSync();
  expect(document.querySelector('article')).not.toBeNull();
  await press('Escape');
  expect(document.querySelector('article')).toBeNull();
  expect(titles()).toEqual([]);
});

test('dropping an idea in the list opens it at its reason', async () => {
  const id = addIdea(board.editor, { title: 'Bench' });
  await open('participant');
  await click('button.state');
  await click('[role=menuitemcheckbox]:last-child');
  await tick();
  expect(board.of(ideas).get(id)?.state).toBe('dropped');
  expect(document.activeElement?.getAttribute('aria-label')).toBe('Why it was dropped');
  writeText(board.editor, ideas, id, 'why', 'Too wide for the platform');
  await press('Escape');
  expect(document.querySelector('.line')?.textContent).toBe('Too wide for the platform');
});

test('Ana links and unlinks a card by keyboard', async () => {
  const { editor } = board;
  const end = { after: null, before: null };
  const phase = addPhase(editor, 'during', 'Wait', end);
  const lane = (type: 'text' | 'opportunity', group: 'analysis' | 'customer') =>
    addLane(editor, { title: type, type, group }, end);
  const put = (at: string, text: string) => addCard(editor, { lane: at, phase, step: null }, { text });
  put(lane('text', 'customer'), 'Looks for the platform');
  const challenge = put(lane('text', 'analysis'), 'Nobody says which platform');
  const opportunity = put(lane('opportunity', 'analysis'), 'Say it sooner');
  const id = addIdea(editor, { title: 'Clock' });
  await open('participant', { focus: id });
  await click('article section:last-child > button');
  const search = document.querySelector<HTMLElement>('dialog input');
  expect([...document.querySelectorAll('[role=option] .text')].map((one) => one.textContent)).toEqual([
    'Say it sooner',
    'Nobody says which platform',
  ]);
  search?.focus();
  await press('Enter');
  await press('ArrowDown');
  await press('Enter');
  expect(board.of(ideas).get(id)?.cards).toEqual([challenge, opportunity].sort());
  await press('ArrowUp');
  await press('Enter');
  expect(board.of(ideas).get(id)?.cards).toEqual([challenge]);
});

test('a facilitator locks an idea and marks a decision; the row shows both, in words', async () => {
  const id = addIdea(board.editor, { title: 'Bench' });
  await open('facilitator');
  const item = (name: string) =>
    [...document.querySelectorAll<HTMLElement>('[role^=menuitem]')].find((one) =>
      one.textContent.includes(name),
    );
  for (const name of ['Lock', 'Open question']) {
    await click('button.state');
    item(name)?.click();
    flushSync();
  }
  expect(board.of(ideas).get(id)).toMatchObject({ locked: true, decision: 'question' });
  const mark = document.querySelector('.decision');
  expect(mark?.textContent).toContain('Open question');
  expect(mark?.querySelector('[title="Locked"]')).not.toBeNull();
});

test('a participant has neither decisions nor locks in the menu of an idea', async () => {
  addIdea(board.editor, { title: 'Bench' });
  await open('participant');
  await click('button.state');
  const items = [...document.querySelectorAll('[role^=menuitem]')].map((one) => one.textContent.trim());
  expect(items).toHaveLength(6);
});
