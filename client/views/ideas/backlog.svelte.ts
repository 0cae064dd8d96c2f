import { isBlank } from '$shared/text/blank.ts';
import { Flags } from '../../model/store/flags.svelte.ts';
import { cards } from '$shared/collections/card.ts';
import { getContext, setContext, tick } from 'svelte';
import type { Idea, IdeaState } from '$shared/collections/idea.ts';
import { ideas, addIdea, removeIdea, setIdeaState } from '$shared/collections/idea.ts';
import type { IdeaContext, IdeaView } from '$shared/queries/ideas.ts';
import type { Board } from '../../model/board.svelte.ts';
import { t } from '../../text/messages.svelte.ts';
import { ideaTitle } from '../../parts/untitled.ts';
import type { RowGroup } from '../../ui/held-order.svelte.ts';
import { HeldOrder } from '../../ui/held-order.svelte.ts';
import { keepFocus } from '../../ui/keep-focus.ts';
import type { KeptPlace } from '../../ui/keep-in-place.ts';
import { keepInPlace } from '../../ui/keep-in-place.ts';
import type { Workspace } from '../../parts/workspace.svelte.ts';
import { Arrangement, countOnce } from './arrangement.ts';
import { contextOf, inOrder } from './options.ts';
import { firstView, openForNew, withoutFilters } from './filters.ts';

/** Which field gets the focus when an idea opens; null for the idea itself. */
export type Grab = 'title' | 'why' | null;

/** The last filters and order of each open board, so that they survive a visit to a card on the map. */
const lastViews = new WeakMap<Board, IdeaView>();

/**
 * The backlog on this screen: its filters and order, the open idea, and its open menu or dialog. One idea is open at a
 * time, and keeps its place until it closes. Others' changes wait with the order while this person is active in the
 * list (`HeldOrder`), and do not move what the person looks at (`keepInPlace`).
 */
export class Backlog {
  readonly workspace: Workspace;
  /** The group in which the open idea was opened: grouped by persona, an idea may appear several times. */
  openIn = $state('');
  /** Whether each idea is open. */
  readonly opened = new Flags();
  grab: Grab = $state(null);
  /** The idea whose cards are being picked. */
  picking: string | null = $state(null);
  /** The idea whose state menu is open, and the menu's anchor. */
  menu: { readonly id: string; readonly anchor: HTMLElement } | null = $state.raw(null);

