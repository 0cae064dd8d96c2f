import { tick } from 'svelte';
import { ideas } from '$shared/collections/idea.ts';
import type { IdeaView } from '$shared/queries/ideas.ts';
import { isEqual } from '$shared/schema/equal.ts';
import type { IdeasLook } from '$shared/wire/look.ts';
import type { Presence } from '$shared/wire/presence.ts';
import { maxLookWords } from '$shared/wire/presence.ts';
import type { Guided, ViewPlace } from '../../parts/view-place.ts';
import type { Backlog } from './backlog.svelte.ts';

/** Rest after the last scroll before others are told of the idea in the middle. */
const restMs = 150;
/** A scroll that soon after the focus has moved only brings the focus into view. */
const byFocusMs = 400;

/** The part of the ideas in following: what this person looks at, and how to show what another one looks at. */
export class IdeasPlace implements ViewPlace {
  readonly view = 'ideas';
  readonly #backlog: Backlog;
  readonly #list: HTMLElement;
  /** The idea that the person works at or has scrolled to. */
  #idea: string | null = $state(null);

  constructor(backlog: Backlog, list: HTMLElement) {
    this.#backlog = backlog;
    this.#list = list;
  }

  /** Takes part until the returned function is called. */
  attach(): () => void {
    const { workspace } = this.#backlog;
    let rest: ReturnType<typeof setTimeout> | undefined;
    let focusedAt = -Infinity;
    const focused = ({ target, timeStamp }: FocusEvent) => {
      focusedAt = timeStamp;
      this.#idea = rowOf(target) ?? this.#idea;
    };
    const scrolled = ({ timeStamp }: Event) => {
      if (timeStamp - focusedAt < byFocusMs) return;
      clearTimeout(rest);
      rest = setTimeout(() => this.#takeMiddle(), restMs);
    };
    this.#list.addEventListener('focusin', focused);
    this.#list.addEventListener('scroll', scrolled, { passive: true });
    workspace.place = this;
    return () => {
      clearTimeout(rest);
      this.#list.removeEventListener('focusin', focused);
      this.#list.removeEventListener('scroll', scrolled);
      if (workspace.place === this) workspace.place = null;
    };
  }

  look(): IdeasLook {
    const { view, openId } = this.#backlog;
    return { view: 'ideas', shown: shownAs(view), open: openId, idea: this.#idea };
  }

  follow(): Guided {
    const backlog = this.#backlog;
    let open: string | null = null;
    let at: string | null = null;
    return {
      show: (presence, look) => {
        if (look?.view === 'ideas') {
          if (!isEqual(look.shown, shownAs(backlog.view))) backlog.look(look.shown);
          if (look.open !== open) {
            const closes = look.open === null && backlog.openId === open;
            open = look.open;
            if (closes || (open !== null && backlog.board.of(ideas).get(open))) backlog.openAlong(open);
          }
        }
        const now = (look?.view === 'ideas' ? (look.idea ?? look.open) : null) ?? ideaOf(presence);
        if (now === null || now === at) return;
        at = now;
        void this.#show(now);
      },
      glance: () => {},
      end: () => {},
    };
  }

  visit(presence: Presence): void {
    const id = ideaOf(presence);
    if (id !== null) void this.#backlog.show(id);
  }

  async #show(id: string): Promise<void> {
    await tick();
    this.#list.querySelector(`[data-row="${id}"]`)?.scrollIntoView({ block: 'center' });
  }

  #takeMiddle(): void {
    const { left, right, top, bottom } = this.#list.getBoundingClientRect();
    this.#idea = rowOf(document.elementFromPoint((left + right) / 2, (top + bottom) / 2)) ?? this.#idea;
  }
}

const shownAs = (view: IdeaView): IdeaView => ({ ...view, words: view.words.slice(0, maxLookWords) });

const ideaOf = ({ at }: Presence): string | null => (at?.in === ideas.name ? at.id : null);

function rowOf(target: EventTarget | null): string | null {
  return (target instanceof Element && target.closest<HTMLElement>('[data-row]')?.dataset.row) || null;
}
