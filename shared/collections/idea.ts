import * as v from 'valibot';
import { maxLongText, maxTitleText } from '../limits.ts';
import type { RecordOf } from '../schema/collection.ts';
import { collection } from '../schema/collection.ts';
import { author, idOf, ref, refs, text, value } from '../schema/field.ts';

/** The life of an idea. */
export const ideaStates = ['new', 'shortlisted', 'planned', 'doing', 'done', 'dropped'] as const;
export type IdeaState = (typeof ideaStates)[number];

/**
 * An entry of the idea backlog. `cards` are the challenges and opportunities that it answers.
 * `number` is given by the server, so that two people who add at once get two numbers; 0 until then.
 */
export const ideas = collection('ideas', 'write', {
  number: value(v.pipe(v.number(), v.integer(), v.minValue(0)), 0, 'server'),
  title: text(maxTitleText),
  solution: text(maxLongText),
  cards: refs('cards'),
  place: value(v.object({ phase: v.nullable(idOf('phases')), step: v.nullable(idOf('steps')) }), {
    phase: null,
    step: null,
  }),
  personas: refs('personas'),
  author: author(),
  state: value(v.picklist(ideaStates), 'new'),
  why: text(maxTitleText),
  owner: ref('people'),
});
export type Idea = RecordOf<typeof ideas.fields>;
