import * as v from 'valibot';
import { maxLongText, maxTitleText } from '../limits.ts';
import type { RecordOf } from '../schema/collection.ts';
import { records } from '../schema/collection.ts';
import { author, idOf, line, lock, ref, refs, text, value } from '../schema/field.ts';
import { command } from '../schema/command.ts';
import { addRecord, setField, setGone, setMember } from '../schema/editor.ts';
import type { Decision } from './decision.ts';
import { decision } from './decision.ts';

/** The states of an idea, in order. */
export const ideaStates = ['new', 'shortlisted', 'planned', 'doing', 'done', 'dropped'] as const;
export type IdeaState = (typeof ideaStates)[number];

/**
 * An entry of the idea backlog. `cards` are the challenges and opportunities that it answers. The server assigns
 * `number`, so that two people who add ideas at once get two numbers; it is 0 until then.
 */
export const ideas = records('ideas', {
  about: 'the idea backlog',
  add: 'write',
  fields: {
    number: value(v.pipe(v.number(), v.integer(), v.minValue(0)), 0, 'server'),
    title: line(maxTitleText),
    solution: text(maxLongText),
    cards: refs('cards'),
    place: value(v.object({ phase: v.nullable(idOf('phases')), step: v.nullable(idOf('steps')) }), {
      phase: null,
      step: null,
    }),
    personas: refs('personas'),
    author: author(),
    state: value(v.picklist(ideaStates), 'new'),
    why: line(maxTitleText),
    owner: ref('people'),
    decision: decision(),
    locked: lock(),
  },
});
export type Idea = RecordOf<typeof ideas.fields>;

/** The place on the journey that an idea is for; both null for none. */
interface IdeaPlace {
  readonly phase: string | null;
  readonly step: string | null;
}

/** Adds an idea to the backlog. The server numbers it. Returns its id. */
export const addIdea = command(
  'add-idea',
  (
    step,
    given: {
      title: string;
      cards?: readonly string[];
      place?: IdeaPlace;
      personas?: readonly string[];
    },
  ) => addRecord(step, ideas, { ...given, author: step.person, state: 'new' }),
);

export const setIdeaState = command('set-idea-state', (step, id: string, state: IdeaState) =>
  step.change(() => setField(step, ideas, id, 'state', state)),
);

export const setIdeaOwner = command('set-idea-owner', (step, id: string, owner: string | null) =>
  step.change(() => setField(step, ideas, id, 'owner', owner)),
);

export const setIdeaPlace = command('set-idea-place', (step, id: string, place: IdeaPlace) =>
  step.change(() => setField(step, ideas, id, 'place', place)),
);

export const setIdeaPersona = command('set-idea-persona', (step, id: string, persona: string, on: boolean) =>
  step.change(() => setMember(step, ideas, id, 'personas', persona, on)),
);

/** Links an idea to a challenge or an opportunity that it answers. */
export const linkIdea = command('link-idea', (step, id: string, card: string) =>
  step.change(() => setMember(step, ideas, id, 'cards', card, true)),
);

export const unlinkIdea = command('unlink-idea', (step, id: string, card: string) =>
  step.change(() => setMember(step, ideas, id, 'cards', card, false)),
);

export const setIdeaDecision = command('set-idea-decision', (step, id: string, to: Decision | null) =>
  step.change(() => setField(step, ideas, id, 'decision', to)),
);

/** Locks an idea, so that only facilitators can change it, or unlocks it. */
export const lockIdea = command('lock-idea', (step, id: string, on: boolean) =>
  step.change(() => setField(step, ideas, id, 'locked', on)),
);

export const removeIdea = command('remove-idea', (step, id: string) =>
  step.change(() => setGone(step, ideas, id, true)),
);
