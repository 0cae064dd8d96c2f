import type { WebSocket } from 'ws';
import type { CloseCode, Control } from '../../shared/protocol.ts';
import type { Seat } from '../access/seat.ts';

/** The documents that a board has by now; `research` and `draft/<person>` are to come. */
export const documents: readonly string[] = ['board'];

/** The boards that people are in just now: what the HTTP side may ask of the live side. */
export interface LiveBoards {
  /**
   * Takes a socket into a document's room. The socket is open and its seat verified.
   * `control`: the client asked for control frames by sub-protocol.
   */
  join(seat: Seat, document: string, socket: WebSocket, control: boolean): void;
  /** Closes the sockets of a board whose seat `which` picks. Returns how many. */
  dismiss(board: string, which: (seat: Seat) => boolean, code: CloseCode, reason: string): number;
  /** Tells everyone on a board that listens for control frames. */
  announce(board: string, control: Control): void;
  /** The colours of the people who are on the board now. */
  colorsTaken(board: string): readonly string[];
  /** How many sockets the board has open: what it costs the server. */
  crowd(board: string): number;
  /** Commits, closes all sockets with 1012 and checkpoints. */
  close(): Promise<void>;
}
