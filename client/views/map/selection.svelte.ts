import { Flags } from '../../model/store/flags.svelte.ts';

/** The selected cards on this screen. */
export class Selection {
  /** In the order of selecting. */
  ids: readonly string[] = $state.raw([]);
  readonly #selected = new Flags();
  /** True if one card is selected because it was clicked. */
  #isClicked = false;

  /** Whether a card is selected. A component that reads this depends on that card alone. */
  has(id: string): boolean {
    return this.#selected.has(id);
  }

  /** The cards that an action on this card applies to: the selection, if it contains the card. */
  with(id: string): readonly string[] {
    return this.ids.includes(id) ? this.ids : [id];
  }

  /** Selects a card alone, by a click. Such a selection goes with the focus; one that is built up stays. */
  click(id: string): void {
    this.set([id]);
    this.#isClicked = true;
  }

  /** Selects these cards and no others. */
  set(ids: readonly string[]): void {
    for (const id of this.ids) this.#selected.set(id, false);
    for (const id of ids) this.#selected.set(id, true);
    this.ids = ids;
    this.#isClicked = false;
  }

  toggle(id: string): void {
    const on = !this.ids.includes(id);
    this.#selected.set(id, on);
    this.ids = on ? [...this.ids, id] : this.ids.filter((one) => one !== id);
    this.#isClicked = false;
  }

  /** Selects the card that a range begins with, or takes it out again. */
  extend(id: string): void {
    if (this.#isClicked && this.ids.includes(id)) this.#isClicked = false;
    else this.toggle(id);
  }

  clear(): void {
    this.set([]);
  }

  /** The focus is on this card; `null` if it is on none. */
  focusMoved(card: string | null): void {
    if (this.#isClicked && !this.ids.includes(card ?? '')) this.clear();
  }
}
