import '../wall-clock.ts';
import { flushSync, mount, tick, unmount } from 'svelte';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { addLane } from '$shared/collections/lane.ts';
import type { Role } from '$shared/roles.ts';
import type { AgendaItem } from '$shared/session/agenda.ts';
import type { Act } from '$shared/session/session.ts';
import { openSession } from '../../../client/board/session/open.svelte.ts';
import type { OpenSession } from '../../../client/board/session/open.svelte.ts';
import { rememberSession } from '../../../client/model/session/device.ts';
import { Board } from '../../../client/model/board.svelte.ts';
import { Workspace } from '../../../client/parts/workspace.svelte.ts';
import { setLanguage } from '../../../client/text/messages.svelte.ts';
import { dismiss, toasts } from '../../../client/ui/toasts.svelte.ts';
import Panel from '../../../client/board/session/Panel.svelte';
import { itemNamed, viewOf } from './views.ts';

class SilentSocket {
  binaryType = '';
  close(): void {}
  send(): void {}
}

/** The server's routes, as a page sees them. */
class FakeServer {
  now = 1_800_000_000_000;
  items: readonly AgendaItem[] = [];
  version = 0;
  log: object[] = [];
  readonly acts: (Act & { from?: string })[] = [];
  /** The code with which the next request is refused. */
  refuses: string | null = null;

