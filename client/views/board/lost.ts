import type { Exceeded, Refusal } from '$shared/protocol.ts';

/** What a person did and the board does not have: why, and the texts in it, to copy. */
export interface Lost {
  /** The reason of the server; `unknown` where it gave none; `outdated` where the board was put back meanwhile. */
  readonly why: Refusal | 'too-large' | 'unknown' | 'outdated';
  /** With the reason `allowance`: which one. */
  readonly exceeded?: Exceeded;
  readonly texts: readonly string[];
}
