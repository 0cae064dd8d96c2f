import { chromium, expect as impatient } from '@playwright/test';
import type { Browser, BrowserContextOptions } from '@playwright/test';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { CHROME_ARGS, findChrome } from '../chrome.mjs';
import type { Links } from './harness.ts';
import { House } from './harness.ts';
import { Person } from './person.ts';

/** Longer than any step takes on a busy machine; a step that never finishes fails by it. */
const patienceMs = 10_000;

/** Playwright's `expect`, which retries until the timeout. */
export const expect = impatient.configure({ timeout: patienceMs });

/** Sets up the stage for the tests of a file. After each test, no page may have logged an error or warning. */
export function setStage(): Stage {
  const stage = new Stage();
  beforeAll(() => stage.open());
  beforeEach(() => stage.beginTest());
  afterEach(async () => {
    // A page may log errors until it is closed.
    await stage.guestsLeave();
    const complaints = stage.takeComplaints();
    stage.forgetGuests();
    expect(complaints).toEqual([]);
  });
  afterAll(() => stage.close());
  return stage;
}

/** One server, one browser, and the people of the tests. */
export class Stage {
  #house: House | null = null;
  #browser: Browser | null = null;
  readonly #people = new Set<Person>();
  readonly #guests = new Set<Person>();

  async open(): Promise<void> {
    this.#house = await House.open();
    const executablePath = findChrome();
    this.#browser = await chromium.launch({
      args: CHROME_ARGS,
      ...(executablePath === undefined ? {} : { executablePath }),
    });
  }

  get house(): House {
    if (!this.#house) throw new Error('There is no server before the tests run.');
    return this.#house;
  }

  /** A person with their own device. */
  async person(name: string, options: BrowserContextOptions = {}): Promise<Person> {
    if (!this.#browser) throw new Error('There is no browser before the tests run.');
    const context = await this.#browser.newContext({
      viewport: { width: 1440, height: 900 },
      locale: 'en',
      reducedMotion: 'reduce',
      baseURL: this.house.origin,
      ...options,
    });
    context.setDefaultTimeout(patienceMs);
    const person = new Person(name, context, await context.newPage());
    this.#people.add(person);
    this.#guests.add(person);
    return person;
  }

  /** Maja as facilitator, Nadia as participant, Åsa as observer, all on one board. */
  async trio(
    links: Links,
    options?: BrowserContextOptions,
  ): Promise<{ maja: Person; nadia: Person; asa: Person }> {
    const [maja, nadia, asa] = await Promise.all([
      this.person('Maja', options),
      this.person('Nadia', options),
      this.person('Åsa', options),
    ]);
    await Promise.all([
      maja.join(links.facilitator),
      nadia.join(links.participant),
      asa.join(links.observer),
    ]);
    return { maja, nadia, asa };
  }

  /** People who join from here on belong to one test. */
  beginTest(): void {
    this.#guests.clear();
  }

  /** The people of the test leave. */
  async guestsLeave(): Promise<void> {
    await Promise.all([...this.#guests].map((person) => person.leave()));
  }

  forgetGuests(): void {
    for (const person of this.#guests) this.#people.delete(person);
    this.#guests.clear();
  }

  /** Errors and warnings on the pages' consoles since the last call. */
  takeComplaints(): string[] {
    return [...this.#people].flatMap((person) => person.takeComplaints());
  }

  async close(): Promise<void> {
    await this.#browser?.close();
    await this.#house?.close();
  }
}
