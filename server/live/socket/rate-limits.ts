import type { Allowance } from '../bucket.ts';
import { Bucket } from '../bucket.ts';
import type { Clock } from '../clock.ts';
import { connectionRates, heavyWork, lightWork, personRates, workPerUnit } from '../limits.ts';

/** What a sender is charged for. `work` is the server's time for its frames, in milliseconds. */
export type Charge = keyof typeof connectionRates;
type RateTable = Readonly<Record<Charge, Allowance>>;

/** The order of levels. */
const charges = ['updates', 'presence', 'pings', 'bytes', 'work'] as const satisfies readonly Charge[];

/** One bucket per charge, in a few numbers, because each socket and each payer has a set. */
class Meters {
  readonly #table: RateTable;
  /** How much could be taken now without debt, in the order above; below 0 in debt. */
  readonly #levels: number[];
  #at: number;
  #until = -Infinity;

  constructor(table: RateTable, now: number) {
    this.#table = table;
    this.#levels = charges.map((charge) => table[charge].burst);
    this.#at = now;
  }

  /** When the debt is paid; in the past if there is none. */
  get until(): number {
    return this.#until;
  }

  take(charge: Charge, amount: number, now: number): void {
    this.#refill(now);
    const index = charges.indexOf(charge);
    const level = (this.#levels[index] ?? 0) - amount;
    this.#levels[index] = level;
    if (level < 0) this.#until = Math.max(this.#until, now + msUntilPaid(level, this.#table[charge]));
  }

  isFull(now: number): boolean {
    this.#refill(now);
    return charges.every((charge, i) => (this.#levels[i] ?? 0) >= this.#table[charge].burst);
  }

  #refill(now: number): void {
    const seconds = (now - this.#at) / 1_000;
    if (seconds === 0) return;
    this.#at = now;
    for (let i = 0; i < charges.length; i++) {
      const { perSecond, burst } = this.#table[charges[i] ?? 'work'];
      this.#levels[i] = Math.min(burst, (this.#levels[i] ?? 0) + seconds * perSecond);
    }
  }
}

function msUntilPaid(level: number, { perSecond }: Allowance): number {
  return Math.ceil((-level / perSecond) * 1_000);
}

/** One bucket, and the end of its debt. */
class Meter {
  readonly #bucket: Bucket;
  #until = -Infinity;

  constructor(allowance: Allowance, now: number) {
    this.#bucket = new Bucket(allowance, now);
  }

  get until(): number {
    return this.#until;
  }

  take(amount: number, now: number): void {
    const waitMs = this.#bucket.take(amount, now);
    if (waitMs > 0) this.#until = now + waitMs;
  }

  isFull(now: number): boolean {
    return this.#bucket.isFull(now);
  }
}

/** The shared account of all connections of one payer. */
class Account {
  readonly #meters: Meters;
  readonly #light: Meter;
  readonly #heavy: Meter;
  /** Open connections. */
  users = 0;

  constructor(heavy: Meter, now: number) {
    this.#meters = new Meters(personRates, now);
    this.#light = new Meter(lightWork, now);
    this.#heavy = heavy;
  }

  /** When its debt ends. Work is paid from the payer's own small share of time, or from the shared pool. */
  get until(): number {
    return Math.max(this.#meters.until, Math.min(this.#light.until, this.#heavy.until));
  }

  take(charge: Charge, amount: number, now: number): void {
    this.#meters.take(charge, amount, now);
    const workMs = amount * workPerUnit[charge];
    this.#light.take(workMs, now);
    if (this.#light.until > now) this.#heavy.take(workMs, now);
  }

  isFull(now: number): boolean {
    return this.#meters.isFull(now) && this.#light.isFull(now);
  }
}

/** Send rates of one connection: its own buckets, and those of its payer, who may have several connections. */
export class SenderRates {
  readonly #own: Meters;
  readonly #account: Account;
  readonly #clock: Clock;

  constructor(account: Account, clock: Clock) {
    this.#own = new Meters(connectionRates, clock.now());
    this.#account = account;
    this.#clock = clock;
    account.users++;
  }

  /** Charges an amount. Returns the connection's debt in milliseconds. */
  charge(charge: Charge, amount: number): number {
    const now = this.#clock.now();
    this.#own.take(charge, amount, now);
    this.#account.take(charge, amount, now);
    return this.#owesAt(now);
  }

  /** The connection's debt in milliseconds, its own or from another connection of its payer. */
  get owes(): number {
    return this.#owesAt(this.#clock.now());
  }

  /** The connection is closed. */
  close(): void {
    this.#account.users--;
  }

  #owesAt(now: number): number {
    return Math.max(0, this.#own.until - now, this.#account.until - now);
  }
}

/** The accounts of all payers on all boards, by device. Debt survives a reconnect, in any role. */
export class PeopleRates {
  readonly #clock: Clock;
  readonly #accounts = new Map<string, Account>();
  readonly #heavy: Meter;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#heavy = new Meter(heavyWork, clock.now());
  }

  /** The rates for one connection of a payer on a board; call `close` when it is closed. */
  of(board: string, payer: string): SenderRates {
    const key = `${board}/${payer}`;
    const account = this.#accounts.get(key) ?? new Account(this.#heavy, this.#clock.now());
    this.#accounts.set(key, account);
    return new SenderRates(account, this.#clock);
  }

  /** Drops accounts without connections and debt, which are the same as new ones. */
  sweep(): void {
    const now = this.#clock.now();
    for (const [key, account] of this.#accounts)
      if (account.users === 0 && account.isFull(now)) this.#accounts.delete(key);
  }
}
