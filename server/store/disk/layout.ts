import { join } from 'node:path';
import { isId } from '../../../shared/id.ts';

/** A room, taken apart: `board/document`, where the document is one id or two (`draft/<person>`). */
export interface Room {
  readonly name: string;
  readonly board: string;
  readonly document: readonly string[];
}

/** A name that cannot be a room's. */
export class BadRoom extends Error {
  override readonly name = 'BadRoom';
}

/** Reads a room's name; null for what must not become a file name. */
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

/** Where everything lies in the data folder. Only ids that were checked come in here, so no path leads out. */
export interface Layout {
  readonly folder: string;
  readonly lock: string;
  readonly secret: string;
  readonly journal: string;
  readonly boards: string;
  /** A file for each board that was deleted. */
  readonly deleted: string;
  boardFolder(board: string): string;
  boardFile(board: string): string;
  snapshot(room: Room): string;
  /** The list of a room's versions. */
  versions(room: Room): string;
  version(room: Room, id: string): string;
  /** A person's copy of edits that the room's document lacks. */
  held(room: Room, person: string): string;
  /** Whose copy a file of the board's folder is; null where it is none of this room. */
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
    boardFolder: (board) => join(boards, board),
    boardFile: (board) => join(boards, board, 'board.json'),
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

/** No id holds a plus sign or a dot, so no two rooms share a file. */
export function fileName(room: Room): string {
  return room.document.join('+');
}
