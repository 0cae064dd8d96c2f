import { beforeEach, expect, test, vi } from 'vitest';
import type { Visit } from '../../client/model/device/memory.ts';

const visit = (more: Partial<Visit>): Visit => ({
  board: 'b1',
  title: 'Library',
  start: 'map',
  role: 'participant',
  person: 'ana',
  name: 'Ana',
  color: '#0b7a75',
  secret: 'b1.secret',
  device: 'k',
  lastOpened: 1,
  ...more,
});

/** A newly loaded page: it knows only what is in storage. */
async function freshPage() {
  vi.resetModules();
  return {
    ...(await import('../../client/model/device/links.ts')),
    ...(await import('../../client/model/device/preferences.ts')),
    ...(await import('../../client/model/device/tab.ts')),
    ...(await import('../../client/model/device/visits.ts')),
  };
}

beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
});

test('the device keeps one key of 32 characters across reloads', async () => {
  const key = (await freshPage()).deviceKey();
  expect(key).toMatch(/^[a-z0-9]{32}$/);
  expect((await freshPage()).deviceKey()).toBe(key);
});

test("a reload keeps Ana's membership, name, colour and link", async () => {
  (await freshPage()).rememberVisit(visit({}), 'http://x/join#b1.secret', '#0b7a75');
  const device = await freshPage();
  expect(device.membershipOn('b1')).toBe('ana');
  expect(device.lastSelf()).toEqual({ name: 'Ana', color: '#0b7a75' });
  expect(device.linksOf('b1').map((link) => link.link)).toEqual(['http://x/join#b1.secret']);
});

test("a colour assigned by the server is not Ana's choice: on the next board she gets a free one", async () => {
  const device = await freshPage();
  device.rememberVisit(visit({}), 'http://x/join#b1.secret', null);
  expect(device.lastSelf()).toEqual({ name: 'Ana', color: '' });
  device.rememberVisit(visit({}), 'http://x/join#b1.secret', '#c2334d');
  device.rememberVisit(visit({ board: 'b2' }), 'http://x/join#b2.secret', null);
  expect(device.lastSelf().color).toBe('#c2334d');
});

test('a new tab is the person who was last on the board; each tab keeps its person', async () => {
  const device = await freshPage();
  device.rememberVisit(visit({ person: 'ana', lastOpened: 1 }), 'http://x/join#b1.secret', null);
  device.rememberVisit(
    visit({ person: 'ben', role: 'observer', secret: 'b1.other', lastOpened: 2 }),
    'http://x/join#b1.other',
    null,
  );
  device.chooseMembership('b1', 'ana');
  expect(device.membershipOn('b1')).toBe('ana');
  sessionStorage.clear();
  expect((await freshPage()).membershipOn('b1')).toBe('ben');
  expect(device.membershipOn('b2')).toBeNull();
});

test('boards are listed latest first, and forgetting one removes its links', async () => {
  const device = await freshPage();
  device.rememberVisit(visit({ lastOpened: 1 }), 'http://x/join#b1.secret', null);
  device.rememberVisit(
    visit({ board: 'b2', secret: 'b2.secret', lastOpened: 2 }),
    'http://x/join#b2.secret',
    null,
  );
  device.touchVisit('b1', 'ana', 'Library, renamed', 3);
  expect(device.visits().map((one) => one.title)).toEqual(['Library, renamed', 'Library']);
  device.forgetVisit(visit({}));
  expect(device.visits().map((one) => one.board)).toEqual(['b2']);
  expect(device.linksOf('b1')).toEqual([]);
});

test('a known link keeps the address that the server gave it', async () => {
  const device = await freshPage();
  device.rememberLink({
    board: 'b1',
    role: 'participant',
    link: 'https://resa.example.org/join#b1.secret',
    id: 'l1',
  });
  device.rememberVisit(visit({}), 'http://x/join#b1.secret', null);
  expect(device.linksOf('b1')).toEqual([
    { board: 'b1', role: 'participant', link: 'https://resa.example.org/join#b1.secret', id: 'l1' },
  ]);
});

test.each(['not json', '{"visits":"none"}', '[1]', 'null', '{"visits":[{"board":1}],"key":7}'])(
  'unexpected data in storage (%s) causes no error',
  async (stored) => {
    localStorage.setItem('resa', stored);
    const device = await freshPage();
    expect(device.visits()).toEqual([]);
    expect(device.deviceKey()).toMatch(/^[a-z0-9]{32}$/);
  },
);

test('without storage, the page remembers until it is closed', async () => {
  const refuse = () => {
    throw new DOMException('no storage', 'SecurityError');
  };
  vi.stubGlobal('localStorage', { getItem: refuse, setItem: refuse });
  vi.stubGlobal('sessionStorage', { getItem: refuse, setItem: refuse });
  const device = await freshPage();
  device.rememberVisit(visit({}), 'http://x/join#b1.secret', null);
  expect(device.membershipOn('b1')).toBe('ana');
  expect(device.visits()).toHaveLength(1);
  vi.unstubAllGlobals();
});

test('a board counts as new once', async () => {
  const device = await freshPage();
  device.markNew('b1');
  expect(device.isNew('b1')).toBe(true);
  expect(device.takeNew('b2')).toBe(false);
  expect(device.takeNew('b1')).toBe(true);
  expect(device.takeNew('b1')).toBe(false);
});

test('boards opened while the clock was ahead are not listed before those opened now', async () => {
  const device = await freshPage();
  const ahead = visit({ person: 'ahead', lastOpened: 9_000 });
  const board = visit({ board: 'b2', lastOpened: 8_000 });
  device.rememberVisit(board, 'http://x/join#b2.secret', null);
  device.rememberVisit(ahead, 'http://x/join#b1.secret', null);
  device.rememberVisit(visit({ lastOpened: 1_000 }), 'http://x/join#b1.other', null);
  expect(device.visits().map(({ person, lastOpened }) => [person, lastOpened])).toEqual([
    ['ana', 1_000],
    ['ahead', 999],
    ['ana', 999],
  ]);
  device.touchVisit('b2', 'ana', 'Library', 1_500);
  expect(device.visits().map((one) => one.board)).toEqual(['b2', 'b1', 'b1']);
});
