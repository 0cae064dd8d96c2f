import { isKey, t } from './messages.svelte.ts';

/** The message for a server error, by its code; a general one for codes without a message. */
export function errorText(error: { readonly code: string }): string {
  const key = `error.${error.code}`;
  return t(isKey(key) ? key : 'error.internal');
}
