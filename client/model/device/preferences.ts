import { newId } from '$shared/id.ts';
import { recall, remember } from './memory.ts';

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

/** True if single-letter shortcuts are on, which is the default. */
export function letterKeysOn(): boolean {
  return recall().letters;
}

export function rememberLetterKeys(on: boolean): void {
  remember(() => ({ letters: on }));
}