  #view: IdeaView = $state.raw(firstView);
  #open: string | null = $state(null);
  /** The open idea as it was when it was opened: the order goes by it. */
  #held: Idea | null = $state.raw(null);
  readonly #arrangement = new Arrangement();
  readonly #context: IdeaContext = $derived(contextOf(this.board.journey, this.board.connection.language));
  readonly order = new HeldOrder();
  readonly #arranged = $derived(
    this.order.arrange(
      inOrder(
        this.board,
        this.#view.group,
        this.#arrangement.arrange(this.#records(), this.#view, this.#context, this.#held),
      ),
    ),
  );
  readonly groups: readonly RowGroup[] = $derived(this.#arranged.groups);
  /** True if others have changed the order, and the list does not show it yet. */
  readonly isLate: boolean = $derived(this.#arranged.isLate);
  /** The number of ideas shown, each counted once. */
  readonly shown: number = $derived(countOnce(this.groups));

  #list: HTMLElement | null = null;
  #place: KeptPlace | null = null;

  constructor(workspace: Workspace) {
    this.workspace = workspace;
    this.#view = lastViews.get(workspace.board) ?? firstView;
  }

  get board(): Board {
    return this.workspace.board;
  }

  get view(): IdeaView {
    return this.#view;
  }

  get openId(): string | null {
    return this.#open;
  }

  attach(list: HTMLElement): () => void {
    this.#list = list;
    const stopKeeping = keepFocus(list, {
      records: '[data-row]',
      again: ({ dataset: { row = '' } }) => this.#row(row),
      target: (row) => row.querySelector('[data-stop]'),
      otherwise: () => list.querySelector('[data-row]'),
    });
    const stopHolding = this.order.watch(list);
    const place = keepInPlace(list, {
      rows: '[data-row]',
      name: ({ dataset: { row = '' } }) => row,
      hasRoom: true,
    });
    this.#place = place;
    return () => {
      stopKeeping();
      stopHolding();
      place.stop();
      this.#place = null;
      this.#list = null;
      this.#setOpen(null);
    };
  }

  /** Changes filters, grouping or order. The open idea stays open if it still matches. */
  look(change: Partial<IdeaView>): void {
    this.#view = { ...this.#view, ...change };
    lastViews.set(this.board, this.#view);
    this.order.release();
    this.#place?.accept();
    if (this.#open === null) {
      if (this.#list) this.#list.scrollTop = 0;
      return;
    }
    this.#held = this.board.of(ideas).get(this.#open);
    const group = this.#groupOf(this.#open);
    if (group === null) this.#setOpen(null);
    else this.openIn = group;
  }

  /** Opens an idea in its place and scrolls all of it into view. */
  async open(id: string, group: string, grab: Grab): Promise<void> {
    this.#setOpen(id);
    this.#held = this.board.of(ideas).get(id);
    this.openIn = group;
    const title = this.board.of(ideas).get(id)?.title ?? '';
    this.grab = this.workspace.allows('edit', ideas, [id]) ? (isBlank(title) ? 'title' : grab) : null;
    await tick();
    if (this.grab === null) this.focus(id);
    this.#row(id)?.scrollIntoView({ block: 'nearest' });
    this.#place?.accept();
  }

  /** Opens an idea, or closes the open one, because the person who is followed did. Leaves the focus where it is. */
  openAlong(id: string | null): void {
    this.#setOpen(id);
    this.#held = id === null ? null : this.board.of(ideas).get(id);
    this.openIn = (id === null ? null : this.#groupOf(id)) ?? '';
    this.grab = null;
    this.#place?.accept();
  }

  /** Opens an idea from a link: clears the filters if they hide it, and scrolls to it. */
  async show(id: string): Promise<void> {
    if (!this.board.of(ideas).get(id)) return;
    if (this.#groupOf(id) === null) this.look(withoutFilters(this.#view));
    await this.open(id, this.#groupOf(id) ?? '', null);
    this.#row(id)?.scrollIntoView({ block: 'center' });
  }

  /** Shows the order that others' changes have made. The focus goes to the idea that had it. */
  async update(event: MouseEvent): Promise<void> {
    this.order.release();
    this.#place?.accept();
    await tick();
    const isKey = event.detail === 0;
    this.#list?.querySelector<HTMLElement>('[data-stop][tabindex="0"]')?.focus({ preventScroll: !isKey });
  }

  /** Closes the open idea, releases the order, and keeps the focus on the idea if it was inside. */
  async close(): Promise<void> {
    const id = this.#open;
    if (id === null) return;
    const inside = this.#row(id)?.contains(document.activeElement) ?? false;
    this.#setOpen(null);
    await tick();
    if (inside) this.focus(id);
  }

  /** Adds an idea with the properties that the filters select. */
  async add(title: string): Promise<void> {
    this.look(openForNew(this.#view, this.workspace.self));
    const { phase, persona, card } = this.#view;
    const answered = this.board.of(cards).get(card);
    const place = answered && (phase === null || phase === answered.place.phase) ? answered.place : null;
    const id = addIdea(this.board.editor, {
      title,
      cards: card === null ? [] : [card],
      place: { phase: place?.phase ?? phase, step: place?.step ?? null },
      personas: persona === null ? (answered?.personas ?? []) : [persona],
    });
    // Own ideas appear in their place at once.
    this.order.release();
    this.#place?.accept();
    await tick();
    const row = this.#row(id);
    row?.scrollIntoView({ block: 'nearest' });
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    row?.animate(
      { backgroundColor: ['var(--accent-wash)', 'transparent'] },
      { duration: 900, easing: 'ease-out' },
    );
  }

  async remove(id: string): Promise<void> {
    if (!this.workspace.permits('remove', ideas, [id])) return;
    const rows = this.#rows();
    const at = rows.findIndex((row) => row.dataset.row === id);
    const next = (rows[at + 1] ?? rows[at - 1])?.dataset.row;
    const title = this.board.of(ideas).get(id)?.title.trim() ?? '';
    if (this.#open === id) this.#setOpen(null);
    removeIdea(this.board.editor, id);
    this.workspace.notify(t('ideas.deleted', { title: ideaTitle(title) }), true);
    await tick();
    if (next !== undefined) this.focus(next);
  }

  /** Sets a state from the list. Dropping an idea opens it at its reason. */
  setState(id: string, state: IdeaState): void {
    if (!this.workspace.permits('edit', ideas, [id])) return;
    setIdeaState(this.board.editor, id, state);
    if (state === 'dropped') void this.open(id, this.#groupOf(id) ?? '', 'why');
  }

  /** Puts the focus on an idea, open or closed. */
  focus(id: string): void {
    this.#row(id)?.querySelector<HTMLElement>('[data-stop]')?.focus();
  }

  /** Moves the focus by this many ideas, or to the first or last one. */
  step(from: string | null, by: number): void {
    const rows = this.#rows();
    const at = rows.findIndex((row) => row.dataset.row === from && row.contains(document.activeElement));
    const to = at < 0 ? (by < 0 ? rows.length - 1 : 0) : Math.max(0, Math.min(rows.length - 1, at + by));
    rows[to]?.querySelector<HTMLElement>('[data-stop]')?.focus();
  }

  /** Follows the focus: keeps one idea in the tab order, and shows others where this person is. */
  focused(target: HTMLElement): void {
    const row = target.closest<HTMLElement>('[data-row]');
    const id = row?.dataset.row;
    if (id === undefined) return;
    const stop = row?.querySelector<HTMLElement>('button[data-stop]');
    if (stop) this.#makeStop(stop);
    this.board.presence.setState({ at: { in: 'ideas', id }, cell: null });
  }

  /** Ensures that one idea can be reached by Tab, whichever ideas are shown and open. */
  ensureStop(_shown: readonly RowGroup[], _open: string | null): void {
    if (this.#list?.querySelector('button[data-stop][tabindex="0"]')) return;
    const first = this.#list?.querySelector<HTMLElement>('button[data-stop]');
    if (first) this.#makeStop(first);
  }

  /** Set on the elements directly, so that the cost does not grow with the number of ideas. */
  #makeStop(stop: HTMLElement): void {
    this.#list?.querySelector<HTMLElement>('button[data-stop][tabindex="0"]')?.setAttribute('tabindex', '-1');
    stop.tabIndex = 0;
  }

  #setOpen(id: string | null): void {
    const before = this.#open;
    if (before === id) return;
    if (before !== null) {
      this.opened.set(before, false);
      this.#discardBlank(before);
    }
    if (id !== null) this.opened.set(id, true);
    else this.#held = null;
    this.#open = id;
  }

  /** Removes a new idea that its author left empty, with its undo step. */
  #discardBlank(id: string): void {
    const idea = this.board.of(ideas).get(id);
    if (!idea || idea.author !== this.workspace.self || !this.workspace.allows('remove', ideas, [id])) return;
    if (!isBlank(idea.title) || !isBlank(idea.solution)) return;
    if (this.workspace.visitorsOf(this.board.of(ideas).entry(id)).length > 0) return;
    this.board.editor.discard(ideas, id, removeIdea);
  }

  #groupOf(id: string): string | null {
    return this.groups.find((group) => group.ids.includes(id))?.key ?? null;
  }

  #rows(): HTMLElement[] {
    return [...(this.#list?.querySelectorAll<HTMLElement>('[data-row]') ?? [])];
  }

  #row(id: string): HTMLElement | null {
    return this.#list?.querySelector<HTMLElement>(`[data-row="${id}"]`) ?? null;
  }

  #records(): Idea[] {
    return this.board.of(ideas).all.flatMap((entry) => entry.record ?? []);
  }
}

const key = Symbol('backlog');

export function provideBacklog(backlog: Backlog): Backlog {
  return setContext(key, backlog);
}

export function useBacklog(): Backlog {
  return getContext<Backlog>(key);
}
