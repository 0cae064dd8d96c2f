import { isEqual } from '../../../shared/schema/equal.ts';
import type { Role } from '../../../shared/roles.ts';
import type { Clock } from '../clock.ts';
import type { BoardRules } from '../contract.ts';
import type { Policy } from '../guard/policy.ts';
import { anyOf, policyFrom } from '../guard/session-policy.ts';
import { maxPoliciesKept, policyGraceMs } from '../limits.ts';

/** A policy that was replaced, and until when it still allows what it allowed. */
interface Earlier {
  readonly policy: Policy;
  readonly until: number;
}

/** The rules of one board's session, for all of its open rooms. */
export class LiveRules {
  readonly #clock: Clock;
  readonly #read: () => Promise<BoardRules | null>;
  /** Undefined until they are read; null if nothing limits participants. */
  #rules: BoardRules | null | undefined;
  #policy: Policy | null = null;
  /** The newest first. */
  #earlier: readonly Earlier[] = [];
  /** The present policy and those of the grace period, as one. */
  #together: Policy | null = null;

  /** @param read returns the stored rules of the board */
  constructor(clock: Clock, read: () => Promise<BoardRules | null>) {
    this.#clock = clock;
    this.#read = read;
  }

  /** Reads the stored rules, unless newer ones are known. @throws if they cannot be read */
  async load(): Promise<void> {
    if (this.#rules !== undefined) return;
    const rules = await this.#read();
    // The session may have changed meanwhile, and what it said then is newer.
    if (this.#isKnown()) return;
    this.#rules = rules;
    this.#policy = this.#together = rules && policyFrom(rules.policy);
  }

  /** Sets the rules. `bindsAtOnce`: the earlier policies allow nothing any more. */
  govern(rules: BoardRules, bindsAtOnce: boolean): void {
    const before = this.#rules;
    this.#rules = rules;
    if (bindsAtOnce) this.#earlier = [];
    if (!before || !isEqual(before.policy, rules.policy)) {
      if (this.#policy && !bindsAtOnce) {
        const replaced = { policy: this.#policy, until: this.#clock.now() + policyGraceMs };
        this.#earlier = [replaced, ...this.#earlier].slice(0, maxPoliciesKept - 1);
      }
      this.#policy = policyFrom(rules.policy);
    }
    this.#join();
  }

  /** What participants may change now, the grace period included; null for whatever their role allows. */
  policy(): Policy | null {
    const oldest = this.#earlier.at(-1);
    if (oldest && oldest.until <= this.#clock.now()) {
      this.#earlier = this.#earlier.filter(({ until }) => until > this.#clock.now());
      this.#join();
    }
    return this.#together;
  }

  /** The role of a person now, given that of their link. */
  roleOf(person: string, role: Role): Role {
    const roles = this.#rules?.roles;
    return roles && Object.hasOwn(roles, person) ? (roles[person] ?? role) : role;
  }

  #isKnown(): boolean {
    return this.#rules !== undefined;
  }

  #join(): void {
    this.#together =
      this.#policy && this.#earlier.length > 0
        ? anyOf([this.#policy, ...this.#earlier.map(({ policy }) => policy)])
        : this.#policy;
  }
}
