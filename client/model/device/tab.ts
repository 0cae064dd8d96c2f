export const membershipKey = (board: string) => `resa-seat-${board}`;
const newKey = 'resa-new-board';

/** Makes this tab one person on a board. */
export function chooseMembership(board: string, person: string): void {
  writeTab(membershipKey(board), person);
}

/** Records that this tab has just made a board, so that the share panel opens once with it. */
export function markNew(board: string): void {
  writeTab(newKey, board);
}

/** True if this tab has just made the board and the share panel has not opened yet. */
export function isNew(board: string): boolean {
  return readTab(newKey) === board;
}

export function takeNew(board: string): boolean {
  const found = isNew(board);
  if (found) writeTab(newKey, '');
  return found;
}

/** The memory of a tab without session storage. */
const tab = new Map<string, string>();

export function readTab(key: string): string | null {
  try {
    return sessionStorage.getItem(key) ?? tab.get(key) ?? null;
  } catch {
    return tab.get(key) ?? null;
  }
}

export function writeTab(key: string, value: string): void {
  tab.set(key, value);
  try {
    sessionStorage.setItem(key, value);
  } catch {
    // `tab` holds the value while the page is open.
  }
}
