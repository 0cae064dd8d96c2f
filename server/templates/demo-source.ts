import * as v from 'valibot';
import { evidenceLevels, modes, supports } from '../../shared/collections/card.ts';
import { emotionWords } from '../../shared/collections/emotion.ts';
import { laneGroups, laneLines, laneTypes } from '../../shared/collections/lane.ts';
import { periods } from '../../shared/collections/phase.ts';
import { roles } from '../../shared/roles.ts';
import source from './demo.json';

/** A text of the demo: always in English, in other languages where they exist. */
const told = v.object({
  en: v.string(),
  sv: v.optional(v.string()),
  ar: v.optional(v.string()),
  tr: v.optional(v.string()),
  ru: v.optional(v.string()),
});
export type Told = v.InferOutput<typeof told>;

const ids = v.array(v.string());

const demoSchema = v.object({
  people: v.array(v.object({ id: v.string(), name: v.string(), role: v.picklist(roles), color: v.string() })),
  personas: v.array(v.object({ id: v.string(), name: v.string(), role: told, basedOn: ids })),
  map: v.object({
    phases: v.array(
      v.object({
        id: v.string(),
        order: v.number(),
        period: v.picklist(periods),
        title: told,
        goal: told,
        steps: v.array(
          v.object({ id: v.string(), order: v.number(), title: told, momentOfTruth: v.boolean() }),
        ),
      }),
    ),
    lanes: v.array(
      v.object({
        id: v.string(),
        type: v.pipe(
          v.string(),
          v.transform((type) => (type === 'emotion-presence' ? 'emotion' : type)),
          v.picklist(laneTypes),
        ),
        group: v.picklist(laneGroups),
        order: v.number(),
        title: told,
        lineBelow: v.nullable(v.picklist(laneLines)),
      }),
    ),
    cards: v.array(
      v.object({
        id: v.string(),
        lane: v.string(),
        phase: v.string(),
        step: v.optional(v.string()),
        order: v.number(),
        text: told,
        personas: ids,
        evidenceLevel: v.picklist(evidenceLevels),
        author: v.string(),
        mode: v.optional(v.nullable(v.picklist(modes))),
        support: v.optional(v.nullable(v.picklist(supports))),
        opportunity: v.optional(v.string()),
      }),
    ),
    emotions: v.array(
      v.object({
        persona: v.string(),
        phase: v.string(),
        present: v.array(v.picklist(emotionWords)),
        expectedButAbsent: v.array(v.picklist(emotionWords)),
      }),
    ),
    experience: v.array(v.object({ persona: v.string(), phase: v.string(), value: v.number() })),
  }),
  ideas: v.array(
    v.object({
      number: v.number(),
      title: told,
      solution: told,
      opportunities: ids,
      personas: ids,
      phase: v.string(),
      author: v.string(),
      status: v.picklist(['open', 'shortlisted']),
    }),
  ),
});
export type DemoSource = v.InferOutput<typeof demoSchema>;

/** The demo's content, parsed on first use. */
export function readDemo(): DemoSource {
  return v.parse(demoSchema, source);
}
