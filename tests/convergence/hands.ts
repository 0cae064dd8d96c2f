import {
  cards,
  evidenceLevels,
  addCard,
  markPersona,
  moveCards,
  removeCards,
  setEvidence,
} from '../../shared/collections/card.ts';
import { writingLabel } from '../../shared/schema/command.ts';
import { emotionWords, markEmotion, placePoint } from '../../shared/collections/emotion.ts';
import {
  ideas,
  ideaStates,
  addIdea,
  linkIdea,
  unlinkIdea,
  removeIdea,
  setIdeaPlace,
  setIdeaState,
} from '../../shared/collections/idea.ts';
import { lanes, addLane, moveLane, removeLane } from '../../shared/collections/lane.ts';
import { personas, addPersona, recolorPersona, removePersona } from '../../shared/collections/persona.ts';
import {
  periods,
  phases,
  steps,
  addPhase,
  addStep,
  movePhase,
  removePhase,
  removeStep,
} from '../../shared/collections/phase.ts';
import { readAll, textOf } from '../../shared/schema/read.ts';
import type { Editor } from '../../shared/schema/editor.ts';
import { writeText } from '../../shared/schema/text-splice.ts';

const end = { after: null, before: null };

/** A person who uses a board at random: every command, on any record. */
export class Hands {
  readonly #editor: Editor;
  readonly #random: () => number;
  readonly #intents: readonly (() => void)[];

  constructor(editor: Editor, isFacilitator: boolean, random: () => number) {
    this.#editor = editor;
    this.#random = random;
    this.#intents = isFacilitator ? [...this.#everyones, ...this.#facilitators] : this.#everyones;
  }

  act(): void {
    this.#one(this.#intents)?.();
  }

  get #everyones(): (() => void)[] {
    const { doc } = this.#editor;
    return [
      () => void addCard(this.#editor, this.#cell(), { text: this.#words() }),
      () => this.#with(this.#ids(cards), (id) => moveCards(this.#editor, [id], this.#cell())),
      () => this.#with(this.#ids(cards), (id) => removeCards(this.#editor, [id])),
      () =>
        this.#with(this.#ids(cards), (id) =>
          setEvidence(this.#editor, [id], this.#one(evidenceLevels) ?? 'data'),
        ),
      () => this.#with(this.#ids(cards), (id) => writeText(this.#editor, cards, id, 'text', this.#words())),
      () => this.#with(this.#ids(cards), (id) => this.#type(id)),
      () => this.#with(this.#ids(cards), (id) => this.#type(id)),
      () =>
        this.#with(this.#ids(cards), (id) =>
          this.#with(this.#ids(personas), (persona) =>
            markPersona(this.#editor, [id], persona, this.#random() < 0.6),
          ),
        ),
      () => void addIdea(this.#editor, { title: this.#words() }),
      () =>
        this.#with(this.#ids(ideas), (id) => setIdeaState(this.#editor, id, this.#one(ideaStates) ?? 'new')),
      () =>
        this.#with(this.#ids(ideas), (id) => writeText(this.#editor, ideas, id, 'solution', this.#words())),
      () =>
        this.#with(this.#ids(ideas), (id) =>
          setIdeaPlace(this.#editor, id, { phase: this.#cell().phase, step: null }),
        ),
      () =>
        this.#with(this.#ids(ideas), (id) =>
          this.#with(this.#ids(cards), (card) =>
            (this.#random() < 0.6 ? linkIdea : unlinkIdea)(this.#editor, id, card),
          ),
        ),
      () => this.#with(this.#ids(ideas), (id) => this.#random() < 0.3 && removeIdea(this.#editor, id)),
      () => {
        const at = {
          persona: this.#cell().lane,
          phase: this.#cell().phase,
          emotion: this.#one(emotionWords) ?? 'calm',
        };
        markEmotion(this.#editor, at, this.#random() < 0.3 ? null : 'present');
      },
      () => {
        // Two people at one end of one text.
        const [first] = readAll(doc, cards).sort((a, b) => (a.id < b.id ? -1 : 1));
        if (first) this.#type(first.id);
      },
    ];
  }

  get #facilitators(): (() => void)[] {
    return [
      () => void addPhase(this.#editor, this.#one(periods) ?? 'during', this.#words(), end),
      () =>
        this.#with(this.#ids(phases), (id) =>
          movePhase(this.#editor, id, this.#one(periods) ?? 'after', end),
        ),
      () => this.#with(this.#ids(phases), (id) => this.#random() < 0.3 && removePhase(this.#editor, id)),
      () => this.#with(this.#ids(phases), (id) => void addStep(this.#editor, id, this.#words(), end)),
      () => this.#with(this.#ids(steps), (id) => this.#random() < 0.3 && removeStep(this.#editor, id)),
      () => void addLane(this.#editor, { title: this.#words(), type: 'text', group: 'customer' }, end),
      () => this.#with(this.#ids(lanes), (id) => moveLane(this.#editor, id, end)),
      () => this.#with(this.#ids(lanes), (id) => this.#random() < 0.3 && removeLane(this.#editor, id)),
      () => void addPersona(this.#editor, this.#words()),
      () => this.#with(this.#ids(personas), (id) => recolorPersona(this.#editor, id, '#123456')),
      () => this.#with(this.#ids(personas), (id) => this.#random() < 0.3 && removePersona(this.#editor, id)),
      () => placePoint(this.#editor, { persona: 'p', phase: 'q' }, this.#random() < 0.3 ? null : 1),
    ];
  }

  /** A few characters at a random position of a card's text. */
  #type(card: string): void {
    const text = textOf(this.#editor.doc, cards, card, 'text');
    if (!text) return;
    const at = Math.floor(this.#random() * (text.length + 1));
    const remove = Math.min(text.length - at, Math.floor(this.#random() * 3));
    this.#editor.change(writingLabel('cards', card, 'text'), () => {
      if (remove > 0) text.delete(at, remove);
      text.insert(at, this.#words());
    });
  }

  #cell() {
    const pick = (kind: string) => `${kind}${Math.floor(this.#random() * 3)}`;
    return { lane: pick('lane'), phase: pick('phase'), step: this.#random() < 0.5 ? null : pick('step') };
  }

  #words(): string {
    return (
      this.#one(['where is the door?', 'dörren', 'أين الباب؟', 'kapı nerede', 'где дверь', '👋🏽', 'x']) ?? ''
    );
  }

  #ids(of: Parameters<typeof readAll>[1]): string[] {
    return readAll(this.#editor.doc, of).map(({ id }) => id);
  }

  #with<T>(of: readonly T[], act: (one: T) => unknown): void {
    const one = this.#one(of);
    if (one !== undefined) act(one);
  }

  #one<T>(of: readonly T[]): T | undefined {
    return of[Math.floor(this.#random() * of.length)];
  }
}
