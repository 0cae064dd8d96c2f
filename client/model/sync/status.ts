/**
 * The state of the connection light: everything on disk, edits being sent, edits saved on this device because the
 * server takes none now, or no server.
 */
export type SyncStatus = 'saved' | 'sending' | 'held' | 'offline';

/** The state of the edits on this device: still being read, or waiting there. */
export type Holding = 'reading' | 'held' | null;

/** Everything that the status of a connection depends on. */
export interface SyncFacts {
  /** A socket is open. */
  readonly isConnected: boolean;
  /**
   * The server's state has arrived at least once, or a connection has failed. So the page knows whether it is offline.
   */
  readonly wasTried: boolean;
  /** The server's state has arrived on this socket. */
  readonly isSynced: boolean;
  /** The page has sent its state to the server. The server never asks observers. */
  readonly isOffered: boolean;
  /** Document frames sent on this socket that the server has not reported as on disk. */
  readonly unacknowledged: number;
  /** There are own edits since everything was last on disk. */
  readonly isDirty: boolean;
  /** Own edits were made while the server took none. Until it takes them, the frame counts say nothing about them. */
  readonly keepsEdits: boolean;
  /** The document holds edits whose base is missing. */
  readonly isWaiting: boolean;
  /** The server takes no edits now. */
  readonly isReadOnly: boolean;
  /** The server lacks edits of this page, and a decision about them is pending. */
  readonly isHeld: boolean;
}

/** True if all own edits in the document are on the server's disk. */
export function isSettled(facts: SyncFacts): boolean {
  return (
    facts.isConnected &&
    facts.isSynced &&
    facts.isOffered &&
    facts.unacknowledged <= 0 &&
    !facts.keepsEdits &&
    !facts.isWaiting &&
    !facts.isHeld
  );
}

/** The status of the document alone. */
export function statusOf(facts: SyncFacts): SyncStatus {
  if (!facts.isConnected) return facts.wasTried ? 'offline' : 'sending';
  if (isSettled(facts)) return 'saved';
  if (facts.isHeld) return 'held';
  if (facts.isSynced && facts.isReadOnly) return facts.isDirty || facts.isWaiting ? 'held' : 'saved';
  return 'sending';
}

/** The status including the edits on the device. The light does not say _saved_ while there are any. */
export function statusWith(status: SyncStatus, holding: Holding): SyncStatus {
  if (status !== 'saved') return status;
  return holding === 'reading' ? 'sending' : (holding ?? 'saved');
}
