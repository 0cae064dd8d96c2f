import { flushSync, mount, tick, unmount } from 'svelte';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { CellAt } from '$shared/collections/card.ts';
import { addCard, cards, removeCards } from '$shared/collections/card.ts';
import { addIdea, ideas, removeIdea } from '$shared/collections/idea.ts';
import { addLane, lanes, removeLane } from '$shared/collections/lane.ts';
import { addPersona, personas, removePersona } from '$shared/collections/persona.ts';
import { addPhase, addStep, phases, removePhase, steps } from '$shared/collections/phase.ts';
import type { Role } from '$shared/roles.ts';
import type { Collection } from '$shared/schema/collection.ts';
import { PlainEditor, setField } from '$shared/schema/editor.ts';
import { Board } from '../../client/model/board.svelte.ts';
import { takenFrom } from '../../client/parts/taken.ts';
import { tellTaken } from '../../client/parts/tell-taken.ts';
import { Workspace, provideWorkspace } from '../../client/parts/workspace.svelte.ts';
import { areKeysHeld } from '../../client/ui/still-typing.svelte.ts';
import { dismiss, toasts } from '../../client/ui/toasts.svelte.ts';
import Ideas from '../../client/views/ideas/Ideas.svelte';

/** A server that never answers: the tests need only one screen. */
class SilentSocket {
  binaryType = '';
  close(): void {}
  send(): void {}
}

let board: Board;
/** Another person. What they do comes in no task of a key of Ana's. */
let ben: PlainEditor;
let view: Record<string, unknown> | null = null;

beforeEach(() => {
  vi.stubGlobal('WebSocket', SilentSocket);
  Element.prototype.animate = vi.fn();
  HTMLElement.prototype.showPopover = vi.fn();
  board = new Board({ board: 'b', person: 'ana', origin: 'http://localhost' }, { ended: vi.fn() });
  board.connection.role = 'participant';
  ben = new PlainEditor(board.editor.doc, 'ben');
});

afterEach(async () => {
  document.dispatchEvent(new Event('pointerdown'));
  if (view) await unmount(view);
  view = null;
  board.close();
  for (const { id } of toasts()) dismiss(id);
  document.body.replaceChildren();
  vi.unstubAllGlobals();
});

const end = { after: null, before: null };
const said = () => toasts().map(({ text, action }) => [text, action?.label ?? null]);
const act = () => toasts().at(-1)?.action?.run();
const cellOf = (id: string) => board.of(cards).get(id)?.place;

describe('a record that somebody else takes', () => {
  let cell: CellAt;
  let before: string;

  beforeEach(() => {
    before = addPhase(ben, 'before', 'Before', end);
    const phase = addPhase(ben, 'during', 'Ride', end);
    addPhase(ben, 'after', 'After', end);
    cell = {
      lane: addLane(ben, { title: 'Doing', type: 'text', group: 'customer' }, end),
      phase,
      step: null,
    };
    flushSync();
  });

  test.each<[kind: string, Collection, Role, () => string, (id: string) => void]>([
    ['card', cards, 'participant', () => addCard(ben, cell), (id) => removeCards(ben, [id])],
    ['idea', ideas, 'participant', () => addIdea(ben, { title: 'Bench' }), (id) => removeIdea(ben, id)],
    ['persona', personas, 'facilitator', () => addPersona(ben, 'Lars'), (id) => removePersona(ben, id)],
    ['phase', phases, 'facilitator', () => cell.phase, (id) => removePhase(ben, id)],
    ['lane', lanes, 'facilitator', () => cell.lane, (id) => removeLane(ben, id)],
  ])('%s: comes back by one step', async (name, of, role, add, remove) => {
    board.connection.role = role;
    const id = add();
    tellTaken(board, { of, id });
    expect(said()).toEqual([]);
    remove(id);
    const back = vi.fn();
    tellTaken(board, { of, id }, back);
    expect(said()).toEqual([[`Someone removed the ${name} that you were editing.`, 'Restore']]);
    act();
    expect(back).toHaveBeenCalledOnce();
    expect(takenFrom(board, { of, id })).toBeNull();
    await board.editor.undo();
    expect(board.of(of).get(id)).toBeNull();
    expect(board.editor.canUndo).toBe(false);
  });

  test('with its phase comes back with the phase, if the role may restore that', async () => {
    board.connection.role = 'facilitator';
    const id = addCard(ben, cell);
    const step = addStep(ben, cell.phase, 'Sit', end);
    removeCards(ben, [id]);
    removePhase(ben, cell.phase);
    tellTaken(board, { of: steps, id: step });
    expect(said()).toEqual([['Someone removed the phase that you were working in.', 'Restore']]);
    tellTaken(board, { of: cards, id });
    act();
    expect(cellOf(id)).toMatchObject({ phase: cell.phase });
    expect(board.of(phases).get(cell.phase)).not.toBeNull();
    await board.editor.undo();
    expect([board.of(cards).get(id), board.of(phases).get(cell.phase)]).toEqual([null, null]);
  });

  test('in a phase or lane that the role may not restore is kept in the nearest cell', () => {
    const nearby = addLane(ben, { title: 'Thinking', type: 'text', group: 'customer' }, end);
    const id = addCard(ben, cell, { text: 'Waits' });
    removePhase(ben, cell.phase);
    tellTaken(board, { of: cards, id });
    expect(said()).toEqual([['Someone removed the phase that you were working in.', 'Keep the card']]);
    act();
    expect(cellOf(id)).toMatchObject({ lane: cell.lane, phase: before, step: null });
    removeLane(ben, cell.lane);
    tellTaken(board, { of: cards, id });
    expect(said().at(-1)).toEqual(['Someone removed the lane that you were working in.', 'Keep the card']);
    act();
    expect(cellOf(id)).toMatchObject({ lane: nearby, phase: before });
    setField(ben, lanes, nearby, 'type', 'curve');
    flushSync();
    tellTaken(board, { of: cards, id, field: 'text' });
    expect(said().at(-1)).toEqual([
      'The lane that you were working in no longer holds cards. You were writing: “Waits”',
      'Copy',
    ]);
  });

  test('is only told of if the role is lowered', () => {
    const id = addCard(ben, cell, { text: 'Waits' });
    board.connection.role = 'observer';
    tellTaken(board, { of: cards, id, field: 'text' });
    expect(said()).toEqual([['You can only read this board now.', null]]);
  });
});

