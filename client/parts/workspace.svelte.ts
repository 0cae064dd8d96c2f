import { people } from '$shared/collections/person.ts';
import { getContext, setContext } from 'svelte';
import type { Power, Role } from '$shared/roles.ts';
import { may } from '$shared/roles.ts';
import type { Board } from '../model/board.svelte.ts';
import { lettersOn, rememberLetters } from '../model/device/preferences.ts';

/** What all views of an open board share: the board, what this person may do, and how to speak to them. */
export class Workspace {
  readonly board: Board;
  readonly seat: string;
  /** Tells something short, with an undo button where `undo` is set. */
  readonly say: (message: string, undo?: boolean) => void;
  /** Opens a view, with a record in focus. */
  readonly go: (view: 'map' | 'ideas', record?: string) => void;
  /** The personas that the map is narrowed to; none is all. */
  personas: ReadonlySet<string> = $state.raw(new Set());
  /** Where the map was scrolled to when it was last left. */
  mapScroll = { left: 0, top: 0 };
  /** The cell or head of the map that last had the focus, as a spot key. */
  lastSpot: string | null = null;
  /** Single-letter shortcuts; a person may switch them off. */
  letters = $state(lettersOn());

  constructor(
    board: Board,
    seat: string,
    say: (message: string, undo?: boolean) => void,
    go: (view: 'map' | 'ideas', record?: string) => void,
  ) {
    this.board = board;
    this.seat = seat;
    this.say = say;
    this.go = go;
  }

  setLetters(on: boolean): void {
    this.letters = on;
    rememberLetters(on);
  }

  get role(): Role {
    return this.board.connection.role ?? 'observer';
  }

  may(power: Power): boolean {
    return may(this.role, power);
  }

  /** A person's name and colour; someone that the board has not heard of yet has neither. */
  person(id: string): { name: string; color: string; role: Role } {
    return this.board.of(people).get(id) ?? { name: '', color: '#6b6459', role: 'observer' };
  }
}

const key = Symbol('desk');

export function provideWorkspace(workspace: Workspace): Workspace {
  return setContext(key, workspace);
}

export function useWorkspace(): Workspace {
  return getContext<Workspace>(key);
}
