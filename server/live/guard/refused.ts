import type { Refusal } from '../../../shared/wire/protocol.ts';

/** Stops the check of an update that will be refused. Thrown and caught only inside the guard. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly reason: Refusal;
  /** The number of the broken rule in docs/SYNC.md. */
  readonly rule: string;

  constructor(reason: Refusal, rule: string) {
    super(reason);
    this.reason = reason;
    this.rule = rule;
  }
}

/** Bytes that Yjs never writes. */
export const malformed = () => new Refused('malformed', 'G2');

/** A dependency is missing. */
export const missing = () => new Refused('missing-dependency', 'G3');

/** Content that Yjs would place elsewhere than the update says. */
export const misplaced = () => new Refused('wrong-parent', 'G2');
