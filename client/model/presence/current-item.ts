/**
 * What presence needs from the workshop session, in one place.
 *
 * The id of the running agenda item, which done marks are about; null while none runs.
 */
export function currentItem(): string | null {
  return null;
}

/** The value of a done mark while no item runs. */
export const noItem = '-';
