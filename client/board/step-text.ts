import type { CommandName } from '$shared/documents.ts';
import type { Taken } from '../model/sync/undo.svelte.ts';
import { t } from '../text/messages.svelte.ts';

const texts = {
  undone: { all: 'undone.step', some: 'undone.some', none: 'undone.none' },
  redone: { all: 'redone.step', some: 'redone.some', none: 'redone.none' },
} as const;

/** Describes what undo or redo did. */
export function stepText({ command, all, left }: Taken, way: keyof typeof texts): string {
  // Only commands make labels, so this is a command's name. A command without a message does not compile here.
  const what = t(`step.${command as CommandName}`);
  if (left === 0) return t(texts[way].all, { what });
  if (left === all) return t(texts[way].none, { what });
  return t(texts[way].some, { what, count: left, all });
}
