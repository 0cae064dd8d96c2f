import type { Refusal } from '../../../shared/wire/protocol.ts';

/** Ends the reading of an update that will be refused. Thrown and caught within the guard only. */
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

/** What no Yjs writes. */
export const malformed = () => new Refused('malformed', 'G2');

/** What rests on something that is not there. */
export const missing = () => new Refused('missing-dependency', 'G3');

/** What would stand elsewhere than it reads. */
export const misplaced = () => new Refused('wrong-parent', 'G2');
