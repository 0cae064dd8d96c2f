import { newId } from '$shared/id.ts';
import type { MapDirection } from './memory.ts';
import { recall, remember } from './memory.ts';

/** What a person has chosen on this device for all boards. */
export interface Choices {
  /** True if single-letter shortcuts are on, which is the default. */
  readonly letters: boolean;
  /** True if other people's pointers, reactions and sounds are off. */
  readonly calm: boolean;
  readonly mapDirection: MapDirection;
}

/** The device key: a secret of 32 characters. It makes this device the same person on every return. */
export function deviceKey(): string {
  const { key } = recall();
  if (key !== '') return key;
  const made = newDeviceKey();
  remember(() => ({ key: made }));
  return made;
}

/** A key for another person who uses this device. */
export function newDeviceKey(): string {
  return newId(32);
}

/** The name and colour last chosen; empty if none were. */
export function lastSelf(): { readonly name: string; readonly color: string } {
  const { name, color } = recall();
  return { name, color };
}

/** The language chosen on this device; empty if none was. */
export function chosenLanguage(): string {
  return recall().language;
}

export function rememberLanguage(language: string): void {
  remember(() => ({ language }));
}

export function choices(): Choices {
  const { letters, calm, mapDirection } = recall();
  return { letters, calm, mapDirection };
}

export function rememberChoice(change: Partial<Choices>): void {
  remember(() => change);
}
