import { expect, test } from 'vitest';
import { presses } from '../../../client/parts/chord.ts';
import { pressKey } from '../../../client/views/map/keys.ts';
import { isComposing } from '../../../client/ui/composing.ts';
import type { MapState } from '../../../client/views/map/map-state.svelte.ts';

/** An Enter event with a key code, which the constructor of `KeyboardEvent` ignores. */
const enter = (code: number, init: KeyboardEventInit = {}) =>
  Object.defineProperty(new KeyboardEvent('keydown', { key: 'Enter', ...init }), 'keyCode', { value: code });

test("a key is the input method's during a composition, and if its key code is 229", () => {
  expect(isComposing(enter(13, { isComposing: true }))).toBe(true);
  expect(isComposing(enter(229))).toBe(true);
  expect(isComposing(enter(13))).toBe(false);
});

test('the Enter that ends a composition on a card does nothing on the map', () => {
  const card = document.createElement('div');
  card.dataset.card = 'c1';
  document.body.append(card);
  const none = new Proxy({}, { get: () => expect.fail('The map was asked.') }) as unknown as MapState;
  const event = enter(229, { bubbles: true, cancelable: true });
  card.addEventListener('keydown', (heard) => pressKey(none, heard));
  card.dispatchEvent(event);
  expect(event.defaultPrevented).toBe(false);
  expect(presses(enter(13), 'Enter')).toBe(true);
});
