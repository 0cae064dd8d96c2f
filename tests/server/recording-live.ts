import type { WebSocket } from 'ws';
import type { Seat } from '../../server/access/seat.ts';
import type { LiveBoards } from '../../server/live/contract.ts';
import type { CloseCode, Control } from '../../shared/protocol.ts';

/** A live side that notes what it is told and keeps who joined. */
export class RecordingLive implements LiveBoards {
  readonly joined: { seat: Seat; document: string; socket: WebSocket; control: boolean }[] = [];
  readonly dismissed: { board: string; persons: string[]; code: CloseCode; reason: string }[] = [];
  readonly announced: { board: string; control: Control }[] = [];
  colors: readonly string[] = [];
  people = 0;

  join(seat: Seat, document: string, socket: WebSocket, control: boolean): void {
    this.joined.push({ seat, document, socket, control });
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  }

  dismiss(board: string, which: (seat: Seat) => boolean, code: CloseCode, reason: string): number {
    const leaving = this.joined.filter(({ seat }) => seat.board === board && which(seat));
    for (const { socket } of leaving) socket.close(code, reason);
    this.dismissed.push({ board, persons: leaving.map(({ seat }) => seat.person), code, reason });
    return leaving.length;
  }

  announce(board: string, control: Control): void {
    this.announced.push({ board, control });
  }

  colorsTaken(): readonly string[] {
    return this.colors;
  }

  crowd(): number {
    return this.people;
  }

  close(): Promise<void> {
    for (const { socket } of this.joined) socket.close(1012, 'restart');
    return Promise.resolve();
  }
}
