import type { Role } from '../../shared/roles.ts';

/** A person's verified access to a board. It comes from a signed token, never from what a client claims. */
export interface Membership {
  readonly board: string;
  readonly person: string;
  /**
   * The device, the same in every role. Rates and limits count by device, so that joining with two links gains nothing.
   * Never shown to others. Equal to `person` if the device is not known.
   */
  readonly device: string;
  readonly name: string;
  /** `#rrggbb` */
  readonly color: string;
  readonly role: Role;
  /** The link that the person joined with. Revoking the link ends the membership. */
  readonly link: string;
  /** The generation of the board when the person joined. A reset of the board ends earlier memberships. */
  readonly generation: number;
  /** When the membership ends, on the clock of this process (`Time.now`). Setting the wall clock does not change it. */
  readonly expires: number;
}