describe('the field that Ana writes in', () => {
  async function open(focus: string | null): Promise<void> {
    const workspace = new Workspace(board, 'ana', vi.fn(), vi.fn());
    const inWorkspace = ((anchor: never, props: never) => {
      provideWorkspace(workspace);
      return Ideas(anchor, props);
    }) as unknown as typeof Ideas;
    view = mount(inWorkspace, { target: document.body, props: { focus } });
    await settle();
  }

  /** The page after the tasks that are under way. */
  async function settle(): Promise<void> {
    flushSync();
    await tick();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }

  /** Presses a letter where the focus is. Returns whether the page gets it. */
  function getsLetter(): boolean {
    const key = new KeyboardEvent('keydown', { key: 'n', code: 'KeyN', bubbles: true, cancelable: true });
    (document.activeElement ?? document.body).dispatchEvent(key);
    return !key.defaultPrevented;
  }

  const field = (selector: string) => document.querySelector<HTMLInputElement>(selector);

  test('of an idea is gone with the idea, and Ana is told', async () => {
    const id = addIdea(ben, { title: 'Bench' });
    addIdea(ben, { title: 'Clock' });
    await open(id);
    field('article textarea')?.focus();
    expect(getsLetter()).toBe(true);
    removeIdea(ben, id);
    await settle();
    expect(getsLetter()).toBe(false);
    expect(said()).toEqual([['Someone removed the idea that you were editing.', 'Restore']]);
    expect(document.activeElement?.textContent.trim()).toBe('Clock');
    act();
    await settle();
    expect(document.querySelector('article')?.getAttribute('aria-label')).toBe('Bench');
  });

  test('of an idea is gone with the role', async () => {
    await open(addIdea(ben, { title: 'Bench' }));
    field('article textarea')?.focus();
    board.connection.role = 'observer';
    await settle();
    expect(getsLetter()).toBe(false);
    expect(said()).toEqual([['You can only read this board now.', null]]);
    expect(document.activeElement?.tagName).toBe('ARTICLE');
  });

  test('of an idea is left by Escape, and holds no keys', async () => {
    await open(addIdea(ben, { title: 'Bench' }));
    field('article textarea')?.focus();
    const key = new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true });
    document.activeElement?.dispatchEvent(key);
    await settle();
    expect(document.querySelector('article')).toBeNull();
    expect([areKeysHeld(), said()]).toEqual([false, []]);
  });

  test('for a new idea is gone with the role: the title is shown, and back with the role', async () => {
    await open(null);
    const input = field('form input');
    input?.focus();
    if (input) input.value = 'A lamp';
    input?.dispatchEvent(new InputEvent('input', { bubbles: true }));
    board.connection.role = 'observer';
    await settle();
    expect(getsLetter()).toBe(false);
    expect(said()).toEqual([['You were writing: “A lamp”', 'Copy']]);
    board.connection.role = 'participant';
    await settle();
    expect(field('form input')?.value).toBe('A lamp');
  });

  test('for a search is gone with the last idea, and the search commands nothing', async () => {
    const id = addIdea(ben, { title: 'Bench' });
    await open(null);
    field('input[type=search]')?.focus();
    removeIdea(ben, id);
    await settle();
    expect(getsLetter()).toBe(false);
    expect(document.activeElement).not.toBe(field('form input'));
  });
});
