import type { LoweredHand, Presence, ReactionKind } from '$shared/wire/presence.ts';
import { ownReactionMs, ReactionRate } from '$shared/wire/reaction-rate.ts';
import { currentItem, noItem } from '../../model/presence/current-item.ts';
import type { PresenceModel } from '../../model/presence/presence.svelte.ts';
import { browserClock } from '../../ui/held-order.svelte.ts';
import type { Workspace } from '../../parts/workspace.svelte.ts';
import { nameOf } from '../../parts/person-name.ts';
import { t } from '../../text/messages.svelte.ts';
import { Follow } from './follow.svelte.ts';
import { handsIn, loweredIn, lowersWith, raisedNow } from './hands.ts';

/** A reaction on the screen. */
export interface ShownReaction {
  readonly key: number;
  readonly person: string;
  readonly kind: ReactionKind;
}

/** How long a reaction is on the screen. */
const reactionShownMs = 3_000;
/** The most on the screen at once: a crowd reacts, and the board must stay readable. */
const mostReactionsShown = 12;

/**
 * What people do with each other on this board, besides editing: following, hands, done marks, reactions, the laser.
 * All of it is presence: nothing is stored.
 */
export class Together {
  readonly workspace: Workspace;
  readonly follow: Follow;
  /** Where the own hand comes among those of others; null while it is down. */
  #handAt: number | null = $state(null);
  /** Hands of this person that others had lowered before this one was raised. */
  #handled: ReadonlySet<string> = new Set();
  #lowers: readonly LoweredHand[] = [];
  #done: string | null = $state(null);
  #lastItem = noItem;
  #isLaser = $state(false);
  /** The reactions on the screen, the oldest first. */
  reactions: readonly ShownReaction[] = $state.raw([]);
  readonly #rate = new ReactionRate(ownReactionMs);
  #lastReaction = 0;
  #timers = new Set<ReturnType<typeof setTimeout>>();

  constructor(workspace: Workspace) {
    this.workspace = workspace;
    this.follow = new Follow({
      self: workspace.self,
      clock: browserClock,
      tell: (follows) => this.#presence.setState({ follows }),
      ended: (leader, why) => workspace.notify(t(`together.ended.${why}`, { name: this.nameOf(leader) })),
    });
  }

