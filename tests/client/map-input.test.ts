import { beforeEach, expect, test, vi } from 'vitest';
import { lazy } from '../../client/views/map/lazy.ts';
import { loadInput, pressOnMap } from '../../client/views/map/load-input.ts';
import type * as loaded from '../../client/views/map/input.ts';
import type { MapState } from '../../client/views/map/map-state.svelte.ts';
import { dismiss, toasts } from '../../client/ui/toasts.svelte.ts';

const pressed = vi.fn<(map: MapState, event: KeyboardEvent) => unknown>();
const input = { pressKey: pressed } as unknown as typeof loaded;
const load = vi.spyOn(lazy, 'input');

/** The part of a map that these functions use. */
const newMap = () => ({ input: null, early: [] }) as unknown as MapState;

/** Presses a key on an element of the map, and returns the event. */
function press(map: MapState, key: string, tag = 'div', init: KeyboardEventInit = {}): KeyboardEvent {
  const element = document.body.appendChild(document.createElement(tag));
  const event = new KeyboardEvent('keydown', { key, cancelable: true, ...init });
  element.addEventListener('keydown', (heard) => pressOnMap(map, heard));
  element.dispatchEvent(event);
  element.remove();
  return event;
}

beforeEach(() => {
  vi.clearAllMocks();
  pressed.mockReset();
  document.body.replaceChildren();
  for (const { id } of toasts()) dismiss(id);
});

test('keys that come before the input of the map has loaded act once it has, on what has the focus then', async () => {
  const map = newMap();
  load.mockResolvedValue(input);
  const [cell, next, other] = Array.from({ length: 3 }, () => {
    const element = document.body.appendChild(document.createElement('div'));
    element.tabIndex = -1;
    element.addEventListener('keydown', (heard) => pressOnMap(map, heard));
    return element;
  });
  const type = (element: HTMLElement | undefined, key: string) => {
    element?.focus();
    const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true });
    element?.dispatchEvent(event);
    return event.defaultPrevented;
  };
  expect([type(cell, 'ArrowDown'), type(cell, 'n'), type(other, 'a')]).toEqual([true, true, true]);
  expect(pressed).not.toHaveBeenCalled();
  pressed.mockImplementation((_map, { key }) => key === 'ArrowDown' && next?.focus());
  expect(await loadInput(map)).toBe(input);
  expect(pressed.mock.calls.map(([, { key, target }]) => [key, target])).toEqual([
    ['ArrowDown', cell],
    ['n', next],
    ['a', other],
  ]);
  type(cell, 'm');
  expect(pressed.mock.lastCall?.[1].key).toBe('m');
});

test.each([
  ['Tab', 'div', {}],
  ['a', 'div', { ctrlKey: true }],
  ['Enter', 'button', {}],
  ['x', 'input', {}],
] as const)('until then %s on a %s is left to the browser', async (key, tag, init) => {
  const map = newMap();
  load.mockResolvedValue(input);
  expect(press(map, key, tag, init).defaultPrevented).toBe(false);
  await loadInput(map);
  expect(pressed).not.toHaveBeenCalled();
});

test('if it cannot be fetched, the page says so and offers to reload', async () => {
  const map = newMap();
  press(map, 'n');
  load.mockRejectedValue(new TypeError('Failed to fetch'));
  expect(await loadInput(map)).toBeNull();
  expect(map.input).toBeNull();
  expect(map.early).toEqual([]);
  expect(toasts().map(({ text, action }) => [text, action?.label])).toEqual([
    ['The server is not responding. Check your connection and try again.', 'Reload'],
  ]);
});
