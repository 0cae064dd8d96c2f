import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { pointY } from '../../client/views/map/lanes/curve/curve-drawing.ts';
import { holdPoint } from '../../client/views/map/lanes/curve/hold-point.ts';

/** The row is here on the screen; the pointer presses a little below the centre of a point at 0. */
const top = 300;
const pressedAt = top + pointY(0) + 4;

let button: HTMLButtonElement;
let shown: (number | null)[];
let dropped: number[];
let frames: (() => void)[];

beforeEach(() => {
  button = document.createElement('button');
  button.setPointerCapture = vi.fn();
  document.body.append(button);
  shown = [];
  dropped = [];
  frames = [];
  vi.stubGlobal('requestAnimationFrame', (run: () => void) => frames.push(run));
  vi.stubGlobal('cancelAnimationFrame', (frame: number) => (frames[frame - 1] = () => {}));
});

afterEach(() => {
  vi.unstubAllGlobals();
  document.body.replaceChildren();
});

const press = (value = 0) =>
  holdPoint(new PointerEvent('pointerdown', { pointerId: 1, clientY: pressedAt }), button, {
    value,
    top: () => top,
    show: (now) => shown.push(now),
    dropped: (now) => dropped.push(now),
  });
const pointer = (type: string, clientY: number, pointerId = 1) =>
  window.dispatchEvent(new PointerEvent(type, { pointerId, clientY }));
const paint = () => {
  for (const run of frames.splice(0)) run();
};

test('a dragged point is shown once per frame and written when it is dropped', () => {
  press();
  for (const value of [0.5, 1, 1.5]) pointer('pointermove', top + pointY(value) + 4);
  expect(frames).toHaveLength(1);
  paint();
  expect(shown).toEqual([1.5]);
  expect(dropped).toEqual([]);
  // The drop counts even if no frame has shown it.
  pointer('pointermove', top + pointY(2) + 4);
  pointer('pointerup', top + pointY(2) + 4);
  paint();
  expect(shown).toEqual([1.5, null]);
  expect(dropped).toEqual([2]);
  pointer('pointerup', 0);
  expect(dropped).toEqual([2]);
});

test('a press without a movement, and another finger, write nothing', () => {
  press(0.7);
  pointer('pointermove', pressedAt + 2);
  pointer('pointermove', pressedAt - 60, 2);
  pointer('pointerup', pressedAt - 60, 2);
  paint();
  pointer('pointerup', pressedAt);
  expect(shown).toEqual([null]);
  expect(dropped).toEqual([]);
});

test('Escape, a cancelled pointer and the end of the lane cancel the drag', () => {
  const escape = () => {
    const key = new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true });
    button.dispatchEvent(key);
    expect(key.defaultPrevented).toBe(true);
  };
  for (const cancel of [escape, () => pointer('pointercancel', 0), (end: () => void) => end()]) {
    const end = press();
    pointer('pointermove', pressedAt - 40);
    cancel(end);
    paint();
    pointer('pointerup', pressedAt - 40);
    expect(shown.at(-1)).toBeNull();
  }
  expect(dropped).toEqual([]);
});

test('a point that others remove is not written', () => {
  press();
  button.remove();
  pointer('pointermove', pressedAt - 40);
  paint();
  pointer('pointerup', pressedAt - 40);
  expect(shown).toEqual([null]);
  expect(dropped).toEqual([]);
});
