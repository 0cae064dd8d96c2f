import { flushSync, mount, tick, unmount } from 'svelte';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { ViewId } from '$shared/views.ts';
import { viewIds } from '$shared/views.ts';
import { parsePresence } from '$shared/wire/presence.ts';
import { lazy } from '../../client/board/lazy.ts';
import OpenBoard from '../../client/board/OpenBoard.svelte';
import { viewNamed, views } from '../../client/board/views.ts';
import { Board } from '../../client/model/board.svelte.ts';
import { pageFor, viewAt } from '../../client/pages.ts';
import type { View } from '../../client/parts/view.ts';
import { Workspace } from '../../client/parts/workspace.svelte.ts';
import { parseRoute, viewPath } from '../../client/router.svelte.ts';
import Trial from './Trial.svelte';

/** A server that never answers: the tests need only one screen. */
class SilentSocket {
  binaryType = '';
  close(): void {}
  send(): void {}
}

const id = 'trial' as ViewId;

const load = vi.fn(() => Promise.resolve({ default: Trial }));
const later = vi.fn(() => Promise.resolve());
const may = vi.fn<View['may']>(() => true);

/** A complete view except for its messages, which it borrows. */
const trial: View = {
  id,
  letter: 'x',
  icon: 'M0 0',
  title: 'app.name',
  document: 'board',
  may,
  load,
  guide: () =>
    Promise.resolve({
      go: 'notice.home',
      keys: [{ title: 'language.label', keys: [[['Q'], 'app.done']] }],
      where: (_board, { at }) => `at ${at?.id}`,
    }),
  later: [later],
};

// The list of views, which only this test changes.
const list = views as View[];
beforeAll(async () => {
  list.push(trial);
  // Compiling what loads on demand may take seconds here.
  await Promise.all([
    ...views.map(({ guide }) => guide()),
    ...Object.values<() => Promise<unknown>>(lazy).map((fetch) => fetch()),
  ]);
  vi.clearAllMocks();
}, 60_000);
afterAll(async () => {
  list.splice(list.indexOf(trial), 1);
  // Preloads must finish before the test ends.
  const fetches = views.flatMap((view) => [view.load, view.guide, ...view.later]);
  await Promise.all([...fetches, ...Object.values<() => Promise<unknown>>(lazy)].map((fetch) => fetch()));
});

let board: Board;
let drawn: Record<string, unknown> | null = null;
const went = vi.fn<(view: string, focus?: string) => void>();

beforeEach(() => {
  vi.stubGlobal('WebSocket', SilentSocket);
  // Preload immediately here.
  vi.stubGlobal('requestIdleCallback', (run: () => void) => (run(), 0));
  vi.stubGlobal('cancelIdleCallback', vi.fn());
  HTMLElement.prototype.showPopover = vi.fn();
  board = new Board({ board: 'b1', person: 'ana', origin: 'http://localhost' }, { ended: vi.fn() });
  board.connection.role = 'participant';
});

afterEach(async () => {
  if (drawn) await unmount(drawn);
  drawn = null;
  board.close();
  vi.clearAllMocks();
  vi.unstubAllGlobals();
  document.body.replaceChildren();
});

async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) {
    flushSync();
    await tick();
  }
}

/** Opens the board for Ana at a view. */
async function open(view: View, focus: string | null = null): Promise<Workspace> {
  const workspace = new Workspace(board, 'ana', vi.fn(), went);
  const nothing = vi.fn();
  drawn = mount(OpenBoard, {
    target: document.body,
    props: {
      workspace,
      view,
      focus,
      lost: 0,
      stepBack: nothing,
      stepForward: nothing,
      onlost: nothing,
      ontab: nothing,
    },
  });
  board.connection.ready = true;
  await settle();
  return workspace;
}

function press(key: string): void {
  document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
}

const tabs = () => [...document.querySelectorAll('nav a')].map((tab) => tab.getAttribute('href'));

