import { describe, expect, test } from 'vitest';
import { nearestMissing, overlapping } from '../../client/views/map/drawn-range.ts';
import { Heights } from '../../client/views/map/heights.ts';

describe('the lanes and phases in view', () => {
  test('are those that overlap it, however little', () => {
    const sizes = [100, 50, 200, 80];
    expect(overlapping(sizes, 0, 0, 100)).toEqual({ from: 0, to: 1 });
    expect(overlapping(sizes, 0, 99, 151)).toEqual({ from: 0, to: 3 });
    expect(overlapping(sizes, 40, 140, 190)).toEqual({ from: 1, to: 2 });
  });

  test('are none before the first, after the last, and on an empty map', () => {
    expect(overlapping([100], 50, 0, 50)).toEqual({ from: 0, to: 0 });
    expect(overlapping([100, 100], 0, 200, 300)).toEqual({ from: 2, to: 2 });
    expect(overlapping([], 0, 0, 900)).toEqual({ from: 0, to: 0 });
  });

  test('come first, then their neighbours on both sides, the nearest first, as far as the wider range', () => {
    const drawn = new Set([4]);
    const next = () => nearestMissing({ from: 4, to: 6 }, { from: 2, to: 9 }, (index) => drawn.has(index));
    const order: number[] = [];
    for (let index = next(); index !== -1; index = next()) {
      order.push(index);
      drawn.add(index);
    }
    expect(order).toEqual([5, 6, 3, 7, 2, 8]);
  });
});

describe('the height of what is not drawn', () => {
  test('of a lane is its last one, or else the mean of the others', () => {
    const heights = new Heights();
    expect(heights.ofLane('new')).toBe(160);
    heights.setLane('a', 100);
    heights.setLane('b', 300);
    expect(heights.ofLane('a')).toBe(100);
    expect(heights.ofLane('new')).toBe(200);
  });

  test('of a cell is its last one, until its number of cards changes', () => {
    const heights = new Heights();
    heights.setContent('cell:a', 216, 4);
    expect(heights.ofContent('cell:a', 4)).toBe(216);
    // A card takes 50 on average, and the cell 16.
    expect(heights.ofContent('cell:a', 5)).toBe(266);
    expect(heights.ofContent('cell:b', 2)).toBe(116);
    expect(heights.ofContent('cell:c', 0)).toBe(0);
  });
});
