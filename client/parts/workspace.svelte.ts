import { people } from '$shared/collections/person.ts';
import { getContext, setContext } from 'svelte';
import type { Power, Role } from '$shared/roles.ts';
import { may } from '$shared/roles.ts';
import type { ViewId } from '$shared/views.ts';
import type { Board } from '../model/board.svelte.ts';
import { lettersOn, rememberLetters } from '../model/device/preferences.ts';

/** What all views of an open board share: the board, what this person may do, and how to speak to them. */
export class Workspace {
  readonly board: Board;
  readonly seat: string;
  /** Tells something short, with an undo button where `undo` is set. */
  readonly notify: (message: string, undo?: boolean) => void;
  /** Opens a view, with something to show on arrival: what that may be, its head says. */
  readonly go: (view: ViewId, focus?: string) => void;
  /** Single-letter shortcuts; a person may switch them off. */
  letters = $state(lettersOn());
  /** What each view remembers, by what makes it. */
  readonly #memories = new Map<() => object, object>();

  constructor(
    board: Board,
    seat: string,
    notify: (message: string, undo?: boolean) => void,
    go: (view: ViewId, focus?: string) => void,
  ) {
    this.board = board;
    this.seat = seat;
    this.notify = notify;
    this.go = go;
  }

  /** What a view remembers of this board while another one is open; `make` makes it when it is first asked for. */
  memory<Memory extends object>(make: () => Memory): Memory {
    const kept = (this.#memories.get(make) as Memory | undefined) ?? make();
    this.#memories.set(make, kept);
    return kept;
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
