/** Rest before the first line, so that what happens at once is one line. */
const gatherMs = 600;
/** Time to hear a line before the next one. */
const lineMs = 4_000;
/** Lines that are said together; of a crowd, the last ones. */
const most = 4;

/** What screen readers announce politely, not faster than it can be heard. Show `text` in a live region. */
export class Announcer {
  text = $state('');
  #due: string[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param instead a line that no longer counts, if it has not been said yet */
  announce(line: string, instead?: string): void {
    this.#due = [...this.#due.filter((one) => one !== instead), line];
    this.#timer ??= setTimeout(this.#next, gatherMs);
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #next = () => {
    this.text = this.#due.splice(0).slice(-most).join(' ');
    this.#timer = this.text === '' ? undefined : setTimeout(this.#next, lineMs);
  };
}
