import type { BrowserContext, Locator, Page } from '@playwright/test';

/**
 * Collects what the pages of one device log as errors or warnings, including policy violations and uncaught errors.
 */
class Complaints {
  readonly #name: string;
  readonly #noted: string[] = [];
  readonly #forgiven: RegExp[] = [];

  constructor(name: string, context: BrowserContext) {
    this.#name = name;
    context.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') this.#note(message.text());
    });
    context.on('weberror', (event) => {
      const error = event.error();
      this.#note(error.stack ?? error.message);
    });
  }

  forgive(pattern: RegExp): void {
    this.#forgiven.push(pattern);
  }

  take(): string[] {
    return this.#noted.splice(0);
  }

  #note(complaint: string): void {
    if (!this.#forgiven.some((pattern) => pattern.test(complaint))) {
      this.#noted.push(`[${this.#name}] ${complaint}`);
    }
  }
}

/** A person at a screen: what they do, and where they find it. */
export class Person {
  readonly name: string;
  readonly context: BrowserContext;
  readonly page: Page;
  readonly #complaints: Complaints;

  constructor(name: string, context: BrowserContext, page: Page, complaints = new Complaints(name, context)) {
    this.name = name;
    this.context = context;
    this.page = page;
    this.#complaints = complaints;
  }

  /** From now on, such a message is expected on all pages of this device. */
  forgive(pattern: RegExp): void {
    this.#complaints.forgive(pattern);
  }

  /** From now on, what a browser logs when the server or the network is gone, also in the middle of a file. */
  forgiveLostServer(): void {
    this.forgive(/^WebSocket connection to .* failed/);
    this.forgive(/^WebSocket is already in CLOSING/);
    this.forgive(
      /^Failed to load resource: net::ERR_(CONNECTION_|CONTENT_LENGTH|EMPTY_|INCOMPLETE_|INTERNET_|SOCKET_)/,
    );
  }

  /** Errors and warnings of all pages of this device since the last call. */
  takeComplaints(): string[] {
    return this.#complaints.take();
  }

  /** Joins by a link, enters a name, and waits until the first rows are drawn. */
  async join(link: string): Promise<void> {
    await this.page.goto(link);
    const name = this.page.locator('input[autocomplete=nickname]');
    await name.fill(this.name);
    await name.press('Enter');
    await this.arrive();
  }

  async arrive(): Promise<void> {
    await this.page.waitForURL(/\/b\//);
    await this.saved();
  }

  /** Waits until all edits of this person are on disk. */
  async saved(): Promise<void> {
    await this.page.locator('[data-light="saved"]').waitFor();
  }

  /** Waits until what has been done is painted, with all that follows from it in the next frame. */
  async painted(): Promise<void> {
    await this.page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
    );
  }

  /** What this device keeps of edits that the server has not taken, as text. */
  kept(): Promise<string> {
    return this.page.evaluate(
      () =>
        new Promise<string>((resolve) => {
          const opening = indexedDB.open('resa-edits');
          opening.onsuccess = () => {
            const reading = opening.result.transaction('edits').objectStore('edits').getAll();
            reading.onsuccess = () => {
              opening.result.close();
              resolve(JSON.stringify(reading.result));
            };
          };
        }),
    );
  }

  /** Another page of the same device. */
  async another(): Promise<Person> {
    return new Person(this.name, this.context, await this.context.newPage(), this.#complaints);
  }

  /** Any card with this text in it. */
  card(text: string): Locator {
    return this.page.locator('[data-card]').filter({ hasText: text });
  }

  /** The hidden field of a card, which has the focus of the card for people who may write. */
  fieldOf(text: string): Locator {
    return this.card(text).locator('textarea');
  }

  /** The cell of a lane and a phase, or of one of its steps, by the names that screen readers announce. */
  cell(...place: readonly string[]): Locator {
    return this.page.getByRole('gridcell', { name: new RegExp(`^${place.join(', ')}[:.]`) });
  }

  /** The head of a phase, a step or a lane. */
  head(kind: 'phase' | 'step' | 'lane', title: string): Locator {
    return this.page.locator(`[data-focus-key^="${kind}:"]`).filter({ hasText: title });
  }

  /** The field that this person is writing in. */
  get field(): Locator {
    return this.page.locator('textarea:focus:not([data-waiting])');
  }

  /** Adds a card to a cell by N, writes on it, and stops writing. */
  async writeCard(cell: Locator, text: string): Promise<void> {
    await cell.focus();
    await this.press('n');
    await this.write(text);
    await this.press('Escape');
    await this.field.waitFor({ state: 'hidden' });
  }

  /** Opens a card, or a head, for writing by Enter, with the caret at its start or end. */
  async openText(what: Locator, caret: 'Home' | 'End'): Promise<void> {
    await what.focus();
    await this.press('Enter');
    await this.field.waitFor();
    await this.press(caret);
  }

  dialog(title: string | RegExp): Locator {
    return this.page.getByRole('dialog', { name: title });
  }

  /** Opens the context menu of an element, and chooses an item. */
  async choose(from: Locator, item: string | RegExp): Promise<void> {
    await from.click({ button: 'right' });
    await this.page
      .getByRole('menu')
      .getByText(item, { exact: typeof item === 'string' })
      .click();
  }

  /** Leaves and closes the device. */
  async leave(): Promise<void> {
    await this.context.close();
  }

  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text);
  }

  /** Types into the field that opens next. Keys that come before there is a field go to the map. */
  async write(text: string): Promise<void> {
    await this.field.waitFor();
    await this.type(text);
  }

  /**
   * What the browser does for a dead key or an input method: it composes in the focused field, if that is one. The last
   * text is inserted.
   */
  async compose(...steps: readonly string[]): Promise<void> {
    const end = await this.beginComposing(...steps.slice(0, -1));
    await end(steps.at(-1) ?? '');
  }

  /** Composes these texts, one after the other. Returns what inserts the result. */
  async beginComposing(...steps: readonly string[]): Promise<(text: string) => Promise<void>> {
    const keyboard = await this.context.newCDPSession(this.page);
    const key = { key: 'Process', code: 'KeyN', windowsVirtualKeyCode: 229 };
    const press = async (act: () => Promise<unknown>) => {
      await keyboard.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...key });
      await act();
      await keyboard.send('Input.dispatchKeyEvent', { type: 'keyUp', ...key });
    };
    for (const text of steps) {
      const at = { selectionStart: text.length, selectionEnd: text.length };
      await press(() => keyboard.send('Input.imeSetComposition', { text, ...at }));
    }
    return async (text) => {
      await press(() => keyboard.send('Input.insertText', { text }));
      await keyboard.detach();
    };
  }
}
