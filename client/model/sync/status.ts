/**
 * What the connection light shows: everything on disk, something on its way there, something saved on this device
 * since the server takes no edits just now, or no server.
 */
export type SyncStatus = 'saved' | 'sending' | 'held' | 'offline';

/** What lies on this device beside the document: it is still being read, or something waits there. */
export type Holding = 'reading' | 'held' | null;

/** All that the status of a connection depends on. */
export interface SyncFacts {
  /** There is a socket. */
  readonly isConnected: boolean;
  /** The server's state has come in at least once, or a connection has failed: the page knows that it is offline. */
  readonly wasTried: boolean;
  /** The server's state has come in on this socket. */
  readonly isSynced: boolean;
  /** The server has been sent what this page has; observers are never asked. */
  readonly isOffered: boolean;
  /** Document frames sent on this socket that the server has not said are on disk. */
  readonly unacknowledged: number;
  /** There are own edits since all was last on disk. */
  readonly isDirty: boolean;
  /** Own edits were made while none were taken: until they are taken, no count of frames speaks for them. */
  readonly keepsEdits: boolean;
  /** The document holds edits whose base has not come in. */
  readonly isWaiting: boolean;
  /** The server takes no edits just now. */
  readonly isReadOnly: boolean;
  /** The server lacks edits of this page, and a decision about them is due. */
  readonly isHeld: boolean;
}

/** Whether all own edits in the document are on the server's disk. */
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

/** The status with what lies on the device: the light does not say _saved_ while something does. */
export function statusWith(status: SyncStatus, holding: Holding): SyncStatus {
  if (status !== 'saved') return status;
  return holding === 'reading' ? 'sending' : (holding ?? 'saved');
}
