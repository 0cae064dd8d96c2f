import { expect, test } from 'vitest';
import { readDemo } from '../../server/templates/demo-source.ts';
import { frameLanes } from '../../server/templates/frame.ts';
import { languages } from '../../client/text/languages.ts';
import { catalogOf, texts } from './messages.ts';

const english = catalogOf('en');
const says = (template: string) =>
  ['name', 'about']
    .flatMap((part) => texts(english[`template.${template}.${part}`] ?? ''))
    .join(' ')
    .toLowerCase();
const titles = (isProject: boolean) =>
  frameLanes
    .filter((lane) => isProject || !lane.project)
    .map(({ type, title }) => `${type} ${title.en.toLowerCase()}`)
    .join(', ');

// The words of the text in the lobby, and what a lane of the template has in its type or title.
test.each([
  ['project', 'customers do', 'activities'],
  ['project', 'feel', 'emotion'],
  ['project', 'challenges', 'challenges'],
  ['project', 'opportunities', 'opportunity'],
  ['project', 'ideas', 'idea'],
  ['journey', 'customers do', 'activities'],
  ['journey', 'need', 'needs'],
  ['journey', 'feel', 'emotion'],
  ['journey', 'staff do', 'staff'],
] as const)('the template %s says "%s" and has a lane for it', (template, word, lane) => {
  expect(says(template)).toContain(word);
  expect(titles(template === 'project')).toContain(lane);
});

test('no template promises the five steps of a project, which the board does not have', () => {
  for (const template of ['project', 'journey', 'ideas']) expect(says(template)).not.toMatch(/step|project/);
});

test.each(languages)('in %s, a lane that shows one kind of thing is titled as its lane type', (language) => {
  const named = ['emotion', 'curve', 'channel', 'opportunity'] as const;
  const lanes = [...frameLanes, ...readDemo().map.lanes];
  for (const type of named) {
    const titles = lanes.filter((lane) => lane.type === type).map((lane) => lane.title[language]);
    expect([...new Set(titles)]).toEqual(texts(catalogOf(language)[`lane.${type}`] ?? ''));
  }
});
