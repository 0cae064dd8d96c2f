import { chromium, expect as impatient } from '@playwright/test';
import type { Browser, BrowserContextOptions } from '@playwright/test';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { CHROME_ARGS, findChrome } from '../chrome.mjs';
import type { Links } from './harness.ts';
import { House } from './harness.ts';
import { Person } from './person.ts';

/** Longer than any step takes on a busy machine; a step that never comes fails by it. */
const patienceMs = 10_000;

/** Playwright's own, which looks again until what is expected has come. */
export const expect = impatient.configure({ timeout: patienceMs });

/**
 * Sets a stage for the tests of a file. After each, no page may have complained on its console, and whoever came
 * in it leaves: pages that nobody looks at any more would go on drawing.
 */
export function setStage(): Stage {
  const stage = new Stage();
  beforeAll(() => stage.open());
  beforeEach(() => stage.beginTest());
  afterEach(async () => {
    try {
      expect(stage.takeComplaints()).toEqual([]);
    } finally {
      await stage.endTest();
    }
  });
  afterAll(() => stage.close());
  return stage;
}

/** One server and one browser, and the people whom the tests bring in. */
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

  /** Someone with a device of their own. */
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

  /** Maja leads, Nadia takes part, Åsa looks on: all three on one board. */
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

  /** From here on whoever comes, comes for one test. */
  beginTest(): void {
    this.#guests.clear();
  }

  /** Those who came for the test leave. */
  async endTest(): Promise<void> {
    await Promise.all([...this.#guests].map((person) => person.leave()));
    for (const person of this.#guests) this.#people.delete(person);
  }

  /** What pages wrote on their consoles as errors or warnings since this was last asked. */
  takeComplaints(): string[] {
    return [...this.#people].flatMap((person) => person.takeComplaints());
  }

  async close(): Promise<void> {
    await this.#browser?.close();
    await this.#house?.close();
  }
}
