import { cards } from '../../shared/collections/card.ts';
import { emotionKey, emotions, experience, pointKey } from '../../shared/collections/emotion.ts';
import { ideas } from '../../shared/collections/idea.ts';
import { lanes } from '../../shared/collections/lane.ts';
import { people } from '../../shared/collections/person.ts';
import { personaColors, personas, personaShapes } from '../../shared/collections/persona.ts';
import { phases, steps } from '../../shared/collections/phase.ts';
import { orderRun } from '../../shared/schema/order-key.ts';
import type { DemoSource, Told } from './demo-source.ts';
import { readDemo } from './demo-source.ts';
import type { Draft } from './draft.ts';
import type { Language } from './languages.ts';

/** The ids of records, by their names in the source. */
type Ids = ReadonlyMap<string, string>;
type DemoCard = DemoSource['map']['cards'][number];

/** Writes the journey "A day with Lövtåg", with its current state, in one language. */
export function writeDemo(draft: Draft, language: Language): void {
  const source = readDemo();
  const translated = (text: Told) => text[language] ?? text.en;
  const ids = new Map<string, string>();
  writePeople(draft, source, ids, translated);
  writeJourney(draft, source, ids, translated);
  writeCards(draft, source, ids, translated);
  writeSignals(draft, source, ids);
  writeIdeas(draft, source, ids, translated);
}

function writePeople(
  draft: Draft,
  source: DemoSource,
  ids: Map<string, string>,
  translated: (text: Told) => string,
): void {
  for (const { id, name, color, role } of source.people)
    ids.set(id, draft.add(people, { name, color, role }));
  const orders = orderRun(source.personas.length);
  source.personas.forEach(({ id, name, role }, at) => {
    const color = personaColors[at % personaColors.length] ?? personaColors[0];
    const shape = personaShapes[at % personaShapes.length] ?? personaShapes[0];
    ids.set(id, draft.add(personas, { name, role: translated(role), color, shape, order: orders[at] ?? '' }));
  });
}

function writeJourney(
  draft: Draft,
  source: DemoSource,
  ids: Map<string, string>,
  translated: (text: Told) => string,
): void {
  for (const [phase, order] of ordered(source.map.phases)) {
    const { period, title, goal } = phase;
    const id = draft.add(phases, {
      title: translated(title),
      goal: translated(goal),
      place: { period, order },
    });
    ids.set(phase.id, id);
    for (const [step, stepOrder] of ordered(phase.steps)) {
      const place = { phase: id, order: stepOrder };
      ids.set(step.id, draft.add(steps, { title: translated(step.title), place, truth: step.momentOfTruth }));
    }
  }
  for (const [lane, order] of ordered(source.map.lanes)) {
    const { id, title, type, group, lineBelow } = lane;
    ids.set(id, draft.add(lanes, { title: translated(title), type, group, order, line: lineBelow }));
  }
}

function writeCards(
  draft: Draft,
  source: DemoSource,
  ids: Map<string, string>,
  translated: (text: Told) => string,
): void {
  const cells = new Map<string, DemoCard[]>();
  for (const card of source.map.cards) {
    const cell = `${card.lane}/${card.phase}/${card.step ?? ''}`;
    cells.set(cell, [...(cells.get(cell) ?? []), card]);
  }
  for (const cell of cells.values()) {
    for (const [card, order] of ordered(cell)) {
      const { id, lane, phase, step, text, author, evidenceLevel, mode, support } = card;
      const added = draft.add(cards, {
        text: translated(text),
        place: {
          lane: idOf(ids, lane),
          phase: idOf(ids, phase),
          step: step === undefined ? null : idOf(ids, step),
          order,
        },
        personas: card.personas.map((persona) => idOf(ids, persona)),
        author: idOf(ids, author),
        evidence: evidenceLevel,
        mode: mode ?? null,
        support: support ?? null,
      });
      ids.set(id, added);
    }
  }
}

/** A point is placed by hand only where no signal draws the curve, to show that the curve follows the signals. */
function writeSignals(draft: Draft, source: DemoSource, ids: Ids): void {
  const founded = new Set(source.personas.filter((one) => one.basedOn.length > 0).map((one) => one.id));
  for (const { persona, phase, present, expectedButAbsent } of source.map.emotions) {
    const at = { persona: idOf(ids, persona), phase: idOf(ids, phase) };
    const seen = founded.has(persona) ? 'interview' : 'assumption';
    for (const emotion of present) {
      draft.state(emotions, emotionKey({ ...at, emotion }), { ...at, emotion, presence: 'present', seen });
    }
    for (const emotion of expectedButAbsent) {
      draft.state(emotions, emotionKey({ ...at, emotion }), { ...at, emotion, presence: 'absent', seen });
    }
    if (present.length > 0) continue;
    const point = source.map.experience.find((one) => one.persona === persona && one.phase === phase);
    if (point) draft.state(experience, pointKey(at), { ...at, value: point.value });
  }
}

function writeIdeas(draft: Draft, source: DemoSource, ids: Ids, translated: (text: Told) => string): void {
  for (const idea of source.ideas) {
    const answered = source.map.cards.filter(
      (card) => card.opportunity !== undefined && idea.opportunities.includes(card.opportunity),
    );
    draft.add(ideas, {
      number: idea.number,
      title: translated(idea.title),
      solution: translated(idea.solution),
      cards: answered.map((card) => idOf(ids, card.id)),
      place: { phase: idOf(ids, idea.phase), step: null },
      personas: idea.personas.map((persona) => idOf(ids, persona)),
      author: idOf(ids, idea.author),
      state: idea.status === 'open' ? 'new' : idea.status,
    });
  }
}

/** Records in order, each with its order key. */
function ordered<T extends { readonly order: number }>(records: readonly T[]): [T, string][] {
  const keys = orderRun(records.length);
  return records.toSorted((a, b) => a.order - b.order).map((record, at) => [record, keys[at] ?? '']);
}

function idOf(ids: Ids, name: string): string {
  const id = ids.get(name);
  if (id === undefined) throw new Error(`The demo names ${name}, which it does not have.`);
  return id;
}
