import { join } from 'node:path';
import { isId } from '../../../shared/id.ts';

/** A parsed room name: `board/document`, where the document is one id or two (`draft/<person>`). */
export interface Room {
  readonly name: string;
  readonly board: string;
  readonly document: readonly string[];
}

/** Not a valid room name. */
export class BadRoom extends Error {
  override readonly name = 'BadRoom';
}

/** Parses a room's name; null if it must not become a file name. */
export function parseRoom(name: string): Room | null {
  const [board, ...document] = name.split('/');
  const parts = document.length;
  return isId(board) && (parts === 1 || parts === 2) && document.every(isId)
    ? { name, board, document }
    : null;
}

export function isRoom(name: string): boolean {
  return parseRoom(name) !== null;
}

/** All paths in the data folder. Only checked ids are used, so no path leaves the folder. */
export interface Layout {
  readonly folder: string;
  readonly lock: string;
  readonly secret: string;
  readonly journal: string;
  readonly boards: string;
  /** Has a file for each deleted board. */
  readonly deleted: string;
  /** Has a file for each board whose timer may be running. */
  readonly timers: string;
  boardFolder(board: string): string;
  boardFile(board: string): string;
  sessionFile(board: string): string;
  snapshot(room: Room): string;
  /** The list of a room's versions. */
  versions(room: Room): string;
  version(room: Room, id: string): string;
  /** A person's copy of edits that the room's document lacks. */
  held(room: Room, person: string): string;
  /** The person of a held file in the board's folder; null if it is not one of this room. */
  heldPerson(room: Room, file: string): string | null;
}

export function layoutOf(folder: string): Layout {
  const boards = join(folder, 'boards');
  return {
    folder,
    lock: join(folder, 'lock'),
    secret: join(folder, 'secret.key'),
    journal: join(folder, 'journal'),
    boards,
    deleted: join(folder, 'deleted'),
    timers: join(folder, 'timers'),
    boardFolder: (board) => join(boards, board),
    boardFile: (board) => join(boards, board, 'board.json'),
    sessionFile: (board) => join(boards, board, 'session.json'),
    snapshot: (room) => join(boards, room.board, `${fileName(room)}.snapshot`),
    versions: (room) => join(boards, room.board, `${fileName(room)}.versions.json`),
    version: (room, id) => join(boards, room.board, `${fileName(room)}.${id}.version`),
    held: (room, person) => join(boards, room.board, `${fileName(room)}.${person}.held`),
    heldPerson: (room, file) => {
      const [document, person, ending, ...more] = file.split('.');
      const isHeld = document === fileName(room) && ending === 'held' && more.length === 0;
      return isHeld && isId(person) ? person : null;
    },
  };
}

/** Ids have no plus sign and no dot, so no two rooms share a file. */
export function fileName(room: Room): string {
  return room.document.join('+');
}
