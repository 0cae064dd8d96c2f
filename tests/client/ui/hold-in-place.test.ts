import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Anchor } from '../../../client/ui/hold-in-place.ts';
import { holdInPlace, changeInPlace } from '../../../client/ui/hold-in-place.ts';

/** A scroll area of 400 by 300 pixels over a content of any size. It scrolls by whole pixels, as browsers do. */
class Area {
  readonly root = document.createElement('div');
  readonly #places = new Map<HTMLElement, { x: number; y: number }>();
  #scroll = { x: 0, y: 0 };
  readonly #isMirrored: boolean;
  #size = { x: 2_000, y: 2_000 };

  constructor(direction: 'ltr' | 'rtl') {
    this.#isMirrored = direction === 'rtl';
    this.root.style.direction = direction;
    document.body.append(this.root);
    const clamp = (px: number, low: number, high: number) => Math.max(low, Math.min(high, Math.round(px)));
    const beyond = () => this.#size.x - 400;
    Object.defineProperty(this.root, 'scrollLeft', {
      get: () => this.#scroll.x,
      set: (px: number) =>
        (this.#scroll.x = this.#isMirrored ? clamp(px, -beyond(), 0) : clamp(px, 0, beyond())),
    });
    Object.defineProperty(this.root, 'scrollTop', {
      get: () => this.#scroll.y,
      set: (px: number) => (this.#scroll.y = clamp(px, 0, this.#size.y - 300)),
    });
  }

  /** Adds an element, 100 pixels wide, whose start edge is this far from the start of the content. */
  add(x: number, y: number): HTMLElement {
    const element = document.createElement('div');
    this.root.append(element);
    this.#places.set(element, { x, y });
    element.getBoundingClientRect = () => {
      const at = this.#places.get(element) ?? { x: 0, y: 0 };
      const left = (this.#isMirrored ? 400 - at.x - 100 : at.x) - this.#scroll.x;
      return new DOMRect(left, at.y - this.#scroll.y, 100, 40);
    };
    return element;
  }

  /** Others add something before all elements. */
  push(x: number, y: number): void {
    for (const [element, at] of this.#places) this.#places.set(element, { x: at.x + x, y: at.y + y });
    this.#size = { x: this.#size.x + x, y: this.#size.y + y };
  }
}

const anchor = (element: HTMLElement, axes: Anchor['axes'] = 'both'): Anchor => ({
  axes,
  find: () => (element.isConnected ? element : null),
});
const at = (element: HTMLElement) => {
  const { left, top } = element.getBoundingClientRect();
  return [left, top];
};

afterEach(() => document.body.replaceChildren());

describe.each(['ltr', 'rtl'] as const)('what a person looks at stays in its place, %s', (direction) => {
  let area: Area;
  let card: HTMLElement;
  beforeEach(() => {
    area = new Area(direction);
    card = area.add(200, 150);
  });

  test('if something is added before it, also at the start of the area', () => {
    const before = at(card);
    changeInPlace(area.root, [anchor(card)], () => area.push(168, 90));
    expect(at(card)).toEqual(before);
    expect([Math.abs(area.root.scrollLeft), area.root.scrollTop]).toEqual([168, 90]);
    changeInPlace(area.root, [anchor(card)], () => area.push(-168, -90));
    expect(at(card)).toEqual(before);
    expect([area.root.scrollLeft + 0, area.root.scrollTop]).toEqual([0, 0]);
  });

  test('as far as the area can scroll', () => {
    changeInPlace(area.root, [anchor(card)], () => area.push(-50, -30));
    expect([area.root.scrollLeft + 0, area.root.scrollTop]).toEqual([0, 0]);
    // What was impossible is not made up for later.
    const before = at(card);
    changeInPlace(area.root, [anchor(card)], () => area.push(100, 100));
    expect(at(card)).toEqual(before);
  });

  test('and what it scrolled meanwhile is kept', () => {
    const [x = 0, y = 0] = at(card);
    changeInPlace(area.root, [anchor(card)], () => {
      area.push(0, 90);
      area.root.scrollTop += 20;
    });
    expect(at(card)).toEqual([x, y - 20]);
  });

  test('parts of pixels do not add up', () => {
    const before = at(card);
    for (let turn = 0; turn < 40; turn++) changeInPlace(area.root, [anchor(card)], () => area.push(0.4, 0.4));
    at(card).forEach((px, axis) => expect(Math.abs(px - (before[axis] ?? 0))).toBeLessThanOrEqual(0.5));
  });

  test('else the next anchor does; a sticky head counts on one axis only', () => {
    const [gone, head] = [area.add(0, 0), area.add(200, 0)];
    const before = at(card);
    // The head scrolls along sideways only: what it has above it does not matter.
    changeInPlace(area.root, [anchor(gone), anchor(head, 'x'), anchor(card)], () => {
      gone.remove();
      area.push(168, 90);
    });
    expect(at(card)).toEqual(before);
    changeInPlace(area.root, [], () => area.push(168, 90));
    expect(area.root.scrollTop).toBe(90);
  });
});

describe('changes by others', () => {
  let observed: Element[];
  let report: () => void;
  let frames: (() => void)[];
  beforeEach(() => {
    observed = [];
    frames = [];
    vi.stubGlobal(
      'ResizeObserver',
      class {
        constructor(callback: () => void) {
          report = callback;
        }
        observe(element: Element) {
          observed.push(element);
        }
        disconnect() {
          observed = [];
        }
      },
    );
    vi.stubGlobal('requestAnimationFrame', (run: () => void) => frames.push(run));
  });
  afterEach(() => vi.unstubAllGlobals());

  test('are measured before the first and after the layout of the frame, and nothing otherwise', () => {
    const area = new Area('ltr');
    const card = area.add(200, 150);
    const asked = vi.fn(() => [anchor(card)]);
    const read = vi.spyOn(card, 'getBoundingClientRect');
    const place = holdInPlace(area.root, asked);
    expect(observed).toEqual([]);

    for (let change = 0; change < 50; change++) {
      place.hold();
      area.push(0, 2);
    }
    expect(asked).toHaveBeenCalledTimes(1);
    expect(read).toHaveBeenCalledTimes(1);
    expect(area.root.style.getPropertyValue('overflow-anchor')).toBe('none');
    report();
    expect(area.root.scrollTop).toBe(100);

    // What has come into sight may still get its real height.
    frames.splice(0).forEach((run) => run());
    area.push(0, 30);
    report();
    expect(area.root.scrollTop).toBe(130);
    frames.splice(0).forEach((run) => run());
    report();
    expect([frames, observed]).toEqual([[], []]);
    expect(area.root.style.getPropertyValue('overflow-anchor')).toBe('');

    const before = read.mock.calls.length;
    area.push(0, 10);
    expect(read).toHaveBeenCalledTimes(before);
    expect(area.root.scrollTop).toBe(130);
    place.stop();
  });

  test('that move nothing end after one look; nothing is kept if nothing is in sight', () => {
    const area = new Area('ltr');
    const card = area.add(200, 150);
    const place = holdInPlace(area.root, () => [anchor(card)]);
    place.hold();
    report();
    expect([frames, observed]).toEqual([[], []]);
    const blind = holdInPlace(area.root, () => []);
    blind.hold();
    expect(observed).toEqual([]);
  });
});