  readonly fetch = (path: string, init: { method: string; body?: string }): Promise<Response> => {
    const [route = ''] = path.split('?');
    if (init.method !== 'GET' && this.refuses !== null) {
      const error = { code: this.refuses, message: '' };
      this.refuses = null;
      return Promise.resolve(new Response(JSON.stringify({ error }), { status: 409 }));
    }
    return Promise.resolve(new Response(JSON.stringify(this.#answer(route, init))));
  };

  #answer(route: string, { method, body = '' }: { method: string; body?: string }): object {
    if (route.endsWith('/log')) return { lines: this.log };
    if (route.endsWith('/agenda')) {
      if (method === 'PUT') {
        this.items = (JSON.parse(body) as { items: AgendaItem[] }).items;
        this.version++;
      }
      return { items: this.items, version: this.version };
    }
    if (method === 'GET') return viewOf({}, { now: this.now });
    const { id: _id, ...act } = JSON.parse(body) as Act & { id: string };
    this.acts.push(act);
    return { version: 2 };
  }
}

const went = vi.fn();
let server: FakeServer;
let board: Board;
let session: OpenSession;
const shown: Record<string, unknown>[] = [];

beforeEach(() => {
  server = new FakeServer();
  vi.stubGlobal('WebSocket', SilentSocket);
  vi.stubGlobal('fetch', server.fetch);
  board = new Board({ board: 'b', person: 'ana', origin: 'http://localhost' }, { ended: vi.fn() });
});

afterEach(async () => {
  for (const one of shown.splice(0)) await unmount(one);
  session.close();
  board.close();
  for (const { id } of toasts()) dismiss(id);
  localStorage.clear();
  went.mockReset();
  vi.useRealTimers();
  vi.unstubAllGlobals();
  await setLanguage('en');
  document.body.replaceChildren();
});

/** Ana's page opens in this role, with what the server says. */
async function open(role: Role, ...told: Parameters<typeof viewOf>): Promise<void> {
  board.connection.role = role;
  session = openSession(new Workspace(board, 'ana', vi.fn(), went));
  await tell(...told);
  for (const part of [session.Pill, session.StartEdge, session.EndEdge])
    shown.push(mount(part, { target: document.body, props: { parts: session.parts } }));
  await settled();
}

async function tell(
  given: Parameters<typeof viewOf>[0],
  more: Parameters<typeof viewOf>[1] = {},
): Promise<void> {
  board.connection.session = viewOf(given, { now: server.now, agenda: server.version, ...more });
  await settled();
}

async function settled(): Promise<void> {
  flushSync();
  for (let i = 0; i < 20; i++) await tick();
  flushSync();
}

const text = () => document.body.textContent;
const find = (selector: string) => document.querySelector<HTMLElement>(selector);
function button(name: string): HTMLButtonElement {
  const found = [...document.querySelectorAll('button')].find(
    (one) => (one.getAttribute('aria-label') ?? one.textContent.trim()) === name,
  );
  if (!found) throw new Error(`There is no button "${name}".`);
  return found;
}
const press = async (name: string) => {
  button(name).click();
  await settled();
};

describe('the pill', () => {
  test('is hidden for a participant while nothing runs', async () => {
    await open('participant', {});
    expect(find('.pill')).toBeNull();
  });

  test('opens the panel for a facilitator', async () => {
    await open('facilitator', {});
    await press('Session panel');
    expect(session.parts.isOpen).toBe(true);
  });

  test('counts by the server’s clock, and says in words that time is held or over', async () => {
    await open('participant', { timer: { state: 'running', endsAt: server.now + 65_000 } });
    expect(find('[role=timer]')?.textContent).toBe('1:05');
    expect(find('[role=timer]')?.getAttribute('aria-label')).toBe('Time left: 1:05');
    expect(find('[role=timer]')?.closest('[aria-live]')).toBeNull();
    await tell({ version: 2, timer: { state: 'held', leftMs: 30_000 } });
    expect(find('.pill')?.textContent).toContain('Paused');
    await tell({ version: 3, timer: { state: 'over', at: server.now } });
    expect(find('.pill')?.textContent).toContain('Time is up');
  });

  test('a polite region says the moments, and the sound comes at the end unless it is late or muted', async () => {
    vi.useFakeTimers();
    await open('participant', { timer: { state: 'running', endsAt: server.now + 12_000 } });
    const play = vi.spyOn(session.parts.chime, 'play');
    await vi.advanceTimersByTimeAsync(2_500);
    flushSync();
    expect(find('[role=status]')?.textContent).toBe('10 seconds left.');
    expect(find('[role=status]')?.getAttribute('aria-live')).toBe('polite');
    await vi.advanceTimersByTimeAsync(10_000);
    flushSync();
    expect(find('[role=status]')?.textContent).toBe('Time is up.');
    expect(play).toHaveBeenCalledTimes(1);
  });

  test('a muted page makes no sound', async () => {
    vi.useFakeTimers();
    await open('participant', { timer: { state: 'running', endsAt: server.now + 2_000 } });
    session.parts.mute(true);
    const play = vi.spyOn(session.parts.chime, 'play');
    await vi.advanceTimersByTimeAsync(3_000);
    flushSync();
    expect(find('[role=status]')?.textContent).toBe('Time is up.');
    expect(play).not.toHaveBeenCalled();
  });
});

describe('what happens now', () => {
  const item = itemNamed('a', {
    title: { en: 'Write', ar: 'اكتب' },
    instruction: { en: 'One idea a card.', ar: 'فكرة في كل بطاقة.' },
  });

  test('is read in the person’s language, with what a participant may do', async () => {
    await open('participant', { item: 'a' }, { item });
    expect(find('.band')?.textContent).toMatch(/Write\s+One idea a card\./);
    expect(find('.may')?.textContent).toBe(
      'You can add cards and ideas, edit your own, move all cards, delete your own, and mark emotions.',
    );
    await setLanguage('ar');
    await settled();
    expect(find('.band strong')?.textContent).toBe('اكتب');
    expect(find('.band strong')?.getAttribute('lang')).toBe('ar');
    expect(find('.band strong')?.getAttribute('dir')).toBe('auto');
  });

  test('says that one may only look, and that the board is frozen, by whom', async () => {
    const nothing = {
      add: false,
      editOwn: false,
      moveOwn: false,
      moveOthers: false,
      removeOwn: false,
      mark: false,
    };
    await open('participant', { item: 'a' }, { item, allows: nothing });
    expect(find('.may')?.textContent).toBe('You can only look now.');
    await tell({ version: 2, item: 'a', frozenBy: 'ben' }, { item });
    expect(find('.band')?.textContent).toContain('has frozen the board');
  });

  test('a new item is said to screen readers', async () => {
    await open('participant', {});
    await tell({ version: 2, item: 'a' }, { item });
    expect(session.parts.announced).toBe('Now: Write. One idea a card.');
  });
});

describe('the rail', () => {
  const items = [
    itemNamed('a', { step: 1 }),
    itemNamed('b', { step: 2 }),
    itemNamed('c', { step: 2, minutes: 4 }),
  ];

  test('shows the steps with their status, and the items of the running step with their minutes', async () => {
    server.items = items;
    server.version = 1;
    const runs = [{ item: 'a', from: server.now - 180_000, to: server.now }];
    rememberSession({ isRailShort: false });
    await open('participant', { item: 'b', runs }, { item: itemNamed('b') });
    await vi.waitFor(() => expect(text()).toContain('Item c'));
    const steps = [...document.querySelectorAll('[data-rail] .step')].map((step) => step.className);
    expect(steps.map((one) => /done|running|not-begun/.exec(one)?.[0])).toEqual([
      'done',
      'running',
      'not-begun',
      'not-begun',
      'not-begun',
    ]);
    expect(find('[data-rail] [aria-current=step]')?.textContent).toContain('4 min');
    expect(document.querySelectorAll('[data-rail] .start')).toHaveLength(0);
  });

  test('shows numbers until one asks for names, and this device remembers it', async () => {
    server.items = items;
    server.version = 1;
    await open('facilitator', {});
    expect(find('[data-rail]')?.classList).toContain('short');
    await press('Show step names');
    expect(find('[data-rail]')?.classList).not.toContain('short');
    await press('Show numbers only');
    expect(find('[data-rail]')?.classList).toContain('short');
    expect(localStorage.getItem('resa.session')).toContain('"isRailShort":true');
  });

  test('a facilitator starts any item from it', async () => {
    server.items = items;
    server.version = 1;
    rememberSession({ isRailShort: false });
    await open('facilitator', {});
    await vi.waitFor(() => button('Start Item a'));
    await press('Start Item a');
    expect(server.acts).toEqual([{ do: 'start', item: 'a', from: null }]);
  });
});

describe('the panel', () => {
  const items = [itemNamed('a'), itemNamed('b')];

  async function openPanel(...told: Parameters<typeof viewOf>): Promise<void> {
    server.items = items;
    server.version = 1;
    await open('facilitator', ...told);
    shown.push(mount(Panel, { target: document.body, props: { parts: session.parts, onclose: vi.fn() } }));
    await settled();
    await vi.waitFor(() => expect(session.parts.model.agenda.items).not.toBeNull());
    await settled();
  }

  async function go(tab: string): Promise<void> {
    [...document.querySelectorAll('label')].find((label) => label.textContent.trim() === tab)?.click();
    await settled();
  }

  test('goes on, skips, and sets the timer', async () => {
    const timer = { state: 'running', endsAt: server.now + 60_000 } as const;
    await openPanel({ item: 'a', timer }, { item: itemNamed('a') });
    expect(text()).toContain('Next: Item b');
    for (const name of ['Next', 'Skip', '1 minute more', 'Pause', 'Stop timer', 'Finish', 'Freeze the board'])
      await press(name);
    expect(server.acts).toEqual([
      { do: 'next', from: 'a' },
      { do: 'skip', item: 'a', from: 'a' },
      { do: 'timer-add', seconds: 60 },
      { do: 'timer-hold' },
      { do: 'timer-stop' },
      { do: 'finish', from: 'a' },
      { do: 'freeze' },
    ]);
  });

  test('says who has gone on already', async () => {
    await openPanel({ item: 'a' }, { item: itemNamed('a') });
    server.refuses = 'session-moved';
    await press('Next');
    await vi.waitFor(() => expect(toasts()[0]?.text).toBe('Another facilitator has gone on already.'));
    vi.spyOn(session.parts.workspace, 'person').mockReturnValue({
      name: 'Ben',
      color: '#000000',
      role: 'facilitator',
    });
    server.log = [{ at: server.now, by: 'ben', what: 'next', about: 'b' }];
    server.refuses = 'session-moved';
    await press('Next');
    await vi.waitFor(() => expect(toasts().map((one) => one.text)).toContain('Ben has gone on already.'));
  });

  test('tells what another facilitator does, with the name, and nothing of what was before or is one’s own', async () => {
    server.log = [{ at: server.now, by: 'ben', what: 'freeze', about: '' }];
    await openPanel({});
    await vi.waitFor(() => expect(session.parts.model.log).toHaveLength(1));
    vi.spyOn(session.parts.workspace, 'person').mockReturnValue({
      name: 'Ben',
      color: '#000000',
      role: 'facilitator',
    });
    server.log = [
      { at: server.now + 2, by: 'ana', what: 'timer-hold', about: '' },
      { at: server.now + 1, by: 'ben', what: 'start', about: 'b' },
      ...server.log,
    ];
    await tell({ version: 2 });
    await vi.waitFor(() => expect(toasts().map((one) => one.text)).toEqual(['Ben started Item b']));
  });

  test('a policy switch that comes with others takes them along, and a change is saved into the agenda', async () => {
    await openPanel({ item: 'a', override: { react: false } }, { item: itemNamed('a', { preset: 'talk' }) });
    const boxes = [...document.querySelectorAll<HTMLInputElement>('input[type=checkbox]')];
    boxes[0]?.click();
    await settled();
    expect(server.acts).toEqual([
      {
        do: 'override',
        change: { react: false, add: true, editOwn: true, moveOwn: true, removeOwn: true },
        from: 'a',
      },
    ]);
    await press('Save into the agenda');
    await vi.waitFor(() => expect(server.items[0]?.change).toEqual({ react: false }));
  });

  test('lanes in focus are chosen from those of the board', async () => {
    const end = { after: null, before: null };
    const lane = addLane(board.editor, { title: 'Needs', type: 'text', group: 'customer' }, end);
    await openPanel({ item: 'a' }, { item: itemNamed('a') });
    document.querySelector<HTMLInputElement>('details input')?.click();
    await settled();
    expect(server.acts).toEqual([
      { do: 'override', change: { focus: { lanes: [lane], phases: [] } }, from: 'a' },
    ]);
  });

  test('the agenda: an item is added, moved by keys and deleted; a conflict keeps the text', async () => {
    HTMLDialogElement.prototype.showModal = vi.fn();
    await openPanel({});
    await go('Agenda');
    const move = button('Move Item b: drag, or press the up and down arrows');
    move.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowUp', bubbles: true, cancelable: true }));
    await vi.waitFor(() => expect(server.items.map(({ id }) => id)).toEqual(['b', 'a']));
    await settled();
    await press('Delete Item a');
    await vi.waitFor(() => expect(server.items.map(({ id }) => id)).toEqual(['b']));
    await settled();

    await press('Add an item');
    const title = find('dialog input:not([type])') ?? find('dialog input');
    if (!(title instanceof HTMLInputElement)) throw new Error('There is no field for the title.');
    title.value = 'Vote';
    title.dispatchEvent(new InputEvent('input', { bubbles: true }));
    await settled();
    server.refuses = 'agenda-moved';
    find('dialog form')?.dispatchEvent(new SubmitEvent('submit', { bubbles: true, cancelable: true }));
    await vi.waitFor(() =>
      expect(find('dialog [role=alert]')?.textContent).toMatch(/Your change is kept here/),
    );
    expect(title.value).toBe('Vote');
    find('dialog form')?.dispatchEvent(new SubmitEvent('submit', { bubbles: true, cancelable: true }));
    await vi.waitFor(() => expect(server.items.at(-1)?.title).toEqual({ en: 'Vote' }));
  });
});

describe('an item with a view', () => {
  const brought = (at: number) => ({ to: { view: 'ideas', record: null }, by: 'fay', at }) as const;

  test('opens it on every page, but not what was opened before the page came', async () => {
    await open('participant', { brought: brought(1) });
    await tell({ version: 2, brought: brought(1) });
    expect(went).not.toHaveBeenCalled();
    await tell({ version: 3, brought: brought(2) });
    expect(went).toHaveBeenCalledExactlyOnceWith('ideas', undefined);
  });

  test('does not move a person who is writing, and offers a button', async () => {
    await open('participant', {});
    document.body.appendChild(document.createElement('textarea')).focus();
    await tell({ version: 2, brought: brought(2) });
    expect(went).not.toHaveBeenCalled();
    toasts()[0]?.action?.run();
    expect(went).toHaveBeenCalledExactlyOnceWith('ideas', undefined);
  });
});

describe('keys', () => {
  const type = (key: string, code: string, target: Element = document.body) =>
    target.dispatchEvent(new KeyboardEvent('keydown', { key, code, bubbles: true, cancelable: true }));

  test.each([
    [']', 'BracketRight'],
    // By position, on an Arabic and a Russian layout.
    ['د', 'BracketRight'],
    ['ъ', 'BracketRight'],
  ])('%s opens and closes the panel', async (key, code) => {
    await open('facilitator', {});
    type(key, code);
    expect(session.parts.isOpen).toBe(true);
    type(key, code);
    expect(session.parts.isOpen).toBe(false);
  });

  test('are typed in a field, and off with the other letter keys', async () => {
    await open('facilitator', {});
    const field = document.body.appendChild(document.createElement('textarea'));
    type(']', 'BracketRight', field);
    expect(session.parts.isOpen).toBe(false);
    session.parts.workspace.choose({ letters: false });
    type(']', 'BracketRight');
    expect(session.parts.isOpen).toBe(false);
    session.parts.workspace.choose({ letters: true });
  });
});
