/** The value of a done mark while no item runs. */
export const noItem = '-';

/**
 * What done marks are about: the id of the running agenda item, or `noItem`; null while the page does not know.
 * @param told what the server said of the session, as the connection keeps it, not parsed
 */
export function currentItem(told: unknown): string | null {
  const { session } = (told ?? {}) as { readonly session?: { readonly item?: unknown } };
  if (session === undefined) return null;
  return typeof session.item === 'string' ? session.item : noItem;
}
