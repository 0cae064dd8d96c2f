export const membershipKey = (board: string) => `resa-seat-${board}`;
const newKey = 'resa-new-board';

/** Makes this tab a certain person on a board. */
export function chooseMembership(board: string, person: string): void {
  writeTab(membershipKey(board), person);
}

/** Notes that a board was just made in this tab, so that the share panel opens with it, once. */
export function markNew(board: string): void {
  writeTab(newKey, board);
}

/** Whether the share panel of a board that was just made in this tab has still to open. */
export function isNew(board: string): boolean {
  return readTab(newKey) === board;
}

export function takeNew(board: string): boolean {
  const found = isNew(board);
  if (found) writeTab(newKey, '');
  return found;
}

/** What a tab remembers where its storage is closed to us. */
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
    // `tab` holds it while the page is open.
  }
}
