import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Anchor } from '../../../client/ui/floating.ts';
import { floating } from '../../../client/ui/floating.ts';

let bar: HTMLElement;
let scroller: HTMLElement;
let inside: HTMLElement;

beforeEach(() => {
  HTMLElement.prototype.showPopover = vi.fn();
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe(): void {}
      disconnect(): void {}
    },
  );
  [bar, scroller, inside] = ['button', 'div', 'button'].map((name) => document.createElement(name)) as [
    HTMLElement,
    HTMLElement,
    HTMLElement,
  ];
  scroller.append(inside);
  document.body.append(bar, scroller);
});

afterEach(() => {
  document.body.replaceChildren();
  vi.unstubAllGlobals();
});

/** Whether a box at the anchor closes when `what` scrolls. */
function closes(anchor: Anchor, what: Node): boolean {
  const box = document.createElement('div');
  document.body.append(box);
  const onclose = vi.fn();
  const stop = floating(anchor, onclose)(box);
  what.dispatchEvent(new Event('scroll'));
  stop?.();
  return onclose.mock.calls.length > 0;
}

test('a floating box closes when its anchor scrolls away, not when something else scrolls', () => {
  expect(closes(inside, scroller)).toBe(true);
  expect(closes(bar, document)).toBe(true);
  expect(closes(bar, scroller)).toBe(false);
  expect(closes({ x: 5, y: 5 }, scroller)).toBe(true);
});