test('the list has every view that has an address', () => {
  const ids = views.filter((view) => view !== trial).map((view) => view.id);
  expect(ids.toSorted()).toEqual(viewIds.toSorted());
  expect(new Set(views.map(({ letter }) => letter)).size).toBe(views.length);
});

test('its address opens it, and it loads together with the board', async () => {
  const route = parseRoute(viewPath('b1', id), '');
  expect(route).toEqual({ kind: 'board', board: 'b1', view: id });
  if (route.kind !== 'board') return;
  expect(viewAt(route)).toBe(trial);
  const fetching = pageFor(route);
  expect(load).toHaveBeenCalledOnce();
  expect((await fetching).kind).toBe('board');
});

test('it renders with its focus, and others see that Ana is in it', async () => {
  await open(trial, 'something');
  expect(document.querySelector('main')?.textContent).toContain('the trial shows something');
  expect(parsePresence(board.connection.awareness.getLocalState())?.view).toBe(id);
});

test('it has a tab, which is the current one', async () => {
  await open(trial);
  expect(tabs()).toEqual(views.map((view) => `/b/b1/${view.id}`));
  expect(document.querySelector('nav a[aria-current=page]')?.textContent.trim()).toBe('Resa');
});

test('G and its letter open it', async () => {
  await open(trial);
  press('g');
  press('x');
  expect(went).toHaveBeenCalledExactlyOnceWith(id);
});

test('what it needs later is preloaded', async () => {
  await open(trial);
  expect(later).toHaveBeenCalled();
});

test('the help shows its letter and keys', async () => {
  await open(trial);
  press('?');
  await vi.waitFor(() => expect(document.querySelector('dialog')?.textContent).toContain('Language'));
  const lines = [...document.querySelectorAll('dialog dl > div')].map((line) => [
    line.querySelector('dd')?.textContent,
    ...[...line.querySelectorAll('kbd')].map((key) => key.textContent),
  ]);
  expect(lines).toContainEqual(['Home', 'G', 'X']);
  expect(lines).toContainEqual(['Done', 'Q']);
});

test('the list of people shows who is in it, and only "on the board" for an unknown view', async () => {
  const workspace = await open(trial);
  // What people do together tells others at once: before the states of this test.
  await vi.waitFor(() => expect(document.querySelector('[data-tools]')).not.toBeNull());
  await settle();
  vi.spyOn(workspace, 'person').mockImplementation((name) => ({ name, color: '', role: 'participant' }));
  const at = { in: 'cards', id: 'c1' };
  const states = { ben: { view: id, at }, eva: { view: 'of-a-newer-page', at }, leo: {} };
  board.presence.where = new Map(
    Object.entries(states).flatMap(([person, state]) => {
      const presence = parsePresence({ person, ...state });
      return presence ? [[person, presence] as const] : [];
    }),
  );
  board.presence.people = ['ana', 'ben', 'eva', 'leo'];
  await settle();
  document.querySelector<HTMLElement>('button.people')?.click();
  const listed = () =>
    [...document.querySelectorAll('.popover h2, .popover li')].map((line) =>
      line.matches('h2') ? line.textContent : line.querySelector('.where')?.textContent,
    );
  await vi.waitFor(() =>
    expect(listed()).toEqual(['Resa', undefined, 'at c1', 'On the board', undefined, undefined]),
  );
});

test('a person who may not open it has no tab, letter or help for it, and gets another view at its address', async () => {
  may.mockReturnValue(false);
  await open(trial);
  expect(tabs()).not.toContain('/b/b1/trial');
  expect(document.querySelector('nav a[aria-current=page]')?.getAttribute('href')).toBe(tabs()[0]);
  expect(document.querySelector('main')?.textContent).not.toContain('the trial');
  press('g');
  press('x');
  expect(went).not.toHaveBeenCalled();
  may.mockReturnValue(true);
});

test('without an entry in the list, its address is not found', () => {
  list.splice(list.indexOf(trial), 1);
  expect(viewNamed(id)).toBeNull();
  expect(parseRoute('/b/b1/trial', '')).toEqual({ kind: 'nowhere' });
  list.push(trial);
});
