import type { Role } from '../../shared/roles.ts';

/** Who holds a session on a board, as the server has verified it. It never comes from what a client says. */
export interface Membership {
  readonly board: string;
  readonly person: string;
  /**
   * The device they came from, whatever the role: who may do what how often is counted by it, so that one who
   * joins by two links does not count twice. Never shown to others. Equal to `person` where it is not known.
   */
  readonly device: string;
  readonly name: string;
  /** `#rrggbb` */
  readonly color: string;
  readonly role: Role;
  /** The link by which they came: when it is revoked, so is the membership. */
  readonly link: string;
  /** Of the board's generation when they joined: a reset ends the seats from before it. */
  readonly generation: number;
  /** When the session is over, on the clock of this process (`Time.now`): whoever sets the wall clock moves no session's end. */
  readonly expires: number;
}
