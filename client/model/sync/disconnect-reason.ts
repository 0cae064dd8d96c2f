import { closeCode } from '$shared/wire/protocol.ts';

/**
 * Why the server closed the socket for now, or opens none. The page keeps trying. Each has a message key of the
 * interface.
 */
export type DisconnectReason =
  | 'restart'
  | 'board-full'
  | 'server-full'
  | 'too-slow'
  | 'frozen'
  | 'quarantined'
  | 'newer-schema'
  | 'repair'
  | 'too-many-sockets'
  | 'store'
  | 'busy';

/** Reads the code and the reason of a close; null if they say nothing, as when the network fails. */
export function disconnectReasonOf(code: number, reason: string): DisconnectReason | null {
  if (code === closeCode.restart) return 'restart';
  if (code !== closeCode.busy) return null;
  switch (reason) {
    case 'board-full':
    case 'server-full':
    case 'too-slow':
    case 'frozen':
    case 'quarantined':
    case 'newer-schema':
    case 'repair':
    case 'too-many-sockets':
    case 'store':
      return reason;
    // The operators have closed this one socket. There is nothing to wait for.
    case 'kicked':
      return null;
    case 'stopping':
      return 'restart';
    case 'not-saved':
    case 'load-failed':
      return 'store';
    default:
      return 'busy';
  }
}
