import { isKey, t } from './messages.svelte.ts';

/** What an error of the server means for the person, by its code; what has no words of its own is trouble. */
export function errorText(error: { readonly code: string }): string {
  const key = `error.${error.code}`;
  return t(isKey(key) ? key : 'error.internal');
}
