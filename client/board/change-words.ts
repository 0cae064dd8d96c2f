import type { Key } from '../text/messages.svelte.ts';
import { list, t } from '../text/messages.svelte.ts';

/** What each text field is called. */
export const fields: Readonly<Record<string, Readonly<Record<string, Key>>>> = {
  cards: { text: 'field.card.text' },
  ideas: { title: 'field.idea.title', solution: 'field.idea.solution', why: 'field.idea.why' },
  phases: { title: 'field.phase.title', goal: 'field.phase.goal' },
  steps: { title: 'field.step.title' },
  lanes: { title: 'field.lane.title' },
  personas: { name: 'field.persona.name', role: 'field.persona.role' },
};

/** What each change of another field is called, as for undo. */
export const changes: Readonly<Record<string, Readonly<Record<string, Key>>>> = {
  cards: {
    place: 'step.move-card',
    personas: 'step.mark-persona',
    evidence: 'step.set-evidence',
    mode: 'step.set-mode',
    support: 'step.set-support',
  },
  ideas: {
    cards: 'step.link-idea',
    place: 'step.set-idea-place',
    personas: 'step.set-idea-persona',
    state: 'step.set-idea-state',
    owner: 'step.set-idea-owner',
  },
  phases: { place: 'step.move-phase' },
  steps: { place: 'step.move-step', truth: 'step.set-truth' },
  lanes: { order: 'step.move-lane', line: 'step.set-line' },
  personas: { color: 'step.recolor-persona', shape: 'step.recolor-persona' },
  emotions: { '': 'step.mark-emotion' },
  experience: { '': 'step.place-point' },
};

/** What changed in fields of a record: "card moved, text edit"; empty where there is no word for it. */
export function fieldsChanged(of: string, names: readonly string[]): string {
  const keys = names.flatMap((name) => fields[of]?.[name] ?? changes[of]?.[name] ?? []);
  return list([...new Set(keys)].map((key) => t(key)));
}
