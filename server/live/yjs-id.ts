import { maxClock } from './limits.ts';

/**
 * What Yjs counts by: client ids, drawn from 32 bits, and clocks. `lib0` reads numbers past 2^53, and NaN,
 * out of bytes that it never writes; once stored and written anew, nobody could read the document again.
 */
export function isClient(number: number): boolean {
  return Number.isInteger(number) && number >= 0 && number < 2 ** 32;
}

export function isClock(number: number): boolean {
  return Number.isInteger(number) && number >= 0 && number < maxClock;
}

/** Whether a stretch of clocks has a length, and ends within what is counted. */
export function isStretch(clock: number, length: number): boolean {
  return isClock(clock) && isClock(length) && length > 0 && clock + length <= maxClock;
}
