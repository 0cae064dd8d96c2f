import * as v from 'valibot';
import { presenceSchema } from '../../../shared/wire/presence.ts';
import { reactionMs, ReactionRate } from '../../../shared/wire/reaction-rate.ts';
import type { Role } from '../../../shared/roles.ts';

type State = Readonly<Record<string, unknown>>;

/** All have a fallback, so that every object passes. */
const checkedSchema = v.pick(presenceSchema, ['hand', 'reaction', 'lowers']);
type Checked = v.InferOutput<typeof checkedSchema>;

/** What the server remembers of the checked fields of a client id. */
export interface Vetted {
  /** When the hand was raised, in milliseconds of the live clock; null while it is down. */
  readonly hand: number | null;
  /** The number of the last reaction that was sent, passed on or not. */
  readonly reacted: number | null;
  /** The last reaction that was passed on. */
  readonly reaction: Checked['reaction'];
}

const silent: Checked = { hand: null, reaction: null, lowers: [] };
const nothing: Vetted = { hand: null, reacted: null, reaction: null };

/** Fields that nobody takes from an observer: an observer looks on, and leaves no mark (P14). */
const notOfObservers: ReadonlySet<string> = new Set(['hand', 'done', 'laser', 'lowers', 'cursor']);

/** People above whose number those who have not reacted lately are forgotten. */
const mostRates = 64;

/**
 * Checks the fields of presence states that have rules (P12 to P14 of docs/SYNC.md). A page could forge them, so the
 * server decides: when a hand was raised, how often a person reacts, and who may lower the hands of others.
 */
export class Vetting {
  readonly #rates = new Map<string, ReactionRate>();

  /**
   * Returns the state as others get it, without the person, and what to remember for the next state of the client id.
   * @param before what was remembered of the client id; undefined if it is new
   */
  vet(
    said: State,
    before: Vetted | undefined,
    { person, role }: { readonly person: string; readonly role: Role },
    now: number,
  ): { readonly state: State; readonly vetted: Vetted } {
    const isObserver = role === 'observer';
    const known = before ?? nothing;
    // A page sends these fields only while they say something.
    const isPlain = !('hand' in said) && !('reaction' in said) && !('lowers' in said);
    const { hand, reaction, lowers } = isPlain ? silent : v.parse(checkedSchema, said);
    const raised = hand === null || isObserver ? null : (known.hand ?? Math.max(1, Math.round(now)));
    const isNew = reaction !== null && reaction.n !== known.reacted;
    const passes = isNew && this.#rateOf(person, now).take(now);
    const vetted: Vetted = {
      hand: raised,
      reacted: reaction?.n ?? known.reacted,
      reaction: reaction === null ? null : passes ? reaction : known.reaction,
    };
    const state: Record<string, unknown> = { ...said };
    if ('hand' in said) state.hand = vetted.hand;
    if ('reaction' in said) state.reaction = vetted.reaction;
    if ('lowers' in said)
      state.lowers = role === 'facilitator' ? lowers : lowers.filter((one) => one.person === person);
    if (!isObserver) return { state, vetted };
    const seen = Object.entries(state).filter(([field]) => !notOfObservers.has(field));
    return { state: Object.fromEntries(seen), vetted };
  }

  #rateOf(person: string, now: number): ReactionRate {
    const known = this.#rates.get(person);
    if (known) return known;
    if (this.#rates.size >= mostRates)
      for (const [one, rate] of this.#rates) if (rate.isIdle(now)) this.#rates.delete(one);
    const made = new ReactionRate(reactionMs);
    this.#rates.set(person, made);
    return made;
  }
}