  get #presence(): PresenceModel {
    return this.workspace.board.presence;
  }

  /** True if this person leaves marks: an observer looks on, follows and reacts. */
  get mayMark(): boolean {
    return this.workspace.role !== 'observer';
  }

  nameOf(person: string): string {
    return nameOf(this.workspace.person(person).name);
  }

  // Hands

  /**
   * The people whose hands are up, the first to raise first. Reactive, and not kept: a component that first asks for
   * this object would own what it keeps.
   */
  get hands(): readonly string[] {
    const at = this.#handAt;
    return handsIn(this.#presence.where, at === null ? null : { person: this.workspace.self, at });
  }

  get isHandUp(): boolean {
    return this.hands.includes(this.workspace.self);
  }

  toggleHand(): void {
    if (!this.mayMark) return;
    if (this.isHandUp) return this.lower(this.workspace.self);
    const { where } = this.#presence;
    this.#handled = new Set(this.#ownLowered(where).keys());
    this.#handAt = raisedNow(where);
    this.#presence.setState({ hand: 1 });
    this.workspace.notify(t('together.hand.yours'));
  }

  /** Whether this person may lower somebody's hand. */
  mayLower(person: string): boolean {
    return person === this.workspace.self || this.workspace.role === 'facilitator';
  }

  /** Lowers a hand: the own one, on all own pages, or as a facilitator that of somebody else. */
  lower(person: string): void {
    if (person === this.workspace.self) this.#lowerOwn();
    const hand = this.#presence.where.get(person)?.hand ?? null;
    if (hand !== null) this.#tellLowers({ person, hand });
  }

  /** Presence has changed: lowers the own hand if somebody has lowered it. */
  readLowered(): void {
    const { where } = this.#presence;
    this.#tellLowers(null);
    if (this.#handAt === null) return;
    const fresh = [...this.#ownLowered(where)].find(([key]) => !this.#handled.has(key));
    if (!fresh) return;
    this.#lowerOwn();
    const [, by] = fresh;
    if (by !== this.workspace.self)
      this.workspace.notify(t('together.hand.lowered', { name: this.nameOf(by) }));
  }

  #ownLowered(where: ReadonlyMap<string, Presence>): Map<string, string> {
    return new Map([...loweredIn(where)].filter(([key]) => key.startsWith(`${this.workspace.self} `)));
  }

  #lowerOwn(): void {
    if (this.#handAt === null) return;
    this.#handAt = null;
    this.#presence.setState({ hand: null });
  }

  #tellLowers(more: LoweredHand | null): void {
    const lowers = lowersWith(this.#lowers, this.#presence.where, more);
    if (lowers.length === this.#lowers.length && !more) return;
    this.#lowers = lowers;
    this.#presence.setState({ lowers: [...lowers] });
  }

  // Done marks

  /** What runs now; the last that was known, while the page is connecting. */
  get #item(): string {
    this.#lastItem = currentItem(this.workspace.board.connection.session) ?? this.#lastItem;
    return this.#lastItem;
  }

  get isDone(): boolean {
    return this.#done !== null && this.#done === this.#item;
  }

  toggleDone(): void {
    if (!this.mayMark) return;
    this.#done = this.isDone ? null : this.#item;
    this.#presence.setState({ done: this.#done });
  }

  /** Another item runs: nobody is done with it yet. */
  clearDone(): void {
    if (this.#done === null) return;
    this.#done = null;
    this.#presence.setState({ done: null });
  }

  /** This person has become an observer. */
  dropMarks(): void {
    this.#lowerOwn();
    this.clearDone();
    this.setLaser(false);
  }

  /** True if a person says that they are done with what runs now. */
  isPersonDone(person: string): boolean {
    if (person === this.workspace.self && this.isDone) return true;
    return this.#presence.where.get(person)?.done === this.#item;
  }

  /** The participants who are here, and how many of them are done. */
  get progress(): { readonly done: number; readonly all: number } {
    const all = this.#presence.people.filter((one) => this.workspace.person(one).role === 'participant');
    return { done: all.filter((one) => this.isPersonDone(one)).length, all: all.length };
  }

  // Reactions

  /** Reacts, at most twice a second. Returns false if that is too often. */
  react(kind: ReactionKind): boolean {
    if (!this.#rate.take(performance.now())) return false;
    this.#presence.setState({ reaction: { kind, n: ++this.#lastReaction } });
    this.#show(this.workspace.self, kind);
    return true;
  }

  /** Shows the reactions of others from now on, not those of before. Returns a function that ends it. */
  watchReactions(): () => void {
    const stop = this.#presence.onPeer((_client, now, before) => {
      // The first state of a client may hold an old reaction.
      if (!now?.reaction || !before || now.reaction.n === before.reaction?.n) return;
      this.#show(now.person, now.reaction.kind);
    });
    return () => {
      stop();
      for (const timer of this.#timers) clearTimeout(timer);
      this.#timers.clear();
      this.reactions = [];
    };
  }

  #show(person: string, kind: ReactionKind): void {
    if (this.workspace.isCalm && person !== this.workspace.self) return;
    const one = { key: ++shownReactions, person, kind };
    this.reactions = [...this.reactions, one].slice(-mostReactionsShown);
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.reactions = this.reactions.filter((other) => other !== one);
    }, reactionShownMs);
    this.#timers.add(timer);
  }

  // Laser

  get isLaser(): boolean {
    return this.#isLaser;
  }

  setLaser(on: boolean): void {
    if (on === this.#isLaser || (on && !this.mayMark)) return;
    this.#isLaser = on;
    this.#presence.setState({ laser: on });
  }
}

let shownReactions = 0;

const all = new WeakMap<Workspace, Together>();

/** What people do together on an open board. */
export function togetherOf(workspace: Workspace): Together {
  const known = all.get(workspace) ?? new Together(workspace);
  all.set(workspace, known);
  return known;
}
