import type { Refusal } from '../../../shared/protocol.ts';

/** Ends the reading of an update that will be refused. Thrown and caught within the guard only. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly reason: Refusal;

  constructor(reason: Refusal) {
    super(reason);
    this.reason = reason;
  }
}
