import type { Exceeded } from '../../../shared/wire/protocol.ts';
import { may } from '../../../shared/roles.ts';
import type { Membership } from '../../access/membership.ts';
import type { AllWork } from '../../documents/work.ts';
import { shareOf } from '../guard/guard.ts';
import type { Policy } from '../guard/policy.ts';
import type { Connection } from '../socket/connection.ts';
import type { Additions } from './allowances.ts';
import type { Bounds } from './live-document.ts';
import type { Stored } from './persistence.ts';
import type { RoomContext } from './room-context.ts';

/** Limits what people add to the document of one room: its size, the policy, and the daily allowances. */
export class RoomLimits implements Bounds {
  /** Allowances count all documents of one definition together, because each person may have one. */
  readonly #ledger: string;
  readonly #context: Pick<RoomContext, 'allowances' | 'clock'>;
  readonly policy: () => Policy | null;
  readonly #stored: () => Stored | null;

  constructor(
    ledger: string,
    context: Pick<RoomContext, 'allowances' | 'clock'>,
    policy: () => Policy | null,
    stored: () => Stored | null,
  ) {
    this.#ledger = ledger;
    this.#context = context;
    this.policy = policy;
    this.#stored = stored;
  }

  isFull({ role }: Membership): boolean {
    return this.#stored()?.isFull(shareOf(role)) ?? false;
  }

  /** For facilitators only client ids count, up to the limits of the document itself. */
  spend(
    { role, device }: Membership,
    since: number,
    additions: Additions,
    isKnown: boolean,
  ): Exceeded | null {
    const { allowances } = this.#context;
    const exceeded = may(role, 'structure')
      ? allowances.spendAsLead(this.#ledger, device, additions)
      : allowances.spend(this.#ledger, { device, isKnown, since }, additions);
    if (!exceeded) this.#stored()?.grow(additions.bytes);
    return exceeded;
  }

  /** Writes a person into the document. Returns false if the document has no place for one more. */
  introduce(connection: Connection, work: AllWork, present: () => ReadonlySet<string>): boolean {
    const { membership } = connection;
    const { allowances, clock } = this.#context;
    return work.joined(membership, {
      present,
      admit: () => allowances.admit(this.#ledger, membership.role),
      rename: () => allowances.rename(this.#ledger, membership.device, membership.role),
      charge: (ms) => connection.charge('work', ms),
      now: () => clock.now(),
    });
  }
}
