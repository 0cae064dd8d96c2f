import { newId } from '$shared/id.ts';
import { recall, remember } from './memory.ts';

/** A secret of 32 characters that makes this device the same person on each return. */
export function deviceKey(): string {
  const { key } = recall();
  if (key !== '') return key;
  const made = newDeviceKey();
  remember(() => ({ key: made }));
  return made;
}

/** The key of someone else who uses this device. */
export function newDeviceKey(): string {
  return newId(32);
}

/** Name and colour as last chosen; empty where there were none. */
export function lastSelf(): { readonly name: string; readonly color: string } {
  const { name, color } = recall();
  return { name, color };
}

/** The language chosen on this device; empty where none was. */
export function chosenLanguage(): string {
  return recall().language;
}

export function rememberLanguage(language: string): void {
  remember(() => ({ language }));
}

/** Whether single-letter shortcuts are on; they are until someone switches them off. */
export function lettersOn(): boolean {
  return recall().letters;
}

export function rememberLetters(on: boolean): void {
  remember(() => ({ letters: on }));
}
