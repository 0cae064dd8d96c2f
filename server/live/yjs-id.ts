import { maxClock } from './limits.ts';

/**
 * Checks Yjs client ids (32 bits) and clocks. `lib0` also reads numbers above 2^53, and NaN, which it never writes. If
 * the server stored and rewrote one, nobody could read the document again.
 */
export function isClient(number: number): boolean {
  return Number.isInteger(number) && number >= 0 && number < 2 ** 32;
}

export function isClock(number: number): boolean {
  return Number.isInteger(number) && number >= 0 && number < maxClock;
}

/** True if a range of clocks is not empty and ends below the largest valid clock. */
export function isStretch(clock: number, length: number): boolean {
  return isClock(clock) && isClock(length) && length > 0 && clock + length <= maxClock;
}
