import { people } from '$shared/collections/person.ts';
import { getContext, setContext } from 'svelte';
import type { Power, Role } from '$shared/roles.ts';
import { may } from '$shared/roles.ts';
import type { ViewId } from '$shared/views.ts';
import type { Board } from '../model/board.svelte.ts';
import type { Rights } from '../model/rights.ts';
import type { Entry, Visitor } from '../model/store/entries.svelte.ts';
import type { Choices } from '../model/device/preferences.ts';
import { choices, rememberChoice } from '../model/device/preferences.ts';
import { directionOf } from '../text/languages.ts';
import { language } from '../text/messages.svelte.ts';
import type { ViewPlace } from './view-place.ts';

/** What all views of an open board share: the board, what this person may do, and ways to notify and navigate. */
export class Workspace {
  readonly board: Board;
  /** The id of this page's person. */
  readonly self: string;
  /** Shows a short message, with an undo button if `undo` is set. */
  readonly notify: (message: string, undo?: boolean) => void;
  /** Opens a view, with something to focus; the view's `view.ts` says what is valid. */
  readonly go: (view: ViewId, focus?: string) => void;
  #choices: Choices = $state.raw(choices());
  /** How the open view takes part in following; null until that part of the view has loaded. */
  place: ViewPlace | null = $state.raw(null);
  /** What each view remembers, by the function that makes it. */
  readonly #memories = new Map<() => object, object>();

  constructor(
    board: Board,
    self: string,
    notify: (message: string, undo?: boolean) => void,
    go: (view: ViewId, focus?: string) => void,
  ) {
    this.board = board;
    this.self = self;
    this.notify = notify;
    this.go = go;
  }

  /** What a view remembers of this board while another one is open; `make` creates it on first use. */
  memory<Memory extends object>(make: () => Memory): Memory {
    const kept = (this.#memories.get(make) as Memory | undefined) ?? make();
    this.#memories.set(make, kept);
    return kept;
  }

  /** Whether single-letter shortcuts are on. */
  get letterKeys(): boolean {
    return this.#choices.letters;
  }

  /** Whether other people's pointers, reactions and sounds are off. */
  get isCalm(): boolean {
    return this.#choices.calm;
  }

  get mapDirection(): Choices['mapDirection'] {
    return this.#choices.mapDirection;
  }

  /** Whether this person's map runs from right to left. */
  get isMapMirrored(): boolean {
    const { mapDirection } = this.#choices;
    return (mapDirection === 'page' ? directionOf(language()) : mapDirection) === 'rtl';
  }

  /** Chooses for this device. */
  choose(change: Partial<Choices>): void {
    this.#choices = { ...this.#choices, ...change };
    rememberChoice(change);
  }

  get role(): Role {
    return this.board.connection.role ?? 'observer';
  }

  /** Whether this person has a power now: by role, and unless the session takes it away. */
  may(power: Power): boolean {
    return may(this.role, power) && !this.board.rights?.bars(power);
  }

  /** Whether this person may do this to records now, by role and by the session's policy. */
  allows(...what: Parameters<Rights['refusal']>): boolean {
    return this.may('write') && !this.board.rights?.refusal(...what);
  }

  /** The same; if only the session forbids it, says why. */
  permits(...what: Parameters<Rights['refusal']>): boolean {
    const why = this.board.rights?.refusal(...what);
    if (why && this.may('write')) this.notify(why);
    return this.may('write') && !why;
  }

  /** The people who are at a record and can change it. An observer reads, and marks no place for others. */
  visitorsOf({ visitors }: Entry<unknown>): readonly Visitor[] {
    if (visitors.length === 0) return visitors;
    return visitors.filter(({ person }) => this.person(person).role !== 'observer');
  }

  /** A person's name, colour and role. A person that is not on the board yet gets defaults. */
  person(id: string): { name: string; color: string; role: Role } {
    return this.board.of(people).get(id) ?? { name: '', color: '#6b6459', role: 'observer' };
  }
}

const key = Symbol('workspace');

export function provideWorkspace(workspace: Workspace): Workspace {
  return setContext(key, workspace);
}

export function useWorkspace(): Workspace {
  return getContext<Workspace>(key);
}
