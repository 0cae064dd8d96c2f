import type { StartView } from '../../shared/views.ts';
import { lanes } from '../../shared/collections/lane.ts';
import { phases, steps } from '../../shared/collections/phase.ts';
import { orderRun } from '../../shared/schema/order-key.ts';
import { writeDemo } from './demo.ts';
import { Draft } from './draft.ts';
import { frameLanes, framePhases } from './frame.ts';
import type { Language } from './languages.ts';

/** The start of a board: the demo, a whole five-step project, only a journey map, or only an idea backlog. */
export const templates = ['demo', 'project', 'journey', 'ideas'] as const;
export type Template = (typeof templates)[number];

/** The view that each starts with. */
const startOf: Readonly<Record<Template, StartView>> = {
  demo: 'map',
  project: 'map',
  journey: 'map',
  ideas: 'ideas',
};

/** The first state of a board's document, as one update, and the view that it opens with. */
export interface BuiltTemplate {
  readonly state: Uint8Array;
  readonly start: StartView;
}

/** Builds a template with texts in one language. Each call uses new ids. */
export function buildTemplate(template: Template, language: Language): BuiltTemplate {
  const start = startOf[template];
  const draft = new Draft(start);
  switch (template) {
    case 'demo':
      writeDemo(draft, language);
      break;
    case 'project':
    case 'journey':
      writeFrame(draft, language, template === 'project');
      break;
    case 'ideas':
      break;
  }
  return { state: draft.toUpdate(), start };
}

function writeFrame(draft: Draft, language: Language, isProject: boolean): void {
  for (const { period, title, steps: titles } of framePhases) {
    const [order = ''] = orderRun(1);
    const phase = draft.add(phases, { title: title[language], place: { period, order } });
    const orders = orderRun(titles.length);
    titles.forEach((one, at) => {
      draft.add(steps, { title: one[language], place: { phase, order: orders[at] ?? '' } });
    });
  }
  const rows = frameLanes.filter((lane) => isProject || !lane.project);
  const orders = orderRun(rows.length);
  rows.forEach(({ title, type, group, line }, at) => {
    draft.add(lanes, { title: title[language], type, group, line, order: orders[at] ?? '' });
  });
}
