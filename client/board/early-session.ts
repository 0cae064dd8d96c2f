/**
 * What the server said of the session before the document, as far as the first paint needs it: the place of what the
 * session's script draws later. So nothing moves when that script has loaded.
 */
export interface EarlySession {
  /** Whether the rail of steps will stand at the start edge. */
  readonly hasRail: boolean;
  /** Whether the rail shows numbers only. */
  readonly isShort: boolean;
  /** Whether an item runs, so that a line above the view says which. */
  readonly isRunning: boolean;
}

/** @param told the view of the session, not parsed yet */
export function earlySession(told: unknown): EarlySession {
  const { agenda, item } = (told ?? {}) as { readonly agenda?: unknown; readonly item?: unknown };
  return {
    hasRail: typeof agenda === 'number' && agenda > 0,
    isShort: !isRailLong(),
    isRunning: typeof item === 'object' && item !== null,
  };
}

/** As `client/model/session/device.ts` stores it. */
function isRailLong(): boolean {
  try {
    return /"isRailShort":false/.test(localStorage.getItem('resa.session') ?? '');
  } catch {
    return false;
  }
}
